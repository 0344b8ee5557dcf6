//! Frames of a WebSocket: fragments, sizes, pings and protocol errors.

use std::time::Instant;

use super::*;

fn event_message(id: &str, body: &str) -> Vec<u8> {
    format!(r#"{{"kind":"event","id":"{id}","type":"a.b","request_id":"req_1","body":"{body}"}}"#)
        .into_bytes()
}

/// How the stream ends after a session and these bytes.
async fn end_after(bytes: Vec<u8>, last: fn() -> Act) -> Disconnect {
    let server = Server::start(move |_, asked| vec![socket(asked, &bytes), last()]).await;
    let mut items = open(to(&server, Transport::Ws)).await;
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
    let mut items = open(to(&server, Transport::Ws)).await;
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
    let mut items = open(to(&server, Transport::Ws)).await;
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
    let mut items = open(to(&server, Transport::Ws)).await;
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
    let mut items = open(to(&server, Transport::Ws)).await;
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
    let mut items = open(StreamConfig { heartbeat: ms(100), ..to(&server, Transport::Ws) }).await;
    assert_eq!(event_of(&mut items).await.0, "evt_1");
}

#[tokio::test]
async fn peer_that_answers_pings_is_alive() {
    let session = text_frame(0x81, br#"{"kind":"session"}"#);
    let server = Server::start(move |_, asked| {
        vec![Act::Raw([accepted(asked).as_bytes(), &session].concat()), Act::Pong(10), Act::Hold]
    })
    .await;
    let mut items = open(StreamConfig { heartbeat: ms(50), ..to(&server, Transport::Ws) }).await;
    let began = Instant::now();
    assert_eq!(disconnected(&mut items).await.0, Disconnect::Silence(ms(150)));
    assert!(began.elapsed() >= ms(10 * 50 + 150), "{:?}", began.elapsed());
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
