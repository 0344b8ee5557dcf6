//! An event in a list, with the members that only the page needs.

use serde_json::Value;

use super::error::ApiError;
use crate::event::resource_key;
use crate::history::{EventKey, EventSummary, HistoryReader};
use crate::output::history_json;

/// Larger bodies are not read for a list.
pub(super) const LARGEST_READ: usize = 64 * 1024;

/// These events in this order, without those that were removed meanwhile.
pub(super) fn summaries(reader: &HistoryReader, keys: &[EventKey]) -> Result<Vec<Value>, ApiError> {
    let found = reader.summaries_with_bodies(keys, LARGEST_READ)?;
    Ok(found.iter().map(|(event, body)| summary(event, body)).collect())
}

fn summary(event: &EventSummary, body: &[u8]) -> Value {
    let mut value = history_json::summary(event);
    let last = event.deliveries.iter().rev().find(|delivery| delivery.duration.is_some());
    value["key"] = event.key.0.into();
    value["resource"] = resource(event.event_type.as_deref(), body).into();
    value["duration_ms"] = last.and_then(|last| last.duration).map(history_json::millis).into();
    value["http_status"] = last.and_then(|last| last.status).into();
    value
}

/// The resource of an event with its id, such as `ticket:tkt_1`.
pub(super) fn resource(event_type: Option<&str>, body: &[u8]) -> Option<String> {
    Some(resource_key(event_type?, body)).filter(|key| key.contains(':'))
}
