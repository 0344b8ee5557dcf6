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

mod events;
mod places;
mod refusals;
mod server;
mod sessions;
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
        session_timeout: ms(150),
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

/// A subscription with an open session.
async fn open(config: StreamConfig) -> Receiver<StreamItem> {
    let mut items = subscribe(config);
    connected(&mut items).await;
    items
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
