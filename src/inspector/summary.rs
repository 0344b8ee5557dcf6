//! An event in a list, with the members that only the page needs.

use serde_json::Value;

use super::error::ApiError;
use crate::event::resource_key;
use crate::history::{EventSummary, HistoryReader};
use crate::output::history_json;

/// Larger bodies are not read for a list.
pub(super) const LARGEST_READ: usize = 64 * 1024;

pub(super) fn summary(reader: &HistoryReader, event: &EventSummary) -> Result<Value, ApiError> {
    let mut value = history_json::summary(event);
    let body = reader.body_up_to(event.key, LARGEST_READ)?.unwrap_or_default();
    let last = event.deliveries.iter().rev().find(|delivery| delivery.duration.is_some());
    value["key"] = event.key.0.into();
    value["resource"] = resource(event.event_type.as_deref(), &body).into();
    value["duration_ms"] = last.and_then(|last| last.duration).map(history_json::millis).into();
    value["http_status"] = last.and_then(|last| last.status).into();
    Ok(value)
}

/// The resource of an event with its id, such as `ticket:tkt_1`.
pub(super) fn resource(event_type: Option<&str>, body: &[u8]) -> Option<String> {
    Some(resource_key(event_type?, body)).filter(|key| key.contains(':'))
}
