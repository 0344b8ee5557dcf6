//! The server: ports, addresses, identity, many clients, and shutdown.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::sandbox::server::BindAddress;
use crate::sandbox::server::teams::Teams;
use crate::sandbox::server::{bind, serve};
use crate::sandbox::settings::Settings;
use crate::sandbox::state::State;
use crate::sandbox::tests::client::{Server, bearer, team, with_timeout};
use crate::sandbox::tools::storage::StorageLocation;
use crate::sandbox_info::DEFAULT_PORT;
use crate::sandbox_info::{SECRET_TEST_KEY, TEAM_ID};

#[tokio::test]
async fn port_in_use_is_reported() {
    let bound = bind(BindAddress::Loopback(0)).await.unwrap();
    assert_ne!(bound.port(), 0);
    assert_eq!(bound.base_url(), format!("http://127.0.0.1:{}", bound.port()));
    let error = bind(BindAddress::Loopback(bound.port())).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert_eq!(DEFAULT_PORT, 4747);
}

#[tokio::test]
async fn port_in_use_on_ipv6_is_reported() {
    let Ok(squatter) = tokio::net::TcpListener::bind("[::1]:0").await else { return };
    let port = squatter.local_addr().unwrap().port();
    assert_eq!(bind(BindAddress::Loopback(port)).await.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn both_address_families_answer() {
    let server = Server::start().await;
    let Ok(mut stream) = TcpStream::connect(("::1", server.port)).await else {
        return assert!(
            tokio::net::TcpListener::bind("[::1]:0").await.is_err(),
            "IPv6 is available but unused"
        );
    };
    let head = format!("GET /_sandbox HTTP/1.1\r\nHost: [::1]:{}\r\nConnection: close\r\n\r\n", server.port);
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    with_timeout(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test]
async fn sandbox_identifies_itself() {
    let server = Server::start().await;
    let answer = server.send("GET /_sandbox", &[], "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.body,
        format!(
            r#"{{"name":"cstar-sandbox","version":"{}","team_id":"{TEAM_ID}","team_slug":"acme"}}"#,
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
    with_timeout(serve(
        bound,
        Teams::of(State::new(Settings::default(), 80).into(), StorageLocation::Memory),
        None,
        std::future::ready(()),
    ))
    .await;
}

#[tokio::test]
async fn slow_clients_do_not_delay_others() {
    let server = Server::start().await;
    let mut crowd = Vec::new();
    // only 60, because both ends of every socket count against the limit of this process
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
    let mut stuck = Vec::new();
    for _ in 0..8 {
        stuck.push(server.listen_with_small_buffer().await);
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
    // a wait that is too short only makes the test weaker
    let early = tokio::time::timeout(Duration::from_millis(300), &mut third).await;
    assert!(early.is_err(), "the connection limit is exceeded");
    drop(first);
    assert_eq!(with_timeout(third).await.status, 200);
}

#[tokio::test]
async fn keyless_bodies_do_not_block_others() {
    let server = Server::start().await;
    let mut import = server.connect().await;
    let head = format!(
        "POST /_sandbox/import HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        server.port,
        64 << 20,
    );
    import.write_all(head.as_bytes()).await.unwrap();
    // the server may read some of these before the first import
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
    let mut stream = server.open_session().await;
    // HTTP/1.1 too: its last chunk distinguishes the end of the body from a broken connection
    let mut chunked = server.connect().await;
    let head = format!(
        "GET {} HTTP/1.1\r\nHost: localhost:{}\r\n{}\r\n\r\n",
        team("webhooks/listen"),
        server.port,
        bearer(SECRET_TEST_KEY)
    );
    chunked.write_all(head.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    with_timeout(chunked.read_exact(&mut start)).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");

    // a stream that is closed after the grace period would not have its last chunk
    server.stop().await;
    assert_eq!(stream.frame().await, None);
    let mut rest = String::new();
    with_timeout(chunked.read_to_string(&mut rest)).await.unwrap();
    assert!(rest.ends_with("0\r\n\r\n"), "{rest}");
}

#[tokio::test]
async fn stuck_clients_do_not_delay_shutdown() {
    let server = Server::start().await;
    let mut half = server.connect().await;
    half.write_all(b"GET / HT").await.unwrap();
    let mut stuck = server.listen_with_small_buffer().await;
    stuck.session().await;
    for n in 0..100 {
        let body = format!(r#"{{"pad":"{}"}}"#, "x".repeat(256 * 1024));
        let entry = crate::sandbox::store::event_log::entry::Entry {
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
