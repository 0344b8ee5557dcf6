//! The next event that matches, whichever way it is seen first.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout_at};

use super::here::Past;
use super::{LOOK_EVERY, Wanted, of_history, of_stream};
use crate::account::Account;
use crate::mcp::Backend;
use crate::mcp::backend::Connected;
use crate::mcp::tool::Progress;
use crate::ops::stream_end;
use crate::output::{Exit, Failure};
use crate::stream::subscription::{StreamItem, subscribe};

/// How often the client hears that the wait goes on.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// A wait in progress.
pub(super) struct Wait<'a> {
    pub(super) backend: &'a Backend,
    pub(super) wanted: &'a Wanted,
    pub(super) deadline: Instant,
    /// In seconds.
    pub(super) limit: u32,
}

impl Wait<'_> {
    /// The next event that matches, of the stream or of the past, and its id; `None` when the time is up.
    pub(super) async fn next_event(
        &self,
        connected: &Connected,
        mut past: Option<&mut Past>,
        progress: &Progress,
    ) -> Result<Option<(Value, String)>, Failure> {
        let mut config = connected.stream(self.backend.clock());
        config.types = self.wanted.types();
        let mut stream = subscribe(config);
        let begun = Instant::now();
        let mut tell = interval_at(begun + TELL_EVERY, TELL_EVERY);
        let mut look = interval_at(begun, LOOK_EVERY);
        [&mut tell, &mut look]
            .into_iter()
            .for_each(|tick| tick.set_missed_tick_behavior(MissedTickBehavior::Skip));
        let mut others = 0_u64;
        loop {
            let item = tokio::select! {
                item = timeout_at(self.deadline, stream.recv()) => item,
                _ = look.tick(), if past.is_some() => {
                    let found = past.as_mut().map(|past| past.look(self.backend, self.wanted)).transpose()?;
                    match found.flatten() {
                        Some(event) => return Ok(Some(of_history(&event))),
                        None => continue,
                    }
                }
                _ = tell.tick() => {
                    let message = format!("waiting; {others} other events so far");
                    progress.tell(begun.elapsed().as_secs_f64().round(), self.limit.into(), message).await;
                    continue;
                }
            };
            match item {
                Err(_) => return Ok(None),
                Ok(Some(StreamItem::Event(event))) if self.wanted.takes(&event.event_type, &event.body) => {
                    return Ok(Some(of_stream(&event)));
                }
                Ok(Some(StreamItem::Event(_))) => others += 1,
                Ok(Some(item)) => check(item, &connected.account)?,
                Ok(None) => return Err(Failure::new(Exit::Unreachable, "the event stream ended")),
            }
        }
    }
}

/// What ends the wait for good; a lost connection is made again.
fn check(item: StreamItem, account: &Account) -> Result<(), Failure> {
    match item {
        StreamItem::Refused(refused) => Err(stream_end::refused(refused, account)),
        StreamItem::ErrorFrame(error) if error.is_fatal() => Err(stream_end::stream_error(error)),
        _ => Ok(()),
    }
}
