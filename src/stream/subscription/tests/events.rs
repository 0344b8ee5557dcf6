//! Events: accepted, repeated, rejected, and too large.

use super::*;

on_both_transports! {
    single_bytes_are_decoded,
    events_without_a_session_are_accepted,
    large_events_do_not_fill_the_channel,
    repeated_id_is_a_duplicate,
    oversized_event_is_skipped,
}

async fn single_bytes_are_decoded(on: Transport) {
    let stream = format!("{HEAD}\u{feff}{SESSION}{}: hb\r\n\r\n{}", block(1), block(2).replace('\n', "\r"));
    let server = Server::start(move |_, _| vec![Act::Drip(stream.clone().into()), Act::Hold]).await;
    let mut items = open(to(&server, on)).await;
    assert_eq!(event(&mut items).await.id, "evt_1");
    assert_eq!(event(&mut items).await.id, "evt_2");
}

async fn events_without_a_session_are_accepted(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), send(block(1)), Act::Hold]).await;
    let mut items = subscribe(to(&server, on));
    assert!(connected(&mut items).await.secret.is_none());
    assert_eq!(event(&mut items).await.id, "evt_1");
}

async fn large_events_do_not_fill_the_channel(on: Transport) {
    let large = |n| format!("id: evt_{n}\nevent: a.b\ndata: {}\n\n", "x".repeat(300_000));
    let events: String = (1..=5).map(large).collect();
    let server =
        Server::start(move |_, _| vec![send(HEAD), send(SESSION), send(events.clone()), Act::Hold]).await;
    let mut items = open(StreamConfig { max_event_bytes: 1_000_000, ..to(&server, on) }).await;
    for n in 1..=5 {
        tokio::time::sleep(ms(50)).await;
        assert!(items.len() <= 1, "{} large events kept", items.len());
        assert_eq!(event(&mut items).await.id, format!("evt_{n}"));
    }
}

async fn repeated_id_is_a_duplicate(on: Transport) {
    let server = Server::start(|n, _| match n {
        0 => vec![send(HEAD), send(SESSION), send(block(1)), send(block(2))],
        _ => vec![send(HEAD), send(RESUMED), send(block(1)), send(block(2)), send(block(3)), Act::Hold],
    })
    .await;
    let mut items = open(to(&server, on)).await;
    event(&mut items).await;
    event(&mut items).await;
    disconnected(&mut items).await;
    connected(&mut items).await;
    for expected in ["evt_1", "evt_2"] {
        assert!(matches!(next(&mut items).await, Some(StreamItem::Duplicate { id, .. }) if id == expected));
    }
    assert_eq!(event(&mut items).await.id, "evt_3");
}

#[tokio::test]
async fn events_with_an_inherited_id_are_emitted() {
    let stream =
        "id: evt_1\nevent: a.b\ndata: 1\n\nevent: a.b\ndata: 2\n\nevent: a.b\ndata: {\"id\":\"evt_2\"}\n\n";
    let server = Server::start(move |_, _| vec![send(HEAD), send(SESSION), send(stream), Act::Hold]).await;
    let mut items = open(to(&server, Transport::Sse)).await;
    for (id, body) in [("evt_1", "1"), ("evt_1", "2"), ("evt_2", "{\"id\":\"evt_2\"}")] {
        let event = event(&mut items).await;
        assert_eq!((event.id.as_str(), &event.body[..]), (id, body.as_bytes()));
    }
}

async fn oversized_event_is_skipped(on: Transport) {
    let large = format!("id: evt_1\nevent: big.one\ndata: {}\n\n", "x".repeat(50_000));
    let server = Server::start(move |_, _| {
        vec![send(HEAD), send(SESSION), send(large.clone()), send(block(2)), Act::Hold]
    })
    .await;
    let mut items = open(to(&server, on)).await;
    match next(&mut items).await {
        Some(StreamItem::Rejected { id, event_type, reason: Rejection::TooLarge { bytes, limit } }) => {
            assert_eq!((id.as_deref(), event_type.as_deref()), (Some("evt_1"), Some("big.one")));
            assert!(bytes >= 50_000 && limit == 10_000);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(event(&mut items).await.id, "evt_2");
}

#[tokio::test]
async fn bad_events_are_reported_and_skipped() {
    let mut stream = b"event: x.y\ndata: no id\n\nid: evt_\xff\nevent: x.y\ndata: {}\n\n".to_vec();
    stream.extend(b"id: evt_1\nevent: x.y\ndata: \xf0\x9f|\n\n");
    let server =
        Server::start(move |_, _| vec![send(HEAD), send(SESSION), send(stream.clone()), Act::Hold]).await;
    let mut items = open(to(&server, Transport::Sse)).await;
    for expected in [Rejection::NoId, Rejection::UnsafeId] {
        assert!(
            matches!(next(&mut items).await, Some(StreamItem::Rejected { reason, .. }) if reason == expected)
        );
    }
    assert_eq!(event(&mut items).await.body, "\u{fffd}|");
}
