//! Errors of WebSockets, the selection of the transport, suspension, and quick retries.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use super::server::Asked;
use super::server::messages::{accepted, text_frame};
use super::*;

/// A valid response, a session, and these bytes.
fn socket(asked: &Asked, bytes: &[u8]) -> Act {
    let session =
        text_frame(0x81, br#"{"kind":"session","id":"start_1","resumed":true,"heartbeat_seconds":15}"#);
    Act::Raw([accepted(asked).as_bytes(), &session, bytes].concat())
}

fn event_message(id: &str, body: &str) -> Vec<u8> {
    format!(r#"{{"kind":"event","id":"{id}","type":"a.b","request_id":"req_1","body":"{body}"}}"#)
        .into_bytes()
}

async fn changed(items: &mut Receiver<StreamItem>) -> (TransportKind, ChangeReason) {
    match next(items).await {
        Some(StreamItem::TransportChanged { to, reason }) => (to, reason),
        other => panic!("no change of transport: {other:?}"),
    }
}

/// How the stream ends after a session and these bytes.
async fn end_after(bytes: Vec<u8>, last: fn() -> Act) -> Disconnect {
    let server = Server::start(move |_, asked| vec![socket(asked, &bytes), last()]).await;
    let mut items = subscribe(to(&server, Transport::Ws));
    connected(&mut items).await;
    disconnected(&mut items).await.0
}

#[tokio::test]
async fn protocol_violations_are_reported() {
    let masked = [&[0x81, 0x83, 0, 0, 0, 0][..], b"abc"].concat();
    let cases = [
        (masked, "received a masked frame from server"),
        (text_frame(0x80, b"x"), "continue frame but nothing to continue"),
        (
            [text_frame(0x01, b"{"), text_frame(0x81, b"{}")].concat(),
            "while waiting for more fragments received: text",
        ),
        (text_frame(0xc1, b"{}"), "reserved bits are non-zero"),
        (text_frame(0x83, b"{}"), "encountered invalid opcode: 3"),
        (text_frame(0x09, b""), "fragmented control frame"),
        (text_frame(0x89, &[0; 126]), "control frame too big (payload must be 125 bytes or less)"),
    ];
    for (bytes, cause) in cases {
        assert_eq!(end_after(bytes, || Act::Hold).await, Disconnect::Protocol(cause.into()));
    }
    assert!(matches!(end_after(vec![], || Act::Reset).await, Disconnect::Cut(_)));
}

#[tokio::test]
async fn close_frames_are_reported_with_reason() {
    for code in [1000_u16, 1001] {
        assert_eq!(end_after(text_frame(0x88, &code.to_be_bytes()), || Act::Hold).await, Disconnect::Ended);
    }
    assert_eq!(end_after(text_frame(0x88, b""), || Act::Hold).await, Disconnect::Ended);
    let end = end_after(text_frame(0x88, b"\x03\xf4 key sk_test_key is old"), || Act::Hold).await;
    assert_eq!(end, Disconnect::Closed { code: 1012, reason: " key [key] is old".into() });
}

#[tokio::test]
async fn fragments_and_binary_are_accepted() {
    let event = event_message("evt_1", "{\\\"s\\\":\\\"é\\\"}");
    // Within the é.
    let cut = event.iter().position(|byte| *byte == 0xc3).unwrap() + 1;
    let bytes = [
        text_frame(0x01, &event[..cut]),
        text_frame(0x89, b"ping"),
        text_frame(0x00, b""),
        text_frame(0x80, &event[cut..]),
        text_frame(0x82, &event_message("evt_2", "{}")),
        text_frame(0x81, br#"{"kind":"of the future","id":"evt_9"}"#),
        text_frame(0x81, b"nonsense"),
        text_frame(0x81, b"\xff\xfe"),
        text_frame(0x81, br#"{"kind":"event","id":"evt_3","type":"a.b"}"#),
        text_frame(0x81, &event_message("evt_4", "{}")),
    ];
    let bytes = bytes.concat();
    let server = Server::start(move |_, asked| vec![socket(asked, &bytes), Act::Hold]).await;
    let mut items = subscribe(to(&server, Transport::Ws));
    connected(&mut items).await;
    assert_eq!(event_of(&mut items).await, ("evt_1".into(), "{\"s\":\"é\"}".into()));
    assert_eq!(event_of(&mut items).await, ("evt_2".into(), "{}".into()));
    for expected in [Rejection::NoId, Rejection::NoId, Rejection::NoBody] {
        assert!(
            matches!(next(&mut items).await, Some(StreamItem::Rejected { reason, .. }) if reason == expected)
        );
    }
    assert_eq!(event_of(&mut items).await.0, "evt_4");
}

async fn event_of(items: &mut Receiver<StreamItem>) -> (String, String) {
    let event = event(items).await;
    (event.id.clone(), String::from_utf8(event.body.to_vec()).unwrap())
}

#[tokio::test]
async fn oversized_message_is_rejected_by_id() {
    let large = event_message("evt_big", &"é".repeat(300_000));
    let fragments: Vec<Vec<u8>> = large.chunks(9_999).map(|part| text_frame(0x00, part)).collect();
    let mut fragmented = fragments.concat();
    fragmented[0] = 0x01;
    let mut bytes = text_frame(0x81, &large);
    bytes.extend(text_frame(0x81, &event_message("evt_2", "{}")));
    bytes.extend(fragmented);
    bytes.extend(text_frame(0x80, b"\"}"));
    bytes.extend(text_frame(0x81, &event_message("evt_3", "{}")));
    let size = large.len();
    let server = Server::start(move |_, asked| vec![socket(asked, &bytes), Act::Hold]).await;
    let mut items = subscribe(to(&server, Transport::Ws));
    connected(&mut items).await;
    for (next_id, most) in [("evt_2", size), ("evt_3", 100_000)] {
        match next(&mut items).await {
            Some(StreamItem::Rejected { id, event_type, reason: Rejection::TooLarge { bytes, limit } }) => {
                assert_eq!((id.as_deref(), event_type.as_deref()), (Some("evt_big"), Some("a.b")));
                assert!(limit == 10_000 && bytes > 80_000 && bytes <= most, "{bytes}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(event_of(&mut items).await.0, next_id);
    }
    assert_eq!(server.asked().len(), 1, "no reconnection was needed");
}

#[tokio::test]
async fn oversized_message_is_not_sent_again() {
    let large = text_frame(0x81, &event_message("evt_big", &"x".repeat(300_000)));
    let server = Server::start(move |n, asked| match n {
        // Cut within the large message: its id was read, and is the cursor.
        0 => vec![socket(asked, &large[..200_000])],
        _ => vec![socket(asked, &text_frame(0x81, &event_message("evt_2", "{}"))), Act::Hold],
    })
    .await;
    let mut items = subscribe(to(&server, Transport::Ws));
    connected(&mut items).await;
    assert!(matches!(next(&mut items).await, Some(StreamItem::Rejected { .. })));
    assert!(matches!(disconnected(&mut items).await.0, Disconnect::Cut(_)));
    connected(&mut items).await;
    assert_eq!(server.asked()[1].last_event_id().as_deref(), Some("evt_big"));
    assert_eq!(event_of(&mut items).await.0, "evt_2");
}

#[tokio::test]
async fn unread_pongs_do_not_stop_the_stream() {
    let mut bytes = text_frame(0x89, &[b'x'; 125]).repeat(50_000);
    bytes.extend(text_frame(0x81, &event_message("evt_1", "{}")));
    let server = Server::start(move |_, asked| vec![socket(asked, &bytes), Act::Hold]).await;
    let mut items = subscribe(to(&server, Transport::Ws));
    connected(&mut items).await;
    assert_eq!(event_of(&mut items).await.0, "evt_1");
}

#[tokio::test]
async fn slow_long_message_is_not_silence() {
    let message = text_frame(0x81, &event_message("evt_1", &"x".repeat(120)));
    let session = text_frame(0x81, br#"{"kind":"session"}"#);
    let server = Server::start(move |_, asked| {
        let mut acts = vec![Act::Raw([accepted(asked).as_bytes(), &session].concat())];
        for part in message.chunks(20) {
            acts.extend([Act::Pause(ms(80)), Act::Raw(part.to_vec())]);
        }
        acts.push(Act::Hold);
        acts
    })
    .await;
    let mut items = subscribe(StreamConfig { heartbeat: ms(100), ..to(&server, Transport::Ws) });
    connected(&mut items).await;
    assert_eq!(event_of(&mut items).await.0, "evt_1");
}

#[tokio::test]
async fn peer_that_answers_pings_is_alive() {
    let session = text_frame(0x81, br#"{"kind":"session"}"#);
    let server = Server::start(move |_, asked| {
        vec![Act::Raw([accepted(asked).as_bytes(), &session].concat()), Act::Pong(10), Act::Hold]
    })
    .await;
    let mut items = subscribe(StreamConfig { heartbeat: ms(50), ..to(&server, Transport::Ws) });
    connected(&mut items).await;
    let began = Instant::now();
    assert_eq!(disconnected(&mut items).await.0, Disconnect::Silence(ms(150)));
    assert!(began.elapsed() >= ms(10 * 50 + 150), "{:?}", began.elapsed());
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
    let mut items = subscribe(to(&server, Transport::Ws));
    connected(&mut items).await;
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
        let held_back = Disconnect::NoSession(ms(150));
        let timeout = Disconnect::Connect(ConnectFailure::Timeout(ms(150)));
        assert_eq!((reason, retry_in), (if head.is_empty() { timeout } else { held_back }, ms(0)));
        assert_eq!(changed(&mut items).await, (TransportKind::Ws, ChangeReason::HeldBack(ms(150))));
        connected(&mut items).await;
        assert_eq!(event(&mut items).await.id, "evt_1");
    }
}

#[tokio::test]
async fn auto_leaves_a_stream_with_a_length() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n";
    let server = holding_back(head, |_| vec![send(HEAD), send(SESSION), Act::Hold]).await;
    let mut items = subscribe(StreamConfig { held_back_after: ms(60_000), ..to(&server, Transport::Auto) });
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
    let mut items = subscribe(StreamConfig { heartbeat: ms(30), ..to(&server, Transport::Auto) });
    connected(&mut items).await;
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

/// A stream on a clock that the test moves.
async fn on_a_clock(on: Transport) -> (Server, Receiver<StreamItem>, Arc<AtomicI64>) {
    let server = Server::start(|n, _| match n {
        0 => vec![send(HEAD), send(SESSION), send(block(1)), Act::Repeat(b": hb\n", ms(20))],
        _ => vec![send(HEAD), send(RESUMED), Act::Repeat(b": hb\n", ms(20))],
    })
    .await;
    let clock = Clock::fixed(1_774_583_010_044);
    let Clock::Fixed(wall) = clock.clone() else { unreachable!() };
    let mut items = subscribe(StreamConfig { clock, heartbeat: ms(50), ..to(&server, on) });
    connected(&mut items).await;
    event(&mut items).await;
    (server, items, wall)
}

#[tokio::test]
async fn suspended_machine_reconnects_once() {
    for on in [Transport::Sse, Transport::Ws] {
        let (server, mut items, wall) = on_a_clock(on).await;
        wall.fetch_add(3_600_000, Ordering::Relaxed);
        let (reason, retry_in) = disconnected(&mut items).await;
        assert!(matches!(reason, Disconnect::Suspended(time) if time.as_secs() >= 3590), "{reason:?}");
        assert_eq!(retry_in, ms(0));
        assert!(connected(&mut items).await.reconnected);
        assert_eq!(server.asked()[1].last_event_id().as_deref(), Some("evt_1"));
        assert!(timeout(ms(300), items.recv()).await.is_err(), "one jump, one reconnection");
    }
}

#[tokio::test]
async fn small_clock_changes_are_ignored() {
    let (_server, mut items, wall) = on_a_clock(Transport::Sse).await;
    for step in [-86_400_000, 4_000, -4_000, 4_000] {
        wall.fetch_add(step, Ordering::Relaxed);
        assert!(timeout(ms(150), items.recv()).await.is_err(), "{step}");
    }
}

#[tokio::test]
async fn clean_disconnect_is_retried_quickly() {
    for on in [Transport::Sse, Transport::Ws] {
        let server =
            Server::start(|n, _| vec![send(HEAD), send(RESUMED), send(block(n)), Act::Pause(ms(10))]).await;
        let mut items = subscribe(StreamConfig { backoff_ceiling: ms(10_000), ..to(&server, on) });
        for _ in 0..3 {
            while !matches!(next(&mut items).await.unwrap(), StreamItem::Disconnected { .. }) {}
            let began = Instant::now();
            connected(&mut items).await;
            assert!(began.elapsed() < ms(250), "{:?}", began.elapsed());
        }
    }
}

#[tokio::test]
async fn quick_retries_are_limited() {
    let server = Server::start(|_, _| vec![send(HEAD), send(RESUMED)]).await;
    let mut items = subscribe(StreamConfig { backoff_ceiling: ms(10_000), ..to(&server, Transport::Sse) });
    for _ in 0..12 {
        if matches!(next(&mut items).await, Some(StreamItem::Disconnected { retry_in, .. }) if retry_in > ms(90))
        {
            return;
        }
    }
    panic!("every wait was a quick one");
}

#[tokio::test]
async fn failing_server_sees_few_attempts() {
    let attempts = async |on| {
        let server = Server::start(|_, _| vec![send("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n")]).await;
        let _items = subscribe(StreamConfig { backoff_ceiling: ms(10_000), ..to(&server, on) });
        tokio::time::sleep(ms(1000)).await;
        server.asked().len()
    };
    let (sse, ws) = tokio::join!(attempts(Transport::Sse), attempts(Transport::Ws));
    assert!((2..=8).contains(&sse) && (2..=8).contains(&ws), "{sse} {ws} attempts");
}

#[tokio::test]
async fn long_outage_is_reported() {
    let server = Server::start(|_, _| vec![send("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n")]).await;
    let mut items = subscribe(StreamConfig { outage_interval: ms(100), ..to(&server, Transport::Sse) });
    loop {
        if let Some(StreamItem::StillDown(outage)) = next(&mut items).await {
            assert!(outage.lasted >= ms(100) && outage.attempts >= 1, "{outage:?}");
            assert_eq!(outage.reason, Disconnect::Status { status: 503, retry_after: None });
            return;
        }
    }
}

#[tokio::test]
async fn huge_message_length_ends_the_connection() {
    for length in [1_u64 << 62, 1 << 63, 1 << 30] {
        let bytes = [&[0x81, 127][..], &length.to_be_bytes()].concat();
        let reason = end_after(bytes, || Act::Hold).await;
        assert!(
            matches!(&reason, Disconnect::Protocol(cause) if cause.contains(&length.to_string())),
            "{reason:?}"
        );
    }
}
