//! The subscription: a task that connects, reads, detects a dead peer, reconnects and resumes.
//!
//! Items are sent through a small bounded channel. While the consumer is slow, the connection is not read, and the
//! pause does not count as silence of the peer.

mod config;
mod connection;
mod gap;
mod item;
mod message_timer;
mod outage;
mod state;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

pub(crate) use self::config::StreamConfig;
pub(crate) use self::gap::{Gap, GapReason};
pub(crate) use self::item::StreamItem;
pub(crate) use self::outage::Outage;
use self::state::{CHANNEL_CAPACITY, Stop, Subscription, TICK};
use self::wire::WireReader;
use super::backoff::ConnectionEnd;
use super::disconnect::{ConnectFailure, Disconnect};
use super::request;
use super::response::{self, ResponseKind, StreamRefusal};
use crate::host::random;
use crate::net::proxy_refusal;

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

impl Subscription {
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
        // Resuming from sleep and changing the transport are not failures, so they need no long wait.
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
            sleep_until(until.min(now + TICK.min(self.config.outage_interval))).await;
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
            true => config.connect_timeout.min(config.session_timeout),
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
            // The event stream may still work.
            ResponseKind::Refused(StreamRefusal { status, .. }) if self.selector.can_leave_websocket() => {
                Ok(Disconnect::NoWebSocket { status, problem: "it does not upgrade" })
            }
            ResponseKind::Refused(refused) => {
                self.emit(StreamItem::Refused(refused)).await?;
                Err(Stop)
            }
        }
    }
}
