//! The subscription: a task that connects, reads, detects a dead peer, reconnects and resumes.
//!
//! Items go through a small bounded channel. While the consumer is slow the connection is not read, and
//! such a pause does not count as silence of the peer.

mod config;
mod connection;
mod gap;
mod message_timer;
mod outage;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

pub(crate) use self::config::StreamConfig;
pub(crate) use self::gap::{Gap, GapReason};
pub(crate) use self::outage::Outage;
use self::outage::Outages;
use self::wire::WireReader;
use super::backoff::{Backoff, ConnectionEnd};
use super::dedup::RecentIds;
use super::disconnect::{ConnectFailure, Disconnect};
use super::frame::{Rejection, Session, StreamError};
use super::members::IgnoredMember;
use super::request;
use super::response::{self, ResponseKind, StreamRefusal};
use super::suspend::SuspendDetector;
use super::transport::{ChangeReason, TransportKind, TransportSelector};
use crate::event::ReceivedEvent;
use crate::host::random;
use crate::net::proxy_refusal;

/// Capacity of the channel to the consumer, in items.
const CHANNEL_CAPACITY: usize = 64;

/// Number of event ids remembered to detect duplicates.
const IDS_REMEMBERED: usize = 10_000;

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
    /// A member of a session is ignored. Emitted once per run and reason, before `Connected`.
    Ignored(IgnoredMember),
    /// Events may have been missed. Follows `Connected`.
    Gap(Gap),
    /// An event, for the first time.
    Event(ReceivedEvent),
    /// An event that was received before in this run.
    Duplicate {
        /// Its id.
        id: String,
        /// Its type.
        event_type: String,
    },
    /// An event that cannot be forwarded. The stream continues. Text is raw.
    Rejected {
        /// Its id, if it was read.
        id: Option<String>,
        /// Its type, if it was read.
        event_type: Option<String>,
        /// What is wrong with it.
        reason: Rejection,
    },
    /// The server sent an error. If it is about the key ([`StreamError::is_fatal`]) this is the
    /// last item; otherwise `Disconnected` follows and the response to the next attempt decides.
    ErrorFrame(StreamError),
    /// The connection ended or could not be made.
    Disconnected {
        /// Why.
        reason: Disconnect,
        /// When the next attempt follows.
        retry_in: Duration,
    },
    /// No session has lasted for a while. Emitted repeatedly during a long outage.
    StillDown(Outage),
    /// The next connection is made by another transport.
    TransportChanged {
        /// Which.
        to: TransportKind,
        /// Why.
        reason: ChangeReason,
    },
    /// The server refuses this stream. The last item.
    Refused(StreamRefusal),
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

/// The subscription has ended and the consumer was informed.
struct Stop;

struct Subscription {
    config: StreamConfig,
    items: mpsc::Sender<StreamItem>,
    backoff: Backoff,
    selector: TransportSelector,
    suspend: SuspendDetector,
    seen: RecentIds,
    /// The last id received that can be sent.
    cursor: Option<String>,
    attempt: u32,
    /// The webhook of the current session, or of the last one.
    webhook_id: Option<Arc<str>>,
    connected_before: bool,
    disconnected_at: Option<Timestamp>,
    /// How long the session of the latest connection lasted, if it had one.
    session: Option<Duration>,
    /// The moment that the backoff counts from.
    began: Instant,
    outages: Outages,
    /// What was ignored in a session of this run.
    reported: Vec<IgnoredMember>,
}

impl Subscription {
    fn new(config: StreamConfig, items: mpsc::Sender<StreamItem>) -> Self {
        let mut seen = RecentIds::new(IDS_REMEMBERED);
        let cursor = config.cursor.clone().filter(|id| request::is_sendable(id));
        if let Some(id) = &cursor {
            seen.insert(id);
        }
        Self {
            backoff: Backoff::new(config.backoff_ceiling),
            selector: TransportSelector::new(config.transport),
            suspend: SuspendDetector::new(config.clock.clone()),
            outages: Outages::new(config.outage_interval),
            config,
            items,
            seen,
            cursor,
            attempt: 0,
            webhook_id: None,
            connected_before: false,
            disconnected_at: None,
            session: None,
            began: Instant::now(),
            reported: Vec::new(),
        }
    }

    async fn run(mut self) -> Result<(), Stop> {
        loop {
            self.attempt = self.attempt.saturating_add(1);
            self.outages.tried();
            self.emit(StreamItem::Connecting { attempt: self.attempt }).await?;
            self.session = None;
            let reason = self.connect().await?;
            self.outages.ended(self.session, &reason, Instant::now(), self.config.clock.now());
            let change = self.selector.on_disconnect(&reason);
            let retry_in = self.wait_after(&reason, change.is_some());
            self.emit(StreamItem::Disconnected { reason, retry_in }).await?;
            if let Some(reason) = change {
                let to = self.selector.begin();
                self.emit(StreamItem::TransportChanged { to, reason }).await?;
            }
            self.wait(retry_in).await?;
        }
    }

    fn wait_after(&mut self, reason: &Disconnect, changes_transport: bool) -> Duration {
        let now = self.began.elapsed();
        // a machine that woke up, and another transport, are not failures to wait out
        if matches!(reason, Disconnect::Suspended(_)) || changes_transport && self.backoff.take_quick(now) {
            return Duration::ZERO;
        }
        let ending = ConnectionEnd { session: self.session, requested: reason.retry_after() };
        self.backoff.next(now, ending, random::unit())
    }

    /// Waits, but stops early when the machine was suspended, because the outage may be over by then.
    async fn wait(&mut self, wait: Duration) -> Result<(), Stop> {
        let until = Instant::now() + wait;
        loop {
            let now = Instant::now();
            if let Some(outage) = self.outages.due(now) {
                self.emit(StreamItem::StillDown(outage)).await?;
            }
            if now >= until {
                return Ok(());
            }
            sleep_until(until.min(now + connection::TICK.min(self.config.outage_interval))).await;
            if self.suspend.suspended_for(Instant::now()).is_some() {
                return Ok(());
            }
        }
    }

    /// One connection, from the request to its end.
    async fn connect(&mut self) -> Result<Disconnect, Stop> {
        let kind = self.selector.begin();
        let config = &self.config;
        let (request, expected) =
            request::build(kind, &config.url, &config.headers, &config.types, self.cursor.as_deref());
        let limit = match self.selector.may_change_on_timeout() {
            true => config.connect_timeout.min(config.held_back_after),
            false => config.connect_timeout,
        };
        let response = match timeout(limit, config.http.execute(request)).await {
            Err(_) => return Ok(Disconnect::Connect(ConnectFailure::Timeout(limit))),
            Ok(Err(error)) => {
                let failure = match proxy_refusal(&error, &self.config.url).await {
                    Some(refusal) => ConnectFailure::Other(refusal.to_string()),
                    None => ConnectFailure::from_error(&error, limit),
                };
                return Ok(Disconnect::Connect(failure));
            }
            Ok(Ok(response)) => response,
        };
        let now = config.clock.now();
        match response::classify(response, &expected, &config.headers, self.connected_before, now).await {
            ResponseKind::Stream(answer)
                if self.selector.can_try_websocket() && response::is_buffered(answer.headers()) =>
            {
                Ok(Disconnect::Buffered)
            }
            ResponseKind::Stream(answer) => {
                match WireReader::open(kind, answer, config.max_event_bytes).await {
                    Ok(wire) => self.read(wire).await,
                    Err(reason) => Ok(reason),
                }
            }
            ResponseKind::Retry(reason) => Ok(reason),
            // what an event stream would get is still open
            ResponseKind::Refused(StreamRefusal { status, .. }) if self.selector.can_leave_websocket() => {
                Ok(Disconnect::NoWebSocket { status, problem: "it does not upgrade" })
            }
            ResponseKind::Refused(refused) => {
                self.emit(StreamItem::Refused(refused)).await?;
                Err(Stop)
            }
        }
    }

    async fn emit(&self, item: StreamItem) -> Result<(), Stop> {
        self.items.send(item).await.map_err(|_| Stop)
    }
}
