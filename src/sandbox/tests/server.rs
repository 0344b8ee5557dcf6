//! Ports, addresses, identity, crowds, and the end.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::sandbox::server::BindAddress;
use crate::sandbox::server::{bind, serve};
use crate::sandbox::settings::Settings;
use crate::sandbox::tests::client::{Server, bearer, patiently, team};
use crate::sandbox_info::DEFAULT_PORT;
use crate::sandbox_info::{SECRET_TEST_KEY, TEAM_ID};

#[tokio::test]
async fn the_port_is_found_taken_and_told() {
    let bound = bind(BindAddress::Loopback(0)).await.unwrap();
    assert_ne!(bound.port(), 0);
    assert_eq!(bound.base_url(), format!("http://127.0.0.1:{}", bound.port()));
    let taken = bind(BindAddress::Loopback(bound.port())).await.unwrap_err();
    assert_eq!(taken.kind(), std::io::ErrorKind::AddrInUse);
    assert_eq!(DEFAULT_PORT, 4747);
}

#[tokio::test]
async fn a_port_taken_on_ipv6_alone_counts_as_taken() {
    let Ok(squatter) = tokio::net::TcpListener::bind("[::1]:0").await else { return };
    let port = squatter.local_addr().unwrap().port();
    assert_eq!(bind(BindAddress::Loopback(port)).await.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn both_address_families_answer() {
    let server = Server::start().await;
    let Ok(mut stream) = TcpStream::connect(("::1", server.port)).await else {
        return assert!(tokio::net::TcpListener::bind("[::1]:0").await.is_err(), "IPv6 is there but unused");
    };
    let head = format!("GET /_sandbox HTTP/1.1\r\nHost: [::1]:{}\r\nConnection: close\r\n\r\n", server.port);
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    patiently(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test]
async fn a_sandbox_can_be_told_from_something_else() {
    let server = Server::start().await;
    let answer = server.send("GET /_sandbox", &[], "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.body,
        format!(
            r#"{{"name":"cstar-sandbox","version":"{}","team_id":"{TEAM_ID}"}}"#,
            env!("CARGO_PKG_VERSION")
        )
    );
    assert!(answer.header("x-cstar-request-id").is_some());
    assert_eq!(server.send("GET /", &[], "").await.json()["about"], "/_sandbox");
    let icon = server.send("GET /favicon.ico", &[], "").await;
    assert_eq!((icon.status, icon.body.as_str()), (204, ""));
    let head = server.send("HEAD /nothing", &[], "").await;
    assert_eq!((head.status, head.body.as_str()), (404, ""));
}

#[tokio::test]
async fn serve_ends_when_its_future_does() {
    let bound = bind(BindAddress::Loopback(0)).await.unwrap();
    patiently(serve(
        bound,
        Settings::default(),
        crate::sandbox::tools::storage::open(&crate::sandbox::tools::storage::StorageLocation::Memory, 100)
            .unwrap(),
        std::future::ready(()),
    ))
    .await;
}

#[tokio::test]
async fn idle_slow_and_deaf_clients_hold_nobody_up() {
    let server = Server::start().await;
    let mut crowd = Vec::new();
    // fewer than a real crowd, since both ends of every socket count against this process
    for _ in 0..60 {
        crowd.push(server.connect().await);
    }
    for n in 0..20 {
        let mut slow = server.connect().await;
        let half = if n % 2 == 0 {
            "GET /_sandbox HTTP/1.1\r\nHost: loc".to_owned()
        } else {
            let (port, path, auth) = (server.port, team("webhooks/trigger-test"), bearer(SECRET_TEST_KEY));
            format!(
                "POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\n{auth}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{{"
            )
        };
        slow.write_all(half.as_bytes()).await.unwrap();
        crowd.push(slow);
    }
    let mut deaf = Vec::new();
    for _ in 0..8 {
        deaf.push(server.listen_narrowly().await);
    }
    let began = Instant::now();
    assert_eq!(server.get("/api/v1/auth/whoami", SECRET_TEST_KEY).await.status, 200);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    drop(crowd);
}

#[tokio::test]
async fn connections_past_the_limit_wait() {
    let server = Server::with(Settings { connections: 2, ..crate::sandbox::tests::client::settings() }).await;
    let (first, _second) = (server.connect().await, server.connect().await);
    let third = server.send("GET /_sandbox", &[], "");
    let mut third = std::pin::pin!(third);
    // Too short a wait only makes the test weaker.
    let early = tokio::time::timeout(Duration::from_millis(300), &mut third).await;
    assert!(early.is_err(), "answered beyond the limit");
    drop(first);
    assert_eq!(patiently(third).await.status, 200);
}

#[tokio::test]
async fn bodies_without_a_key_do_not_crowd_out_others() {
    let server = Server::start().await;
    let mut import = server.connect().await;
    let head = format!(
        "POST /_sandbox/import HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        server.port,
        64 << 20,
    );
    import.write_all(head.as_bytes()).await.unwrap();
    // The import that came first may come to be read after some of these.
    let (mut refused, mut last) = (None, None);
    for _ in 0..100 {
        let answer = server.send("POST /_sandbox/import", &["Content-Type: application/json"], "{}").await;
        if answer.status == 503 {
            refused = Some(answer);
            break;
        }
        last = Some(answer);
    }
    let refused = refused.unwrap_or_else(|| panic!("never refused: {last:?}"));
    assert_eq!(refused.json()["error"]["code"], "server_busy");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(server.trigger(SECRET_TEST_KEY, r#"{"event":"ticket.created"}"#).await.status, 200);
}

#[tokio::test]
async fn shutdown_ends_streams_in_order() {
    let server = Server::start().await;
    let mut stream = server.listen("", &[]).await;
    stream.session().await;
    // over HTTP/1.1 as well, where the end of the body is told apart from a broken line
    let mut chunked = server.connect().await;
    let head = format!(
        "GET {} HTTP/1.1\r\nHost: localhost:{}\r\n{}\r\n\r\n",
        team("webhooks/listen"),
        server.port,
        bearer(SECRET_TEST_KEY)
    );
    chunked.write_all(head.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    patiently(chunked.read_exact(&mut start)).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");

    // a stream cut down at the end of the grace period would lack its last chunk
    server.stop().await;
    assert_eq!(stream.frame().await, None);
    let mut rest = String::new();
    patiently(chunked.read_to_string(&mut rest)).await.unwrap();
    assert!(rest.ends_with("0\r\n\r\n"), "{rest}");
}

#[tokio::test]
async fn stuck_clients_do_not_delay_shutdown() {
    let server = Server::start().await;
    let mut half = server.connect().await;
    half.write_all(b"GET / HT").await.unwrap();
    let mut deaf = server.listen_narrowly().await;
    deaf.session().await;
    for n in 0..100 {
        let body = format!(r#"{{"pad":"{}"}}"#, "x".repeat(256 * 1024));
        let entry = crate::sandbox::store::event_log::Entry {
            id: format!("evt_{n}"),
            kind: "ticket.created".into(),
            body: body.into(),
            request_id: "req_1".into(),
        };
        server.state.log(crate::sandbox::caller::Environment::Test).append(entry);
    }
    let began = Instant::now();
    server.stop().await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}
