//! Looks events up in the history of `listen` on this machine: earlier ones, new ones, and their deliveries.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::matcher::EventMatcher;
use crate::history::{
    EventDetail, EventFilter, EventKey, EventLookup, EventState, HistoryReader, active_runs,
};
use crate::mcp::Backend;
use crate::output::Failure;
use crate::output::history_json;

/// How often the history is checked for new events.
pub(super) const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How long to wait for a listener on this machine to deliver the event.
const DELIVERY_WAIT: Duration = Duration::from_secs(5);
/// Events of the history that are checked.
const MAX_EVENTS: usize = 100;

/// The oldest matching event since then from the server in use. An action before the call may already have had its
/// effect.
pub(super) fn find_earlier(
    backend: &Backend,
    base: &str,
    matcher: &EventMatcher,
    since: Timestamp,
) -> Result<Option<EventDetail>, Failure> {
    let reader = backend.history()?;
    let filter = EventFilter {
        types: matcher.types(),
        since: Some(since),
        limit: Some(MAX_EVENTS),
        ..EventFilter::default()
    };
    let found = reader.list(&filter)?;
    for id in found.iter().rev().filter_map(|one| one.id.as_deref()) {
        let EventLookup::Found(event) = reader.get(id)? else { continue };
        let event_type = event.event_type.as_deref().unwrap_or_default();
        if is_of(&event, base) && matcher.matches(event_type, &event.body) {
            return Ok(Some(*event));
        }
    }
    Ok(None)
}

/// Whether the event is from that server and was not skipped.
fn is_of(event: &EventDetail, base: &str) -> bool {
    let mut runs = event.receptions.iter().filter_map(|one| one.run.as_ref());
    runs.any(|run| run.scope.base_url == base) && event.state != EventState::Skipped
}

/// A position in the history, from which new events are read.
pub(super) struct HistoryCursor {
    base: String,
    pub(super) types: Vec<String>,
    /// The key of the newest event that was read.
    seen: i64,
}

impl HistoryCursor {
    pub(super) fn from_now_on(backend: &Backend, base: String, types: Vec<String>) -> Self {
        let newest = backend.history().and_then(|reader| {
            let filter = EventFilter { limit: Some(1), ..EventFilter::default() };
            reader.list(&filter).map_err(Failure::from)
        });
        let seen = newest.ok().and_then(|found| found.first().map(|one| one.key.0)).unwrap_or_default();
        Self { base, types, seen }
    }

    /// The events since the last poll, oldest first. Errors are ignored, because the stream has the events too.
    pub(super) fn poll(&mut self, backend: &Backend) -> Vec<EventDetail> {
        let Ok(reader) = backend.history() else { return Vec::new() };
        let filter =
            EventFilter { types: self.types.clone(), limit: Some(MAX_EVENTS), ..EventFilter::default() };
        let Ok(found) = reader.list(&filter) else { return Vec::new() };
        let new: Vec<_> = found.iter().rev().filter(|one| one.key.0 > self.seen).collect();
        let events = new.iter().filter_map(|one| match reader.get(one.id.as_deref()?) {
            Ok(EventLookup::Found(event)) if is_of(&event, &self.base) => Some(*event),
            _ => None,
        });
        let events = events.collect();
        self.seen = found.first().map_or(self.seen, |newest| newest.key.0.max(self.seen));
        events
    }
}

/// The deliveries of the event, once they have finished, or their state when the time is up.
pub(super) async fn delivery_summary(backend: &Backend, id: &str, deadline: Instant) -> Option<Value> {
    let path = backend.history_path().ok()?;
    let listening = active_runs(&path, backend.now()).is_ok_and(|runs| !runs.is_empty());
    let until = deadline.min(Instant::now() + DELIVERY_WAIT);
    loop {
        let found = summary(&backend.history().ok()?, id);
        let settled = found.as_ref().is_some_and(|(state, _)| *state != EventState::Waiting);
        if settled || !listening || Instant::now() >= until {
            return found.map(|(_, value)| value);
        }
        sleep(POLL_INTERVAL).await;
    }
}

fn summary(reader: &HistoryReader, id: &str) -> Option<(EventState, Value)> {
    let Ok(EventLookup::Found(event)) = reader.get(id) else { return None };
    // The list has no lookup by key: the newest event before the next key is the event itself.
    let before = Some(EventKey(event.key.0.saturating_add(1)));
    let found = reader.list(&EventFilter { before, limit: Some(1), ..EventFilter::default() }).ok()?;
    let one = found.first().filter(|one| one.key == event.key)?;
    Some((one.state, history_json::summary(one)))
}
