//! Which events differ from the one of their type before them in more than ids and times.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::error::ApiError;
use crate::event::Json;
use crate::history::{EventFilter, EventKey, HistoryReader};

/// The newest events that are compared.
const MOST: usize = 20_000;
/// Larger bodies count as changed.
const LARGEST: usize = 256 * 1024;

/// Those of the events that match, newest first.
pub(super) fn changed(reader: &HistoryReader, filter: &EventFilter) -> Result<Vec<EventKey>, ApiError> {
    let filter = EventFilter { limit: Some(MOST), offset: 0, oldest_first: false, ..filter.clone() };
    // The event before may not match.
    let all = EventFilter { types: filter.types.clone(), limit: Some(MOST), ..EventFilter::default() };
    let (mut last, mut found) = (HashMap::new(), Vec::new());
    reader.visit_bodies(&all, LARGEST, |key, event_type, body| {
        let now = essence(body);
        let before = last.insert(event_type.to_owned(), now);
        if now.is_none() || before.flatten() != now {
            found.push(key);
        }
    })?;
    let matching: std::collections::HashSet<EventKey> = reader.keys(&filter)?.into_iter().collect();
    found.retain(|key| matching.contains(key));
    found.reverse();
    Ok(found)
}

/// A hash of the body without what differs from event to event; `None` if it cannot be read.
fn essence(body: &[u8]) -> Option<u64> {
    let value = Json::parse(body).ok()?;
    let mut hasher = DefaultHasher::new();
    write(&value, &mut hasher);
    Some(hasher.finish())
}

fn write(value: &Json, hasher: &mut DefaultHasher) {
    match value {
        Json::Object(members) => {
            members.len().hash(hasher);
            for (name, value) in members {
                name.hash(hasher);
                if !is_volatile(name) {
                    write(value, hasher);
                }
            }
        }
        Json::Array(items) => {
            items.len().hash(hasher);
            items.iter().for_each(|item| write(item, hasher));
        }
        Json::Scalar(text) if is_time(text) => "time".hash(hasher),
        Json::Scalar(text) => text.hash(hasher),
    }
}

/// Names of ids, times and addresses that contain an id.
fn is_volatile(name: &str) -> bool {
    name == "id" || name.ends_with("_id") || name.ends_with("_at") || name.ends_with("_url")
}

/// A string such as `"2026-03-06T14:30:00Z"`.
fn is_time(text: &str) -> bool {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.is_some_and(|inner| inner.len() >= 20 && inner.parse::<jiff::Timestamp>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_times_are_no_change() {
        let same = |one: &str, other: &str| essence(one.as_bytes()) == essence(other.as_bytes());
        assert!(same(
            r#"{"id":"a","data":{"ticket":{"id":"1","x":"2026-03-06T14:30:00Z","n":1.0}}}"#,
            r#"{"id":"b","data":{"ticket":{"id":"2","x":"2026-04-06T14:30:00.123Z","n":1.0}}}"#
        ));
        assert!(!same(r#"{"a":1}"#, r#"{"a":2}"#));
        assert!(!same(r#"{"a":{"b":1}}"#, r#"{"a":1,"b":1}"#));
        assert!(!same(r#"{"a":[1]}"#, r#"{"a":[1,1]}"#));
        assert_eq!(essence(b"x"), None);
    }
}
