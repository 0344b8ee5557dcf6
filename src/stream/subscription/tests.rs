//! The subscription against a hostile server.

mod server;
mod transports;

use std::sync::Arc;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use tokio::sync::mpsc::Receiver;

use self::server::{Act, Server, send};
use super::*;
use crate::host::clock::Clock;
use crate::stream::answer::{ContentType, Refusal};
use crate::stream::transport::Transport;

/// The tests of this file that make sense on both transports, on both.
macro_rules! on_both_transports {
    ($($name:ident),* $(,)?) => {
        mod on_an_event_stream {
            $(#[tokio::test] async fn $name() { super::$name(super::Transport::Sse).await })*
        }
        mod on_a_websocket {
            $(#[tokio::test] async fn $name() { super::$name(super::Transport::Ws).await })*
        }
    };
}

on_both_transports! {
    a_session_and_an_event_arrive,
    a_cut_within_an_event_resumes_after_the_one_before,
    nothing_is_lost_or_repeated_when_the_stream_is_cut_anywhere,
    a_stream_in_single_bytes_is_read,
    silence_of_three_heartbeats_is_a_dead_peer,
    a_server_that_opens_no_session_is_left_even_if_it_is_alive,
    a_server_that_does_not_answer_is_left,
    events_without_a_session_are_taken_as_they_are,
    a_consumer_that_pauses_is_not_a_dead_peer,
    large_events_do_not_pile_up_in_front_of_a_slow_consumer,
    an_id_that_comes_again_is_a_duplicate,
    a_gap_is_told,
    a_resumed_run_sends_its_cursor_and_tells_a_gap_too,
    a_cursor_that_cannot_be_sent_is_a_gap,
    every_id_received_moves_the_cursor,
    an_event_too_large_is_skipped_and_the_next_one_arrives,
    a_client_error_ends_the_stream,
    a_long_refusal_is_cut_short,
    a_redirect_is_not_followed,
    a_status_that_may_pass_is_tried_again,
    retry_after_is_kept,
    an_error_frame_about_the_key_ends_the_stream,
    any_other_error_frame_is_followed_by_a_reconnection,
    a_refused_connection_says_so,
    a_failed_handshake_says_so,
    an_unknown_host_says_so,
    a_connection_closed_before_the_answer_says_why_without_the_url,
    a_receiver_that_goes_away_closes_the_connection
}

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: Text/Event-Stream; charset=latin1\r\n\r\n";
const SESSION: &str = "event: session\ndata: {\"session_id\":\"lst_1\",\"secret\":\"whsec_1\"}\n\n";
const RESUMED: &str = "event: session\ndata: {\"resumed\":true}\n\n";
const NOT_RESUMED: &str = "event: session\ndata: {\"resumed\":false}\n\n";

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[expect(clippy::disallowed_methods, reason = "tests of this room bring their own client")]
fn client(resolver: Option<Arc<dyn reqwest::dns::Resolve>>) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    // a total time-out of the client's own must not end the stream
    let builder = builder.timeout(ms(10));
    match resolver {
        Some(resolver) => builder.dns_resolver(resolver).build().unwrap(),
        None => builder.build().unwrap(),
    }
}

fn config(transport: Transport, url: &str) -> StreamConfig {
    let mut key = HeaderValue::from_static("Bearer sk_test_key");
    key.set_sensitive(true);
    StreamConfig {
        http: client(None),
        url: url.parse().unwrap(),
        headers: HeaderMap::from_iter([(AUTHORIZATION, key)]),
        types: Vec::new(),
        cursor: None,
        transport,
        held_back_after: ms(150),
        backoff_ceiling: ms(60),
        max_event_bytes: 10_000,
        heartbeat: Duration::from_secs(5),
        connect_timeout: Duration::from_secs(5),
        clock: Clock::fixed(1_774_583_010_044),
    }
}

fn to(server: &Server, on: Transport) -> StreamConfig {
    config(on, &format!("http://{}/webhooks/listen", server.address))
}

/// The next item that is not `Connecting`.
async fn next(items: &mut Receiver<StreamItem>) -> Option<StreamItem> {
    loop {
        match timeout(Duration::from_secs(10), items.recv()).await.expect("no item within 10 s") {
            Some(StreamItem::Connecting { .. }) => {}
            other => return other,
        }
    }
}

async fn connected(items: &mut Receiver<StreamItem>) -> Session {
    match next(items).await {
        Some(StreamItem::Connected(session)) => session,
        other => panic!("not connected: {other:?}"),
    }
}

async fn event(items: &mut Receiver<StreamItem>) -> Received {
    match next(items).await {
        Some(StreamItem::Event(event)) => event,
        other => panic!("no event: {other:?}"),
    }
}

async fn gap(items: &mut Receiver<StreamItem>) -> Gap {
    match next(items).await {
        Some(StreamItem::Gap(gap)) => gap,
        other => panic!("no gap: {other:?}"),
    }
}

async fn disconnected(items: &mut Receiver<StreamItem>) -> (Disconnect, Duration) {
    match next(items).await {
        Some(StreamItem::Disconnected { reason, retry_in }) => (reason, retry_in),
        other => panic!("not disconnected: {other:?}"),
    }
}

async fn refused(items: &mut Receiver<StreamItem>) -> Refused {
    let refused = match next(items).await {
        Some(StreamItem::Refused(refused)) => refused,
        other => panic!("not refused: {other:?}"),
    };
    assert!(next(items).await.is_none(), "the stream goes on after a refusal");
    refused
}

fn block(number: usize) -> String {
    format!("id: evt_{number}\nevent: ticket.created\nrequest-id: req_{number}\ndata: {{\"n\":{number}}}\n\n")
}

async fn a_session_and_an_event_arrive(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), send(SESSION), send(block(1)), Act::Hold]).await;
    let types = vec!["ticket.*".into(), "customer.created".into()];
    let mut items = subscribe(StreamConfig { types, ..to(&server, on) });
    assert!(matches!(items.recv().await, Some(StreamItem::Connecting { attempt: 1 })));
    let session = connected(&mut items).await;
    assert_eq!(session.secret.unwrap().expose(), "whsec_1");
    assert!(!session.reconnected);
    let expected = Received {
        id: "evt_1".into(),
        event_type: "ticket.created".into(),
        request_id: Some("req_1".into()),
        body: Bytes::from_static(b"{\"n\":1}"),
        received_at: Timestamp::from_millisecond(1_774_583_010_044).unwrap(),
    };
    assert_eq!(event(&mut items).await, expected);

    let asked = &server.asked()[0];
    assert!(asked.head.starts_with("GET /webhooks/listen?types=ticket.*,customer.created HTTP/1.1\r\n"));
    let accept = if on == Transport::Sse { "text/event-stream" } else { "*/*" };
    assert_eq!(asked.header("accept"), Some(accept));
    assert_eq!(asked.header("accept-encoding"), Some("identity"));
    assert_eq!(asked.header("authorization"), Some("Bearer sk_test_key"));
    assert_eq!(asked.last_event_id(), None);
}

async fn a_cut_within_an_event_resumes_after_the_one_before(on: Transport) {
    let server = Server::start(|n, _| match n {
        0 => vec![send(HEAD), send(SESSION), send(block(1)), send(&block(2)[..30])],
        _ => vec![send(HEAD), send(RESUMED), send(block(2)), Act::Hold],
    })
    .await;
    let mut items = subscribe(to(&server, on));
    connected(&mut items).await;
    assert_eq!(event(&mut items).await.id, "evt_1");
    let (reason, retry_in) = disconnected(&mut items).await;
    match on {
        Transport::Ws => assert!(matches!(reason, Disconnect::Cut(_)), "{reason:?}"),
        _ => assert_eq!(reason, Disconnect::Ended),
    }
    assert!(retry_in >= ms(50) && retry_in <= ms(60));
    let session = connected(&mut items).await;
    assert!(session.reconnected && session.resumed == Some(true));
    assert_eq!(event(&mut items).await.id, "evt_2");
    assert_eq!(server.asked()[1].last_event_id().as_deref(), Some("evt_1"));
}

async fn nothing_is_lost_or_repeated_when_the_stream_is_cut_anywhere(on: Transport) {
    let server = Server::start(|n, asked| {
        let first = asked.last_event_id().map_or(1, |id| id[4..].parse::<usize>().unwrap() + 1);
        let stream = format!("{RESUMED}{}", (first..=12).map(block).collect::<String>());
        let cut = stream.len().min(60 + 37 * n);
        vec![send(HEAD), send(&stream[..cut]), if n % 2 == 0 { Act::Reset } else { send("") }]
    })
    .await;
    let mut items = subscribe(to(&server, on));
    let mut got = Vec::new();
    while got.len() < 12 {
        match next(&mut items).await.unwrap() {
            StreamItem::Event(event) => got.push(event.id),
            StreamItem::Connected(_) | StreamItem::Disconnected { .. } => {}
            StreamItem::Gap(gap) => assert_eq!((gap.reason, got.len()), (GapReason::NoCursor, 0)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(got, (1..=12).map(|n| format!("evt_{n}")).collect::<Vec<_>>());
}

async fn a_stream_in_single_bytes_is_read(on: Transport) {
    let stream = format!("{HEAD}\u{feff}{SESSION}{}: hb\r\n\r\n{}", block(1), block(2).replace('\n', "\r"));
    let server = Server::start(move |_, _| vec![Act::Drip(stream.clone().into()), Act::Hold]).await;
    let mut items = subscribe(to(&server, on));
    connected(&mut items).await;
    assert_eq!(event(&mut items).await.id, "evt_1");
    assert_eq!(event(&mut items).await.id, "evt_2");
}

#[tokio::test]
async fn a_broken_transfer_is_a_cut() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let server =
        Server::start(move |_, _| vec![send(head), send(format!("{:x}\r\n{SESSION}\r\n", SESSION.len()))])
            .await;
    let mut items = subscribe(to(&server, Transport::Sse));
    connected(&mut items).await;
    let (reason, _) = disconnected(&mut items).await;
    assert!(matches!(reason, Disconnect::Cut(_)), "{reason:?}");
}

async fn silence_of_three_heartbeats_is_a_dead_peer(on: Transport) {
    let session = "event: session\ndata: {\"heartbeat_seconds\":0.03}\n\n";
    let server = Server::start(move |_, _| vec![send(format!("{HEAD}{session}")), Act::Hold]).await;
    let mut items = subscribe(to(&server, on));
    connected(&mut items).await;
    assert_eq!(disconnected(&mut items).await.0, Disconnect::Silence(ms(90)));
    timeout(Duration::from_secs(5), server.closed.notified()).await.expect("the dead connection is closed");
}

async fn a_server_that_opens_no_session_is_left_even_if_it_is_alive(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), Act::Repeat(b": hb\n", ms(10))]).await;
    let mut items = subscribe(StreamConfig { heartbeat: ms(30), ..to(&server, on) });
    assert_eq!(disconnected(&mut items).await.0, Disconnect::NoSession(ms(90)));
}

async fn a_server_that_does_not_answer_is_left(on: Transport) {
    let server = Server::start(|_, _| vec![Act::Hold]).await;
    let mut items = subscribe(StreamConfig { connect_timeout: ms(80), ..to(&server, on) });
    let timeout = Disconnect::Connect(ConnectFailure::Timeout(ms(80)));
    assert_eq!(disconnected(&mut items).await.0, timeout);
    assert!(matches!(items.recv().await, Some(StreamItem::Connecting { attempt: 2 })));
}

async fn events_without_a_session_are_taken_as_they_are(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), send(block(1)), Act::Hold]).await;
    let mut items = subscribe(to(&server, on));
    assert!(connected(&mut items).await.secret.is_none());
    assert_eq!(event(&mut items).await.id, "evt_1");
}

async fn a_consumer_that_pauses_is_not_a_dead_peer(on: Transport) {
    let session = "event: session\ndata: {\"heartbeat_seconds\":0.1}\n\n";
    let events: String = (0..200).map(block).collect();
    let server = Server::start(move |_, _| {
        vec![send(format!("{HEAD}{session}{events}")), Act::Repeat(b": hb\n", ms(30))]
    })
    .await;
    let mut items = subscribe(to(&server, on));
    connected(&mut items).await;
    tokio::time::sleep(ms(700)).await;
    assert_eq!(items.len(), CHANNEL_CAPACITY);
    for n in 0..200 {
        assert_eq!(event(&mut items).await.id, format!("evt_{n}"));
    }
}

async fn large_events_do_not_pile_up_in_front_of_a_slow_consumer(on: Transport) {
    let large = |n| format!("id: evt_{n}\nevent: a.b\ndata: {}\n\n", "x".repeat(300_000));
    let events: String = (1..=5).map(large).collect();
    let server =
        Server::start(move |_, _| vec![send(HEAD), send(SESSION), send(events.clone()), Act::Hold]).await;
    let mut items = subscribe(StreamConfig { max_event_bytes: 1_000_000, ..to(&server, on) });
    connected(&mut items).await;
    for n in 1..=5 {
        tokio::time::sleep(ms(50)).await;
        assert!(items.len() <= 1, "{} large events kept", items.len());
        assert_eq!(event(&mut items).await.id, format!("evt_{n}"));
    }
}

async fn a_receiver_that_goes_away_closes_the_connection(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), send(SESSION), Act::Hold]).await;
    let mut items = subscribe(to(&server, on));
    connected(&mut items).await;
    drop(items);
    timeout(Duration::from_secs(5), server.closed.notified()).await.expect("the connection is closed");
}

async fn an_id_that_comes_again_is_a_duplicate(on: Transport) {
    let server = Server::start(|n, _| match n {
        0 => vec![send(HEAD), send(SESSION), send(block(1)), send(block(2))],
        _ => vec![send(HEAD), send(RESUMED), send(block(1)), send(block(2)), send(block(3)), Act::Hold],
    })
    .await;
    let mut items = subscribe(to(&server, on));
    connected(&mut items).await;
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
async fn events_under_an_id_that_lasts_on_are_all_handed_on() {
    let stream =
        "id: evt_1\nevent: a.b\ndata: 1\n\nevent: a.b\ndata: 2\n\nevent: a.b\ndata: {\"id\":\"evt_2\"}\n\n";
    let server = Server::start(move |_, _| vec![send(HEAD), send(SESSION), send(stream), Act::Hold]).await;
    let mut items = subscribe(to(&server, Transport::Sse));
    connected(&mut items).await;
    for (id, body) in [("evt_1", "1"), ("evt_1", "2"), ("evt_2", "{\"id\":\"evt_2\"}")] {
        let event = event(&mut items).await;
        assert_eq!((event.id.as_str(), &event.body[..]), (id, body.as_bytes()));
    }
}

/// The gap told after a cut, when the second connection begins with `second`.
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

async fn a_gap_is_told(on: Transport) {
    let disconnected_at = Timestamp::from_millisecond(1_774_583_010_044).ok();
    let expected =
        |after: Option<&str>, reason| Gap { after: after.map(Into::into), disconnected_at, reason };
    let told = gap_after_cut(on, block(1), NOT_RESUMED).await;
    assert_eq!(told, expected(Some("evt_1"), GapReason::NotResumed));
    let told = gap_after_cut(on, block(1), SESSION).await;
    assert_eq!(told, expected(Some("evt_1"), GapReason::Unconfirmed));
    let told = gap_after_cut(on, block(1), "id: evt_9\nevent: session\ndata: {}\n\n").await;
    assert_eq!(told, expected(Some("evt_1"), GapReason::Unconfirmed));
    assert_eq!(gap_after_cut(on, String::new(), RESUMED).await, expected(None, GapReason::NoCursor));
    let reset = "id:\nevent: x.y\ndata: {}\n\n";
    assert_eq!(gap_after_cut(on, block(1) + reset, SESSION).await, expected(None, GapReason::NoCursor));
}

async fn a_resumed_run_sends_its_cursor_and_tells_a_gap_too(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), send(NOT_RESUMED), send(block(7)), Act::Hold]).await;
    let mut items = subscribe(StreamConfig { cursor: Some("evt_7".into()), ..to(&server, on) });
    assert!(!connected(&mut items).await.reconnected);
    let expected = Gap { after: Some("evt_7".into()), disconnected_at: None, reason: GapReason::NotResumed };
    assert_eq!(gap(&mut items).await, expected);
    assert!(matches!(next(&mut items).await, Some(StreamItem::Duplicate { .. })));
    assert_eq!(server.asked()[0].last_event_id().as_deref(), Some("evt_7"));
}

async fn a_cursor_that_cannot_be_sent_is_a_gap(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), send(SESSION), Act::Hold]).await;
    let mut items = subscribe(StreamConfig { cursor: Some("evt\n7".into()), ..to(&server, on) });
    connected(&mut items).await;
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

async fn every_id_received_moves_the_cursor(on: Transport) {
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
        // only an event stream has blocks of nothing but an id
        if on == Transport::Ws
            && stream.split("\n\n").any(|block| block.starts_with("id") && !block.contains("data"))
        {
            continue;
        }
        assert_eq!(cursor_after(on, stream).await.as_deref(), cursor, "{stream:?}");
    }
}

async fn an_event_too_large_is_skipped_and_the_next_one_arrives(on: Transport) {
    let large = format!("id: evt_1\nevent: big.one\ndata: {}\n\n", "x".repeat(50_000));
    let server = Server::start(move |_, _| {
        vec![send(HEAD), send(SESSION), send(large.clone()), send(block(2)), Act::Hold]
    })
    .await;
    let mut items = subscribe(to(&server, on));
    connected(&mut items).await;
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
async fn bad_events_are_told_and_skipped() {
    let mut stream = b"event: x.y\ndata: no id\n\nid: evt_\xff\nevent: x.y\ndata: {}\n\n".to_vec();
    stream.extend(b"id: evt_1\nevent: x.y\ndata: \xf0\x9f|\n\n");
    let server =
        Server::start(move |_, _| vec![send(HEAD), send(SESSION), send(stream.clone()), Act::Hold]).await;
    let mut items = subscribe(to(&server, Transport::Sse));
    connected(&mut items).await;
    for expected in [Rejection::NoId, Rejection::UnsafeId] {
        assert!(
            matches!(next(&mut items).await, Some(StreamItem::Rejected { reason, .. }) if reason == expected)
        );
    }
    assert_eq!(event(&mut items).await.body, "\u{fffd}|");
}

/// Items when the first connection gets this answer, and later ones a stream.
async fn answered(on: Transport, answer: &str) -> Receiver<StreamItem> {
    let answer = answer.to_owned();
    let server = Server::start(move |n, _| match n {
        0 => vec![send(answer.clone())],
        _ => vec![send(HEAD), send(SESSION), send(block(1)), Act::Hold],
    })
    .await;
    subscribe(to(&server, on))
}

async fn a_client_error_ends_the_stream(on: Transport) {
    for status in [400, 401, 403, 404, 410, 422] {
        let body = "no: sk_test_key";
        let answer = format!("HTTP/1.1 {status} No\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let refused = refused(&mut answered(on, &answer).await).await;
        assert_eq!((refused.status, &refused.reason), (status, &Refusal::Status));
        assert_eq!(refused.body, "no: [key]");
    }
}

async fn a_long_refusal_is_cut_short(on: Transport) {
    let answer = format!("HTTP/1.1 403 No\r\n\r\n{}", "x".repeat(200_000));
    assert_eq!(refused(&mut answered(on, &answer).await).await.body.len(), 64 * 1024);
}

async fn a_redirect_is_not_followed(on: Transport) {
    for status in [301, 302, 303, 307, 308] {
        let to = "http://127.0.0.1:1/x?k=sk_test_key";
        let answer = format!("HTTP/1.1 {status} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
        let refused = refused(&mut answered(on, &answer).await).await;
        assert_eq!(
            refused.reason,
            Refusal::Redirect { location: Some("http://127.0.0.1:1/x?k=[key]".into()) }
        );
        assert!(refused.to_string().contains("which is not followed"));
    }
}

#[tokio::test]
async fn an_answer_that_is_no_event_stream_ends_the_first_connection() {
    let cases = [
        ("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n", ContentType::Other("text/html".into())),
        (
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-streams\r\n",
            ContentType::Other("text/event-streams".into()),
        ),
        ("HTTP/1.1 200 OK\r\n", ContentType::Unnamed),
        ("HTTP/1.1 204 No\r\n", ContentType::Empty),
        (
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n",
            ContentType::Encoded("gzip".into()),
        ),
    ];
    for (head, found) in cases {
        let refused = refused(&mut answered(Transport::Sse, &format!("{head}\r\n")).await).await;
        assert_eq!(refused.reason, Refusal::NotAStream { found });
    }
}

#[tokio::test]
async fn an_answer_that_is_no_event_stream_may_pass_later() {
    let server = Server::start(|n, _| match n {
        0 => vec![send(HEAD), send(SESSION), send(block(1))],
        1 => vec![send("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html>")],
        2 => vec![send("HTTP/1.1 204 No\r\n\r\n")],
        _ => vec![send(HEAD), send(RESUMED), Act::Hold],
    })
    .await;
    let mut items = subscribe(to(&server, Transport::Sse));
    connected(&mut items).await;
    event(&mut items).await;
    assert_eq!(disconnected(&mut items).await.0, Disconnect::Ended);
    for (status, found) in [(200, ContentType::Other("text/html".into())), (204, ContentType::Empty)] {
        assert_eq!(disconnected(&mut items).await.0, Disconnect::NotAStream { status, found });
    }
    assert!(connected(&mut items).await.reconnected);
}

async fn a_status_that_may_pass_is_tried_again(on: Transport) {
    for status in [408, 429, 500, 502, 503] {
        let mut items = answered(on, &format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n")).await;
        let (reason, retry_in) = disconnected(&mut items).await;
        assert_eq!(reason, Disconnect::Status { status, retry_after: None });
        assert!(retry_in <= ms(60));
        assert!(!connected(&mut items).await.reconnected);
        assert_eq!(event(&mut items).await.id, "evt_1");
    }
}

async fn retry_after_is_kept(on: Transport) {
    let answer =
        |value: &str| format!("HTTP/1.1 429 No\r\nretry-after: {value}\r\ncontent-length: 0\r\n\r\n");
    for (value, least) in [("0", ms(50)), ("1", ms(1000)), ("Fri, 27 Mar 2026 03:43:40 GMT", ms(9956))] {
        let (_, retry_in) = disconnected(&mut answered(on, &answer(value)).await).await;
        assert!(retry_in >= least && retry_in <= least + ms(200), "{value}: {retry_in:?}");
    }
    let mut items = answered(on, &answer("0")).await;
    disconnected(&mut items).await;
    connected(&mut items).await;
}

#[tokio::test]
async fn the_servers_retry_is_kept() {
    let server = Server::start(|_, _| vec![send(HEAD), send(SESSION), send("retry: 3000\n\n")]).await;
    let mut items = subscribe(to(&server, Transport::Sse));
    connected(&mut items).await;
    let (_, retry_in) = disconnected(&mut items).await;
    assert!(retry_in >= ms(300) && retry_in <= ms(3000), "{retry_in:?}");
}

fn error_frame(kind: &str) -> String {
    format!(
        "event: error\ndata: {{\"error\":{{\"type\":\"{kind}\",\"message\":\"sk_test_key is bad\"}}}}\n\n"
    )
}

async fn an_error_frame_about_the_key_ends_the_stream(on: Transport) {
    let server = Server::start(|_, _| {
        vec![send(HEAD), send(SESSION), send(error_frame("authentication_error")), send(block(1)), Act::Hold]
    })
    .await;
    let mut items = subscribe(to(&server, on));
    connected(&mut items).await;
    match next(&mut items).await {
        Some(StreamItem::ErrorFrame(error)) => assert_eq!(error.message.as_deref(), Some("[key] is bad")),
        other => panic!("{other:?}"),
    }
    assert!(next(&mut items).await.is_none());
}

async fn any_other_error_frame_is_followed_by_a_reconnection(on: Transport) {
    let server = Server::start(|n, _| match n {
        0 => vec![send(HEAD), send(SESSION), send(error_frame("api_error")), Act::Hold],
        _ => vec![send(HEAD), send(SESSION), Act::Hold],
    })
    .await;
    let mut items = subscribe(to(&server, on));
    connected(&mut items).await;
    assert!(matches!(next(&mut items).await, Some(StreamItem::ErrorFrame(error)) if !error.is_fatal()));
    assert_eq!(disconnected(&mut items).await.0, Disconnect::ErrorFrame { retry_after: None });
    connected(&mut items).await;
}

async fn a_refused_connection_says_so(on: Transport) {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut items = subscribe(config(on, &format!("http://{free}/")));
    for attempt in 1..=2 {
        assert!(matches!(items.recv().await, Some(StreamItem::Connecting { attempt: n }) if n == attempt));
        assert_eq!(disconnected(&mut items).await.0, Disconnect::Connect(ConnectFailure::Refused));
    }
}

async fn a_failed_handshake_says_so(on: Transport) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 no TLS here\r\n\r\n").await.unwrap();
    });
    let (reason, _) = disconnected(&mut subscribe(config(on, &format!("https://{address}/")))).await;
    assert!(matches!(&reason, Disconnect::Connect(ConnectFailure::Tls(_))), "{reason:?}");
}

struct NoNames;

impl reqwest::dns::Resolve for NoNames {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async { Err("no such name".into()) })
    }
}

async fn an_unknown_host_says_so(on: Transport) {
    let http = client(Some(Arc::new(NoNames)));
    let mut items = subscribe(StreamConfig { http, ..config(on, "http://api.invalid/x?secret=1") });
    let (reason, _) = disconnected(&mut items).await;
    assert_eq!(reason, Disconnect::Connect(ConnectFailure::Dns));
}

async fn a_connection_closed_before_the_answer_says_why_without_the_url(on: Transport) {
    let server = Server::start(|_, _| vec![]).await;
    let (reason, _) = disconnected(&mut subscribe(to(&server, on))).await;
    let text = reason.to_string();
    assert!(matches!(reason, Disconnect::Connect(ConnectFailure::Other(_))), "{text}");
    assert!(!text.contains("listen"), "{text}");
}
