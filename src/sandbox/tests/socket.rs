//! The event stream over WebSocket: exact messages, errors before the upgrade, slow readers.

mod client;

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use self::client::{Socket, UPGRADE};
use crate::sandbox::caller::Environment;
use crate::sandbox::http::limits::RateLimit;
use crate::sandbox::settings::Settings;
use crate::sandbox::store::event_log::entry::Entry;
use crate::sandbox::tests::client::{Server, bearer, settings, team, with_timeout};
use crate::sandbox_info::{PUBLISHABLE_TEST_KEY, SECRET_LIVE_KEY, SECRET_TEST_KEY};

const TICKET: &str = r#"{"event":"ticket.created"}"#;
const CUSTOMER: &str = r#"{"event":"customer.created"}"#;
async fn fire(server: &Server, body: &str) -> String {
    let answer = server.trigger(SECRET_TEST_KEY, body).await;
    answer.json()["data"]["eventId"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

fn append(server: &Server, id: &str, body: String) {
    let (id, body) = (id.to_owned(), Bytes::from(body));
    let entry = Entry { id, kind: "ticket.created".into(), body, request_id: "req_abc123".into() };
    server.state.log(Environment::Test).append(entry);
}

#[tokio::test]
async fn session_message_comes_first() {
    let server = Server::start().await;
    let message = Socket::open(&server, "").await.session().await;
    let (id, session) = (message["id"].as_str().unwrap(), message["session_id"].as_str().unwrap());
    assert!(id.starts_with("start_") && session.starts_with("lst_"), "{message}");
    assert_eq!(
        message,
        json!({"kind": "session", "id": id, "session_id": session, "webhook_id": "whk_000000007e57",
               "secret": "whsec_sandboxtest000000000000000000000", "resumed": false, "heartbeat_seconds": 15})
    );
}

#[tokio::test]
async fn event_message_has_exact_bytes() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server, "").await;
    socket.session().await;
    let body = r#"{"id":"evt_1","n":12345678901234567890123,"a":1,"a":2,"s":"\u00e9é\/"}"#;
    append(&server, "evt_1", body.to_owned());
    let expected = [
        r#"{"kind":"event","id":"evt_1","type":"ticket.created","request_id":"req_abc123","#,
        r#""body":"{\"id\":\"evt_1\",\"n\":12345678901234567890123,\"a\":1,\"a\":2,\"s\":\"\\u00e9é\\/\"}"}"#,
    ];
    let text = socket.text().await;
    assert_eq!(text, expected.concat());
    let message: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(message["body"], body);
}

#[tokio::test]
async fn socket_resumes_with_its_filter() {
    let server = Server::start().await;
    let seen = fire(&server, TICKET).await;
    fire(&server, CUSTOMER).await;
    let missed = fire(&server, TICKET).await;
    let mut socket = Socket::open(&server, &format!("?types=ticket.*&last_event_id={seen}")).await;
    let session = socket.session().await;
    assert_eq!((&session["id"], &session["resumed"]), (&json!(seen), &json!(true)));
    assert_eq!(socket.event().await, missed);
    fire(&server, CUSTOMER).await;
    let next = fire(&server, TICKET).await;
    assert_eq!(socket.event().await, next, "new events follow the replay");
    let mut lost = Socket::open(&server, "?last_event_id=evt_unknown").await;
    assert_eq!(lost.session().await["resumed"], false);
}

#[tokio::test]
async fn idle_socket_sends_and_answers_pings() {
    let server = Server::with(Settings { heartbeat: Duration::from_millis(20), ..settings() }).await;
    let mut socket = Socket::open(&server, "").await;
    socket.session().await;
    for _ in 0..3 {
        assert!(matches!(socket.message().await, Some(Message::Ping(_))));
    }
    socket.0.send(Message::Ping("are you there".into())).await.unwrap();
    loop {
        match socket.message().await {
            Some(Message::Pong(echo)) if &echo[..] == b"are you there" => break,
            Some(Message::Ping(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn refusal_comes_before_the_upgrade() {
    let server = Server::with(Settings { rate_limit: RateLimit::PerHour(6), ..settings() }).await;
    let auth = bearer(SECRET_TEST_KEY);
    let path = format!("GET {}", team("webhooks/listen"));
    let ask = async |path: &str, lines: &[&str]| {
        let answer = server.send(path, lines, "").await;
        (answer.status, answer.code())
    };
    let with = |line| [&UPGRADE[..], &[line]].concat();
    assert_eq!(ask(&path, &UPGRADE).await, (401, "authentication_required".into()));
    let publishable = bearer(PUBLISHABLE_TEST_KEY);
    assert_eq!(ask(&path, &with(&publishable)).await, (403, "insufficient_permissions".into()));
    let foreign = [&UPGRADE[..], &[&auth, "Origin: http://evil.example"]].concat();
    assert_eq!(ask(&path, &foreign).await, (403, "origin_not_allowed".into()));
    let bad_types = format!("{path}?types=ticket%20created");
    assert_eq!(ask(&bad_types, &with(&auth)).await, (400, "PARAMETER_INVALID".into()));
    for _ in 0..5 {
        ask(&path, &["Upgrade: websocket", &auth]).await;
    }
    assert_eq!(ask(&path, &with(&auth)).await, (429, "rate_limit_exceeded".into()));
}

#[tokio::test]
async fn invalid_handshake_is_refused() {
    let server = Server::start().await;
    let (auth, path) = (bearer(SECRET_TEST_KEY), format!("GET {}", team("webhooks/listen")));
    let line = |name: &str| UPGRADE.iter().position(|line| line.starts_with(name)).unwrap();
    let cases: [(&str, &[&str], u16); 4] = [
        ("Sec-WebSocket-Version", &["Sec-WebSocket-Version: 8"], 426),
        ("Sec-WebSocket-Version", &[], 426),
        ("Sec-WebSocket-Key", &[], 400),
        ("Sec-WebSocket-Key", &["Sec-WebSocket-Key: short"], 400),
    ];
    for (name, replacement, status) in cases {
        let mut lines = UPGRADE.to_vec();
        lines.remove(line(name));
        lines.extend(replacement);
        lines.push(&auth);
        let answer = server.send(&path, &lines, "").await;
        assert_eq!(answer.status, status, "{replacement:?} {answer:?}");
        assert_eq!(answer.header("sec-websocket-version"), (status == 426).then_some("13"));
    }
    assert_eq!(server.state.log(Environment::Test).listeners(), 0);
}

#[tokio::test]
async fn slow_reader_gets_all_events_in_order() {
    let server = Server::start().await;
    let narrow = TcpSocket::new_v4().unwrap();
    narrow.set_recv_buffer_size(4096).unwrap();
    let stream = narrow.connect(([127, 0, 0, 1], server.port).into()).await.unwrap();
    let mut socket = Socket::over(stream, &server, SECRET_TEST_KEY, "").await;
    socket.session().await;
    for n in 0..100 {
        append(&server, &format!("evt_{n}"), format!(r#"{{"pad":"{}"}}"#, "x".repeat(256 * 1024)));
    }
    assert_eq!(server.get("/api/v1/auth/whoami", SECRET_TEST_KEY).await.status, 200);
    for n in 0..100 {
        assert_eq!(socket.event().await, format!("evt_{n}"));
    }
}

#[tokio::test]
async fn overtaken_reader_gets_an_error() {
    let server = Server::with(Settings { history: 2, ..settings() }).await;
    let first = fire(&server, TICKET).await;
    let mut socket = Socket::open(&server, &format!("?last_event_id={first}")).await;
    socket.session().await;
    // without an await, so that the task of the socket cannot run in between
    for n in 0..10 {
        append(&server, &format!("evt_{n}"), "{}".to_owned());
    }
    let message = socket.json().await;
    assert_eq!(
        (&message["kind"], &message["error"]["code"]),
        (&json!("error"), &json!("listener_overtaken"))
    );
    assert!(matches!(socket.message().await, Some(Message::Close(_))));
    assert!(socket.message().await.is_none());
}

#[tokio::test]
async fn oversized_message_closes_the_socket() {
    let server = Server::start().await;
    let log = server.state.log(Environment::Test).clone();
    let mut loud = Socket::open(&server, "").await;
    loud.session().await;
    loud.0.send(Message::text("ignored text")).await.unwrap();
    loud.0.send(Message::text("x".repeat(5000))).await.unwrap();
    match loud.message().await {
        Some(Message::Close(Some(frame))) => assert_eq!(frame.code, CloseCode::Size),
        other => panic!("{other:?}"),
    }
    let mut quiet = Socket::open(&server, "").await;
    quiet.session().await;
    drop((loud, quiet));
    with_timeout(async {
        while log.listeners() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn shutdown_closes_sockets_in_time() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server, "").await;
    let mut stuck = Socket::open(&server, "").await;
    socket.session().await;
    stuck.session().await;
    for n in 0..100 {
        append(&server, &format!("evt_{n}"), format!(r#"{{"pad":"{}"}}"#, "x".repeat(256 * 1024)));
    }
    for n in 0..100 {
        assert_eq!(socket.event().await, format!("evt_{n}"));
    }
    let began = Instant::now();
    let ((), last) = tokio::join!(server.stop(), socket.message());
    match last {
        Some(Message::Close(Some(frame))) => assert_eq!(frame.code, CloseCode::Away),
        other => panic!("{other:?}"),
    }
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[tokio::test]
async fn revoked_key_closes_its_socket() {
    let server = Server::start().await;
    let mut socket = Socket::over(server.connect().await, &server, SECRET_LIVE_KEY, "").await;
    socket.session().await;
    let path = team("api-keys/key_secretlive00");
    let revoked = server.send(&format!("DELETE {path}"), &[&bearer(SECRET_LIVE_KEY)], "").await;
    assert_eq!(revoked.status, 200, "{revoked:?}");
    let message = socket.json().await;
    assert_eq!(message["kind"], "error", "{message}");
    assert_eq!(message["error"]["code"], "invalid_api_key", "{message}");
    assert!(matches!(socket.message().await, Some(Message::Close(Some(_)))));
}
