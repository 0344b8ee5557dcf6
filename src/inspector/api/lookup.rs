//! Finds the event that a path names, and the account that it is from.

use crate::history::{EventDetail, EventKey, EventLookup, HistoryReader, RunScope};
use crate::inspector::error::ApiError;
use crate::inspector::state::Shared;

/// The event with this key or id, or the only one whose id begins or ends with it.
pub(super) fn find(reader: &HistoryReader, text: &str) -> Result<EventDetail, ApiError> {
    let key = text.parse().ok().map(EventKey);
    if let Some(event) = key.map(|key| reader.event(key)).transpose()?.flatten() {
        return Ok(event);
    }
    let none = || ApiError::not_found(format!("there is no event `{text}` in the history"));
    match reader.get(text)? {
        _ if text.is_empty() => Err(none()),
        EventLookup::Found(event) => Ok(*event),
        EventLookup::Nothing => Err(none()),
        EventLookup::Ambiguous(ids) => Err(ApiError::bad(format!("several events match `{text}`"))
            .hint(format!("name one: {}", ids.join(", ")))),
    }
}

/// The account that the event is from, or else the one in force.
pub(super) async fn scope_of(inspector: &Shared, event: &EventDetail) -> Result<RunScope, ApiError> {
    let run = event.receptions.iter().rev().find_map(|reception| reception.run.as_ref());
    match run {
        Some(run) => Ok(run.scope.clone()),
        None => inspector.scope().await,
    }
}
