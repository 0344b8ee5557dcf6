//! The subscription with a hostile server: sessions, events, lost connections and silence.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use tokio::sync::mpsc::Receiver;

use self::server::{Act, Server, messages, send};
use super::*;
use crate::event::{EventMeta, ReceivedEvent};
use crate::host::clock::Clock;
use crate::stream::content_type::ContentType;
use crate::stream::frame::{Rejection, Session};
use crate::stream::response::Refusal;
use crate::stream::transport::{ChangeReason, Transport, TransportKind};

/// Runs tests on both transports.
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
    session_and_event_arrive,
    lost_event_is_resumed,
    reconnecting_loses_and_repeats_nothing,
    single_bytes_are_decoded,
    three_missed_heartbeats_are_a_dead_peer,
    server_without_session_is_disconnected,
    unresponsive_server_is_disconnected,
    events_without_a_session_are_accepted,
    paused_consumer_is_not_a_dead_peer,
    large_events_do_not_fill_the_channel,
    repeated_id_is_a_duplicate,
    oversized_event_is_skipped,
    dropped_receiver_closes_the_connection,
    repeated_session_frames_are_one_session,
    endless_message_is_disconnected,
}

mod places;
mod refusals;
mod server;
mod transports;

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: Text/Event-Stream; charset=latin1\r\n\r\n";
const SESSION: &str = "event: session\ndata: {\"session_id\":\"lst_1\",\"secret\":\"whsec_1\"}\n\n";
const RESUMED: &str = "event: session\ndata: {\"resumed\":true}\n\n";
const NOT_RESUMED: &str = "event: session\ndata: {\"resumed\":false}\n\n";

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[expect(clippy::disallowed_methods, reason = "these tests have their own client")]
fn client(resolver: Option<Arc<dyn reqwest::dns::Resolve>>) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    // The total timeout of the client must not end the stream.
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
        outage_interval: Duration::from_secs(30),
        max_event_bytes: 10_000,
        message_timeout: Duration::from_secs(60),
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

async fn event(items: &mut Receiver<StreamItem>) -> ReceivedEvent {
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

async fn refused(items: &mut Receiver<StreamItem>) -> StreamRefusal {
    let refused = match next(items).await {
        Some(StreamItem::Refused(refused)) => refused,
        other => panic!("not refused: {other:?}"),
    };
    assert!(next(items).await.is_none(), "the stream continues after a refusal");
    refused
}

fn block(number: usize) -> String {
    format!("id: evt_{number}\nevent: ticket.created\nrequest-id: req_{number}\ndata: {{\"n\":{number}}}\n\n")
}

async fn session_and_event_arrive(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), send(SESSION), send(block(1)), Act::Hold]).await;
    let types = vec!["ticket.*".into(), "customer.created".into()];
    let mut items = subscribe(StreamConfig { types, ..to(&server, on) });
    assert!(matches!(items.recv().await, Some(StreamItem::Connecting { attempt: 1 })));
    let session = connected(&mut items).await;
    assert_eq!(session.secret.unwrap().expose(), "whsec_1");
    assert!(!session.reconnected);
    let meta = EventMeta {
        id: "evt_1".into(),
        event_type: "ticket.created".into(),
        request_id: Some("req_1".into()),
        webhook_id: session.webhook_id.as_deref().map(Arc::from),
        received_at: Timestamp::from_millisecond(1_774_583_010_044).unwrap(),
    };
    let expected = ReceivedEvent { meta: Arc::new(meta), body: Bytes::from_static(b"{\"n\":1}") };
    assert_eq!(event(&mut items).await, expected);

    let asked = &server.asked()[0];
    assert!(asked.head.starts_with("GET /webhooks/listen?types=ticket.*,customer.created HTTP/1.1\r\n"));
    let accept = if on == Transport::Sse { "text/event-stream" } else { "*/*" };
    assert_eq!(asked.header("accept"), Some(accept));
    assert_eq!(asked.header("accept-encoding"), Some("identity"));
    assert_eq!(asked.header("authorization"), Some("Bearer sk_test_key"));
    assert_eq!(asked.last_event_id(), None);
}

async fn lost_event_is_resumed(on: Transport) {
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

async fn reconnecting_loses_and_repeats_nothing(on: Transport) {
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
            StreamItem::Event(event) => got.push(event.id.clone()),
            StreamItem::Connected(_) | StreamItem::Disconnected { .. } => {}
            StreamItem::Gap(gap) => assert_eq!((gap.reason, got.len()), (GapReason::NoCursor, 0)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(got, (1..=12).map(|n| format!("evt_{n}")).collect::<Vec<_>>());
}

async fn single_bytes_are_decoded(on: Transport) {
    let stream = format!("{HEAD}\u{feff}{SESSION}{}: hb\r\n\r\n{}", block(1), block(2).replace('\n', "\r"));
    let server = Server::start(move |_, _| vec![Act::Drip(stream.clone().into()), Act::Hold]).await;
    let mut items = subscribe(to(&server, on));
    connected(&mut items).await;
    assert_eq!(event(&mut items).await.id, "evt_1");
    assert_eq!(event(&mut items).await.id, "evt_2");
}

#[tokio::test]
async fn broken_transfer_is_a_lost_connection() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let server =
        Server::start(move |_, _| vec![send(head), send(format!("{:x}\r\n{SESSION}\r\n", SESSION.len()))])
            .await;
    let mut items = subscribe(to(&server, Transport::Sse));
    connected(&mut items).await;
    let (reason, _) = disconnected(&mut items).await;
    assert!(matches!(reason, Disconnect::Cut(_)), "{reason:?}");
}

async fn three_missed_heartbeats_are_a_dead_peer(on: Transport) {
    let server = Server::start(move |_, _| vec![send(format!("{HEAD}{SESSION}")), Act::Hold]).await;
    let mut items = subscribe(StreamConfig { heartbeat: ms(30), ..to(&server, on) });
    connected(&mut items).await;
    assert_eq!(disconnected(&mut items).await.0, Disconnect::Silence(ms(90)));
    timeout(Duration::from_secs(5), server.closed.notified()).await.expect("the dead connection is closed");
}

async fn server_without_session_is_disconnected(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), Act::Repeat(b": hb\n", ms(10))]).await;
    let mut items = subscribe(StreamConfig { heartbeat: ms(30), ..to(&server, on) });
    assert_eq!(disconnected(&mut items).await.0, Disconnect::NoSession(ms(90)));
}

async fn unresponsive_server_is_disconnected(on: Transport) {
    let server = Server::start(|_, _| vec![Act::Hold]).await;
    let mut items = subscribe(StreamConfig { connect_timeout: ms(80), ..to(&server, on) });
    let timeout = Disconnect::Connect(ConnectFailure::Timeout(ms(80)));
    assert_eq!(disconnected(&mut items).await.0, timeout);
    assert!(matches!(items.recv().await, Some(StreamItem::Connecting { attempt: 2 })));
}

async fn events_without_a_session_are_accepted(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), send(block(1)), Act::Hold]).await;
    let mut items = subscribe(to(&server, on));
    assert!(connected(&mut items).await.secret.is_none());
    assert_eq!(event(&mut items).await.id, "evt_1");
}

async fn paused_consumer_is_not_a_dead_peer(on: Transport) {
    let events: String = (0..200).map(block).collect();
    let server = Server::start(move |_, _| {
        vec![send(format!("{HEAD}{SESSION}{events}")), Act::Repeat(b": hb\n", ms(30))]
    })
    .await;
    let mut items = subscribe(StreamConfig { heartbeat: ms(100), ..to(&server, on) });
    connected(&mut items).await;
    tokio::time::sleep(ms(700)).await;
    assert_eq!(items.len(), CHANNEL_CAPACITY);
    for n in 0..200 {
        assert_eq!(event(&mut items).await.id, format!("evt_{n}"));
    }
}

async fn large_events_do_not_fill_the_channel(on: Transport) {
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

async fn dropped_receiver_closes_the_connection(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), send(SESSION), Act::Hold]).await;
    let mut items = subscribe(to(&server, on));
    connected(&mut items).await;
    drop(items);
    timeout(Duration::from_secs(5), server.closed.notified()).await.expect("the connection is closed");
}

async fn repeated_id_is_a_duplicate(on: Transport) {
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
async fn events_with_an_inherited_id_are_emitted() {
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

async fn oversized_event_is_skipped(on: Transport) {
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
async fn bad_events_are_reported_and_skipped() {
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

async fn repeated_session_frames_are_one_session(on: Transport) {
    let server = Server::start(|_, _| {
        vec![send(HEAD), send(SESSION), send(RESUMED), send(RESUMED), send(block(1)), Act::Hold]
    })
    .await;
    let mut items = subscribe(to(&server, on));
    connected(&mut items).await;
    assert_eq!(event(&mut items).await.id, "evt_1");
}

async fn endless_message_is_disconnected(on: Transport) {
    let server = Server::start(move |_, asked| match asked.is_socket() {
        true => {
            let opened = [
                messages::accepted(asked).as_bytes(),
                &messages::text_frame(0x81, b"{\"kind\":\"session\"}"),
            ]
            .concat();
            vec![
                Act::Raw(opened),
                Act::Raw(vec![0x81, 127, 0, 0, 0, 0, 0, 0x10, 0, 0]),
                Act::Repeat(b"x", ms(10)),
            ]
        }
        false => vec![send(HEAD), send(SESSION), Act::Repeat(b"data: x\n: hb\n", ms(10))],
    })
    .await;
    let mut items =
        subscribe(StreamConfig { message_timeout: ms(200), heartbeat: ms(300), ..to(&server, on) });
    connected(&mut items).await;
    assert_eq!(disconnected(&mut items).await.0, Disconnect::Unfinished(ms(200)));
}
