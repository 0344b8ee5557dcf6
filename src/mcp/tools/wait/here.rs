//! What `listen` on this machine knows of an event: whether it came already, and what became of it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{LOOK_EVERY, Wanted};
use crate::history::{Detail, EventKey, EventState, Filter, Lookup, Reader, living_runs};
use crate::mcp::Backend;
use crate::ops::{history_file, history_json};
use crate::output::Failure;

/// A listener on this machine may need so long to deliver what was seen here.
const DELIVERY_WAIT: Duration = Duration::from_secs(5);
/// Events of the history that are looked at.
const LOOK_BACK: usize = 100;

/// What `listen` on this machine receives meanwhile, or received shortly before: what was done before the
/// call may have had its effect already.
pub(super) struct Past {
    pub(super) since: Timestamp,
    pub(super) base: String,
    /// Up to here nothing matches.
    pub(super) seen: i64,
}

impl Past {
    /// The oldest event that matches and was not looked at, of the server in use.
    pub(super) fn look(&mut self, backend: &Backend, wanted: &Wanted) -> Result<Option<Detail>, Failure> {
        let reader = backend.history()?;
        let filter = Filter {
            types: wanted.types(),
            since: Some(self.since),
            limit: Some(LOOK_BACK),
            ..Filter::default()
        };
        let found = reader.list(&filter).map_err(history_file::unreadable)?;
        for summary in found.iter().rev().filter(|one| one.key.0 > self.seen) {
            let Some(id) = &summary.id else { continue };
            let Lookup::Found(event) = reader.get(id).map_err(history_file::unreadable)? else { continue };
            let mut runs = event.receptions.iter().filter_map(|one| one.run.as_ref());
            let event_type = event.event_type.as_deref().unwrap_or_default();
            if runs.any(|run| run.scope.base_url == self.base)
                && event.state != EventState::Skipped
                && wanted.takes(event_type, &event.body)
            {
                return Ok(Some(*event));
            }
        }
        self.seen = found.first().map_or(self.seen, |newest| newest.key.0.max(self.seen));
        Ok(None)
    }
}

/// What became of it here, once that is settled, or as it stands when the time is up.
pub(super) async fn delivered(backend: &Backend, id: &str, deadline: Instant) -> Option<Value> {
    let path = backend.history_path().ok()?;
    let listening = living_runs(&path, backend.now()).is_ok_and(|runs| !runs.is_empty());
    let until = deadline.min(Instant::now() + DELIVERY_WAIT);
    loop {
        let found = summary(&backend.history().ok()?, id);
        let settled = found.as_ref().is_some_and(|(state, _)| *state != EventState::Waiting);
        if settled || !listening || Instant::now() >= until {
            return found.map(|(_, value)| value);
        }
        sleep(LOOK_EVERY).await;
    }
}

fn summary(reader: &Reader, id: &str) -> Option<(EventState, Value)> {
    let Ok(Lookup::Found(event)) = reader.get(id) else { return None };
    // The newest that is older than the next one is the event itself.
    let after = Some(EventKey(event.key.0.saturating_add(1)));
    let found = reader.list(&Filter { after, limit: Some(1), ..Filter::default() }).ok()?;
    let one = found.first().filter(|one| one.key == event.key)?;
    Some((one.state, history_json::summary(one)))
}
