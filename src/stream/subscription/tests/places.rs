//! Resuming a stream: gaps and cursors.

use super::*;

on_both_transports! {
    gaps_are_reported,
    resumed_runs_report_gaps_too,
    cursor_that_cannot_be_sent_is_a_gap,
    cursor_with_the_key_is_not_printed,
    every_received_id_moves_the_cursor,
}

/// The gap reported after a cut, when the second connection begins with `second`.
async fn gap_after_cut(on: Transport, first: String, second: &'static str) -> Gap {
    let server = Server::start(move |n, _| match n {
        0 => vec![send(HEAD), send(SESSION), send(first.clone())],
        _ => vec![send(HEAD), send(second), Act::Hold],
    })
    .await;
    let mut items = subscribe(to(&server, on));
    loop {
        if let StreamItem::Disconnected { .. } = next(&mut items).await.unwrap() {
            break;
        }
    }
    assert!(connected(&mut items).await.reconnected);
    gap(&mut items).await
}

async fn gaps_are_reported(on: Transport) {
    let disconnected_at = Timestamp::from_millisecond(1_774_583_010_044).ok();
    let expected =
        |after: Option<&str>, reason| Gap { after: after.map(Into::into), disconnected_at, reason };
    let gap = gap_after_cut(on, block(1), NOT_RESUMED).await;
    assert_eq!(gap, expected(Some("evt_1"), GapReason::NotResumed));
    let gap = gap_after_cut(on, block(1), SESSION).await;
    assert_eq!(gap, expected(Some("evt_1"), GapReason::Unconfirmed));
    let gap = gap_after_cut(on, block(1), "id: evt_9\nevent: session\ndata: {}\n\n").await;
    assert_eq!(gap, expected(Some("evt_1"), GapReason::Unconfirmed));
    assert_eq!(gap_after_cut(on, String::new(), RESUMED).await, expected(None, GapReason::NoCursor));
    let reset = "id:\nevent: x.y\ndata: {}\n\n";
    assert_eq!(gap_after_cut(on, block(1) + reset, SESSION).await, expected(None, GapReason::NoCursor));
}

async fn cursor_with_the_key_is_not_printed(on: Transport) {
    let stream = "id: evt_sk_test_key\nevent: x.y\ndata: {}\n\n";
    assert_eq!(cursor_after(on, stream).await.as_deref(), Some("evt_sk_test_key"));
    let gap = gap_after_cut(on, stream.to_owned(), NOT_RESUMED).await;
    assert_eq!(gap.after.as_deref(), Some("evt_[key]"));
}

async fn resumed_runs_report_gaps_too(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), send(NOT_RESUMED), send(block(7)), Act::Hold]).await;
    let mut items = subscribe(StreamConfig { cursor: Some("evt_7".into()), ..to(&server, on) });
    assert!(!connected(&mut items).await.reconnected);
    let expected = Gap { after: Some("evt_7".into()), disconnected_at: None, reason: GapReason::NotResumed };
    assert_eq!(gap(&mut items).await, expected);
    assert!(matches!(next(&mut items).await, Some(StreamItem::Duplicate { .. })));
    assert_eq!(server.asked()[0].last_event_id().as_deref(), Some("evt_7"));
}

async fn cursor_that_cannot_be_sent_is_a_gap(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), send(SESSION), Act::Hold]).await;
    let mut items = open(StreamConfig { cursor: Some("evt\n7".into()), ..to(&server, on) }).await;
    assert_eq!(gap(&mut items).await.reason, GapReason::NoCursor);
    assert_eq!(server.asked()[0].last_event_id(), None);
}

/// The `Last-Event-ID` of the second connection, when the first one was served `stream`.
async fn cursor_after(on: Transport, stream: &'static str) -> Option<String> {
    let server = Server::start(move |n, _| match n {
        0 => vec![send(HEAD), send(stream)],
        _ => vec![send(HEAD), send(RESUMED), Act::Hold],
    })
    .await;
    let mut items = subscribe(StreamConfig { cursor: Some("evt_0".into()), ..to(&server, on) });
    while !matches!(next(&mut items).await, Some(StreamItem::Disconnected { .. })) {}
    while !matches!(next(&mut items).await, Some(StreamItem::Connected(_))) {}
    server.asked()[1].last_event_id()
}

async fn every_received_id_moves_the_cursor(on: Transport) {
    let cases = [
        ("id: a\nevent: session\ndata: {}\n\n", Some("a")),
        ("id: b\n\n", Some("b")),
        ("id: c\nevent: x.y\ndata: {}\n\nid: lost\ndata: {}", Some("c")),
        ("id: d e\nevent: x.y\ndata: rejected\n\n", Some("d e")),
        ("id: f\nevent: x.y\ndata: 1\n\nid: \u{1b}\nevent: x.y\ndata: not sendable\n\n", Some("f")),
        ("event: x.y\ndata: {\"id\":\"g\"}\n\n", Some("g")),
        ("id: h\n\nevent: x.y\ndata: {\"id\":\"i\"}\n\n", Some("h")),
        ("id\n\n", None),
        ("id:\nevent: x.y\ndata: {\"id\":\"j\"}\n\n", None),
        (": nothing\n\n", Some("evt_0")),
    ];
    for (stream, cursor) in cases {
        // Only an event stream has blocks with only an id.
        if on == Transport::Ws
            && stream.split("\n\n").any(|block| block.starts_with("id") && !block.contains("data"))
        {
            continue;
        }
        assert_eq!(cursor_after(on, stream).await.as_deref(), cursor, "{stream:?}");
    }
}
