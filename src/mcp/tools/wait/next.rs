//! Finds the next matching event, in the stream or in the history.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout_at};

use super::local_history::find_earlier;
use super::matcher::EventMatcher;
use super::watch::watch;
use crate::account::Account;
use crate::event::ReceivedEvent;
use crate::history::EventDetail;
use crate::mcp::Backend;
use crate::mcp::shared_streams::{StreamEnd, WatchItem};
use crate::mcp::tool::Progress;
use crate::ops::session::Session;
use crate::ops::stream_errors;
use crate::output::{Exit, Failure};

/// How often progress is reported.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(5);

pub(super) struct Wait<'a> {
    pub(super) backend: &'a Arc<Backend>,
    pub(super) matcher: &'a EventMatcher,
    pub(super) deadline: Instant,
    /// In seconds.
    pub(super) limit: u32,
    /// Events that `listen` on this machine recorded since then count too.
    pub(super) since: Option<Timestamp>,
}

/// A matching event, shared by all waits for it.
pub(super) enum Match {
    Streamed(ReceivedEvent),
    Recorded(Arc<EventDetail>),
}

impl Wait<'_> {
    /// The next matching event; `None` when the time is up.
    pub(super) async fn next_event(
        &self,
        connected: &Session,
        progress: &Progress,
    ) -> Result<Option<Match>, Failure> {
        let mut stream = watch(self.backend, connected, &self.matcher.types())?;
        let base = connected.account.base.to_string();
        if let Some(since) = self.since
            && let Some(event) = find_earlier(self.backend, &base, self.matcher, since)?
        {
            return Ok(Some(Match::Recorded(Arc::new(event))));
        }
        let begun = Instant::now();
        let mut progress_ticks = interval_at(begun + PROGRESS_INTERVAL, PROGRESS_INTERVAL);
        progress_ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut others = 0_u64;
        loop {
            let item = tokio::select! {
                item = timeout_at(self.deadline, stream.items.recv()) => item,
                _ = progress_ticks.tick() => {
                    let message = format!("waiting; {others} other events so far");
                    progress.report(begun.elapsed().as_secs_f64().round(), self.limit.into(), message).await;
                    continue;
                }
            };
            match item {
                Err(_) => return Ok(None),
                Ok(Ok(WatchItem::Streamed(event)))
                    if self.matcher.matches(&event.event_type, &event.body) =>
                {
                    return Ok(Some(Match::Streamed(event)));
                }
                Ok(Ok(WatchItem::Streamed(_))) => others += 1,
                Ok(Ok(WatchItem::Recorded(event))) if self.counts(&event) => {
                    return Ok(Some(Match::Recorded(event)));
                }
                Ok(Ok(WatchItem::Recorded(_))) => {}
                Ok(Ok(WatchItem::Ended(ended))) => return Err(failure(ended, &connected.account)),
                // The wait lags so far behind that items were lost; the history may still have them.
                Ok(Err(RecvError::Lagged(count))) => others += count,
                Ok(Err(RecvError::Closed)) => return Err(failure(StreamEnd::Over, &connected.account)),
            }
        }
    }

    fn counts(&self, event: &EventDetail) -> bool {
        let event_type = event.event_type.as_deref().unwrap_or_default();
        self.since.is_some_and(|since| event.received_at >= since)
            && self.matcher.matches(event_type, &event.body)
    }
}

fn failure(ended: StreamEnd, account: &Account) -> Failure {
    match ended {
        StreamEnd::Refused(refused) => stream_errors::refused(refused, account),
        StreamEnd::Error(error) => stream_errors::stream_error(error),
        StreamEnd::Over => Failure::new(Exit::Unreachable, "the event stream ended"),
    }
}
