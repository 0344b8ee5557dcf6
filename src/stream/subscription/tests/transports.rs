//! The selection of the transport.

mod retries;
mod websocket;

use super::server::Asked;
use super::server::messages::{accepted, text_frame};
use super::*;

/// A valid response, a session, and these bytes.
fn socket(asked: &Asked, bytes: &[u8]) -> Act {
    let session =
        text_frame(0x81, br#"{"kind":"session","id":"start_1","resumed":true,"heartbeat_seconds":15}"#);
    Act::Raw([accepted(asked).as_bytes(), &session, bytes].concat())
}

async fn changed(items: &mut Receiver<StreamItem>) -> (TransportKind, ChangeReason) {
    match next(items).await {
        Some(StreamItem::TransportChanged { to, reason }) => (to, reason),
        other => panic!("no change of transport: {other:?}"),
    }
}

#[tokio::test]
async fn failed_upgrade_is_final_at_first() {
    let wrong = "HTTP/1.1 101 Yes\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let problem = "its Sec-WebSocket-Accept does not answer our key";
    for (answer, problem) in [(wrong, problem), (HEAD, "it did not switch protocols")] {
        let server = Server::start(move |_, _| vec![Act::Raw(answer.into())]).await;
        let refused = refused(&mut subscribe(to(&server, Transport::Ws))).await;
        assert_eq!(refused.reason, Refusal::NoWebSocket { problem });
    }
    let server = Server::start(move |n, asked| match n {
        1 => vec![Act::Raw(wrong.into())],
        _ => vec![socket(asked, b"")],
    })
    .await;
    let mut items = open(to(&server, Transport::Ws)).await;
    disconnected(&mut items).await;
    assert_eq!(disconnected(&mut items).await.0, Disconnect::NoWebSocket { status: 101, problem });
    connected(&mut items).await;
}

/// A server whose event streams send only their head, or nothing.
async fn holding_back(head: &'static str, upgrade: fn(&Asked) -> Vec<Act>) -> Server {
    Server::start(move |_, asked| match asked.is_socket() {
        true => upgrade(asked),
        false => vec![send(head), Act::Hold],
    })
    .await
}

#[tokio::test]
async fn auto_leaves_a_buffered_event_stream() {
    for head in [HEAD, ""] {
        let server = holding_back(head, |_| vec![send(HEAD), send(SESSION), send(block(1)), Act::Hold]).await;
        let mut items = subscribe(to(&server, Transport::Auto));
        let (reason, retry_in) = disconnected(&mut items).await;
        let no_session = Disconnect::NoSession(ms(150));
        let timeout = Disconnect::Connect(ConnectFailure::Timeout(ms(150)));
        assert_eq!((reason, retry_in), (if head.is_empty() { timeout } else { no_session }, ms(0)));
        assert_eq!(changed(&mut items).await, (TransportKind::Ws, ChangeReason::NoSession(ms(150))));
        connected(&mut items).await;
        assert_eq!(event(&mut items).await.id, "evt_1");
    }
}

#[tokio::test]
async fn auto_leaves_a_stream_with_a_length() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n";
    let server = holding_back(head, |_| vec![send(HEAD), send(SESSION), Act::Hold]).await;
    let mut items = subscribe(StreamConfig { session_timeout: ms(60_000), ..to(&server, Transport::Auto) });
    assert_eq!(disconnected(&mut items).await.0, Disconnect::Buffered);
    assert_eq!(changed(&mut items).await, (TransportKind::Ws, ChangeReason::Buffered));
    connected(&mut items).await;
}

#[tokio::test]
async fn auto_returns_after_a_refused_websocket() {
    for status in [404, 426] {
        let server = Server::start(move |n, asked| match (n, asked.is_socket()) {
            (_, true) => vec![send(format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n"))],
            (0, _) => vec![send(HEAD), Act::Hold],
            (2, _) => vec![send(HEAD), Act::Pause(ms(200)), send(SESSION)],
            _ => vec![send(HEAD), send(SESSION), Act::Hold],
        })
        .await;
        let mut items = subscribe(to(&server, Transport::Auto));
        disconnected(&mut items).await;
        assert_eq!(changed(&mut items).await.0, TransportKind::Ws);
        assert!(
            matches!(disconnected(&mut items).await.0, Disconnect::NoWebSocket { status: s, .. } if s == status)
        );
        assert_eq!(changed(&mut items).await, (TransportKind::Sse, ChangeReason::Refused { status }));
        connected(&mut items).await;
        assert_eq!(disconnected(&mut items).await.0, Disconnect::Ended);
        connected(&mut items).await;
        let sockets: Vec<bool> = server.asked().iter().map(Asked::is_socket).collect();
        assert_eq!(sockets, [false, true, false, false]);
    }
}

#[tokio::test]
async fn auto_leaves_silent_event_streams() {
    let server = Server::start(move |_, asked| match asked.is_socket() {
        false => vec![send(format!("{HEAD}{SESSION}")), Act::Hold],
        true => vec![send(HEAD), send(SESSION), Act::Hold],
    })
    .await;
    let mut items = open(StreamConfig { heartbeat: ms(30), ..to(&server, Transport::Auto) }).await;
    assert_eq!(disconnected(&mut items).await.0, Disconnect::Silence(ms(90)));
    connected(&mut items).await;
    assert_eq!(gap(&mut items).await.reason, GapReason::NoCursor);
    assert_eq!(disconnected(&mut items).await.0, Disconnect::Silence(ms(90)));
    assert_eq!(changed(&mut items).await, (TransportKind::Ws, ChangeReason::Silent));
    connected(&mut items).await;
}

#[tokio::test]
async fn auto_keeps_a_working_event_stream() {
    let server = Server::start(|_, _| vec![send(HEAD), send(SESSION), send(block(1))]).await;
    let mut items = subscribe(to(&server, Transport::Auto));
    for _ in 0..5 {
        while !matches!(next(&mut items).await.unwrap(), StreamItem::Disconnected { .. }) {}
    }
    assert!(server.asked().iter().all(|asked| !asked.is_socket()));
}
