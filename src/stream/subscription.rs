//! The subscription: a task that connects, reads, watches the peer, reconnects and resumes.
//!
//! Items go through a small bounded channel. When the consumer is slow the connection is simply
//! not read, and such a pause never counts as silence of the peer.

mod connection;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::answer::{self, Answer, Refused};
use super::backoff::Backoff;
use super::disconnect::{ConnectFailure, Disconnect};
use super::frame::{Rejection, Session, StreamError};
use super::request;
use super::seen::Seen;
use crate::host::clock::Clock;
use crate::host::random;

/// Items on their way to the consumer.
const CHANNEL_CAPACITY: usize = 64;

/// Ids remembered to tell events that come again.
const IDS_REMEMBERED: usize = 10_000;

/// Largest event by default, in bytes.
pub(crate) const MAX_EVENT_BYTES: usize = 16 * 1024 * 1024;

/// The heartbeat of a server that names none.
pub(crate) const DEFAULT_HEARTBEAT: Duration = Duration::from_secs(15);

/// What to subscribe to, and how.
#[derive(Clone, Debug)]
pub(crate) struct StreamConfig {
    /// A client that follows no redirects and has no read time-out.
    pub(crate) http: reqwest::Client,
    /// The listen endpoint, without a query.
    pub(crate) url: reqwest::Url,
    /// Authorization (marked sensitive), version and user agent.
    pub(crate) headers: HeaderMap,
    /// Patterns of event types; none means all.
    pub(crate) types: Vec<String>,
    /// The id to resume after.
    pub(crate) cursor: Option<String>,
    /// The longest wait between attempts, unless the server asks for more.
    pub(crate) backoff_ceiling: Duration,
    /// Events larger than this are reported and skipped.
    pub(crate) max_event_bytes: usize,
    /// Assumed until a session says otherwise.
    pub(crate) heartbeat: Duration,
    /// For the connection and the answer's headers together.
    pub(crate) connect_timeout: Duration,
    /// Tells when things were received.
    pub(crate) clock: Clock,
}

/// What happens on the stream, in order.
#[derive(Debug)]
pub(crate) enum StreamItem {
    /// A connection is being made.
    Connecting {
        /// 1 for the first one after the start or after a session.
        attempt: u32,
    },
    /// A session is open.
    Connected(Session),
    /// Events may have been missed. Follows `Connected`.
    Gap(Gap),
    /// An event, for the first time.
    Event(Received),
    /// An event that was received before in this run.
    Duplicate {
        /// Its id.
        id: String,
        /// Its type.
        event_type: String,
    },
    /// An event that cannot be handed on; the stream goes on. Text is raw.
    Rejected {
        /// Its id, if it was read.
        id: Option<String>,
        /// Its type, if it was read.
        event_type: Option<String>,
        /// What is wrong with it.
        reason: Rejection,
    },
    /// The server sent an error. If it is about the key ([`StreamError::is_fatal`]) this is the
    /// last item; otherwise `Disconnected` follows and the answer to the next attempt decides.
    ErrorFrame(StreamError),
    /// The connection ended or could not be made.
    Disconnected {
        /// Why.
        reason: Disconnect,
        /// When the next attempt follows.
        retry_in: Duration,
    },
    /// The server will not serve this stream. The last item.
    Refused(Refused),
}

/// An event as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    /// Safe in a header.
    pub(crate) id: String,
    /// Safe in a header.
    pub(crate) event_type: String,
    /// The id of the request that caused it. Safe in a header.
    pub(crate) request_id: Option<String>,
    /// The exact bytes to forward.
    pub(crate) body: Bytes,
    /// When it was read from the connection.
    pub(crate) received_at: Timestamp,
}

/// A stretch in which events may have been missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The last id known before it.
    pub(crate) after: Option<String>,
    /// When the stream was lost; unknown if that was in an earlier run.
    pub(crate) disconnected_at: Option<Timestamp>,
    /// How it is known.
    pub(crate) reason: GapReason,
}

/// How a gap is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GapReason {
    /// The server said that it cannot resume after that id.
    NotResumed,
    /// The server did not say whether it has resumed.
    Unconfirmed,
    /// There was no id to resume after.
    NoCursor,
}

/// Subscribes. The task ends when the receiver is dropped, after [`StreamItem::Refused`], or after
/// a fatal [`StreamItem::ErrorFrame`]. Must be called within a tokio runtime.
pub(crate) fn subscribe(config: StreamConfig) -> mpsc::Receiver<StreamItem> {
    let (items, receiver) = mpsc::channel(CHANNEL_CAPACITY);
    let consumer = items.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = consumer.closed() => {}
            _ = Subscription::new(config, items).run() => {}
        }
    });
    receiver
}

/// The subscription is over; the consumer knows why.
struct Over;

struct Subscription {
    config: StreamConfig,
    items: mpsc::Sender<StreamItem>,
    backoff: Backoff,
    seen: Seen,
    /// The last id received that can be sent.
    cursor: Option<String>,
    attempt: u32,
    connected_before: bool,
    disconnected_at: Option<Timestamp>,
}

impl Subscription {
    fn new(config: StreamConfig, items: mpsc::Sender<StreamItem>) -> Self {
        let mut seen = Seen::new(IDS_REMEMBERED);
        let cursor = config.cursor.clone().filter(|id| request::is_sendable(id));
        if let Some(id) = &cursor {
            seen.insert(id);
        }
        Self {
            backoff: Backoff::new(config.backoff_ceiling),
            config,
            items,
            seen,
            cursor,
            attempt: 0,
            connected_before: false,
            disconnected_at: None,
        }
    }

    async fn run(mut self) -> Result<(), Over> {
        loop {
            self.attempt = self.attempt.saturating_add(1);
            self.emit(StreamItem::Connecting { attempt: self.attempt }).await?;
            let reason = self.connect().await?;
            let retry_in = match reason.retry_after() {
                Some(wait) => self.backoff.next_after(wait, random::unit()),
                None => self.backoff.next(random::unit()),
            };
            self.emit(StreamItem::Disconnected { reason, retry_in }).await?;
            sleep(retry_in).await;
        }
    }

    /// One connection, from the request to its end.
    async fn connect(&mut self) -> Result<Disconnect, Over> {
        let config = &self.config;
        let request = request::build(&config.url, &config.headers, &config.types, self.cursor.as_deref());
        let limit = config.connect_timeout;
        let response = match timeout(limit, config.http.execute(request)).await {
            Err(_) => return Ok(Disconnect::Connect(ConnectFailure::Timeout(limit))),
            Ok(Err(error)) => return Ok(Disconnect::Connect(ConnectFailure::of(&error, limit))),
            Ok(Ok(response)) => response,
        };
        match answer::judge(response, &config.headers, self.connected_before, config.clock.now()).await {
            Answer::Stream(response) => self.read(response).await,
            Answer::Retry(reason) => Ok(reason),
            Answer::Refused(refused) => {
                self.emit(StreamItem::Refused(refused)).await?;
                Err(Over)
            }
        }
    }

    async fn emit(&self, item: StreamItem) -> Result<(), Over> {
        self.items.send(item).await.map_err(|_| Over)
    }
}
