//! Compares payloads with what cStar documents, and keeps which differences were reported.
//!
//! It compares the first events of each type, and then a sample of them, after the deliveries of a turn have started: an
//! event that is not compared costs one look-up.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;

use crate::event::{ReceivedEvent, SchemaDifference, schema_differences};

/// The events of each type that are compared, before one of [`SAMPLE`] is.
const FIRST: u64 = 10;
const SAMPLE: u64 = 100;
/// A larger body is not compared.
const LARGEST: usize = 256 * 1024;
/// Types that are watched; the catalogue has 35. A strange server may send any number.
const MAX_TYPES: usize = 200;
/// Differences of one type that are reported. More would be another kind of payload.
const MAX_DIFFERENCES: usize = 20;

#[derive(Debug, Default)]
pub(super) struct SchemaWatch {
    types: HashMap<Box<str>, WatchedType>,
    /// The type and the body of events of this turn.
    pending: Vec<(Box<str>, Bytes)>,
    /// How many differences were found, and the first one with its type.
    reported: u64,
    first: Option<String>,
}

#[derive(Debug, Default)]
struct WatchedType {
    events: u64,
    known: HashSet<SchemaDifference>,
}

impl SchemaWatch {
    /// Keeps the body of an event if it is one of those to be compared. Does not copy it.
    pub(super) fn accepted(&mut self, event: &ReceivedEvent) {
        let name = event.event_type.as_str();
        if !self.types.contains_key(name) {
            if self.types.len() == MAX_TYPES {
                return;
            }
            self.types.insert(name.into(), WatchedType::default());
        }
        let Some(seen) = self.types.get_mut(name) else { return };
        seen.events += 1;
        let is_compared = seen.events <= FIRST || seen.events.is_multiple_of(SAMPLE);
        if is_compared && event.body.len() <= LARGEST {
            self.pending.push((name.into(), event.body.clone()));
        }
    }

    /// The differences in the events of this turn that were not reported before, with their types.
    pub(super) fn compare(&mut self) -> Vec<(String, SchemaDifference)> {
        let mut found = Vec::new();
        for (name, body) in self.pending.drain(..) {
            let Some(seen) = self.types.get_mut(&name) else { continue };
            for difference in schema_differences(&name, &body) {
                if seen.known.len() < MAX_DIFFERENCES && seen.known.insert(difference.clone()) {
                    self.reported += 1;
                    self.first.get_or_insert_with(|| format!("{name}: {difference}"));
                    found.push((name.to_string(), difference));
                }
            }
        }
        found
    }

    /// How many differences were reported, and the first one; `None` if there was none.
    pub(super) fn result(&self) -> Option<(u64, String)> {
        self.first.clone().map(|first| (self.reported, first))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::event::EventMeta;

    fn event(event_type: &str, body: &str) -> ReceivedEvent {
        let meta = EventMeta {
            id: "evt_1".to_owned(),
            event_type: event_type.to_owned(),
            request_id: None,
            webhook_id: None,
            received_at: Timestamp::UNIX_EPOCH,
        };
        ReceivedEvent { meta: Arc::new(meta), body: Bytes::copy_from_slice(body.as_bytes()) }
    }

    const GOOD: &str = r#"{"created_at":"","team_id":"","data":{}}"#;
    const BAD: &str = r#"{"created_at":"","team_id":7,"data":{}}"#;

    #[test]
    fn differences_are_reported_once_per_type() {
        let mut watch = SchemaWatch::default();
        assert_eq!(watch.result(), None);
        for event_type in ["customer.created", "customer.created", "customer.deleted"] {
            watch.accepted(&event(event_type, BAD));
        }
        let found: Vec<String> = watch.compare().into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, ["customer.created", "customer.deleted"]);
        watch.accepted(&event("customer.created", BAD));
        assert!(watch.compare().is_empty());
        let (count, first) = watch.result().unwrap();
        assert_eq!(count, 2);
        assert!(first.starts_with("customer.created: member team_id is number"), "{first}");
    }

    #[test]
    fn later_events_are_compared_as_a_sample() {
        let mut watch = SchemaWatch::default();
        for _ in 0..FIRST {
            watch.accepted(&event("customer.created", GOOD));
        }
        assert_eq!(watch.pending.len() as u64, FIRST);
        assert!(watch.compare().is_empty());
        for _ in FIRST..10 * SAMPLE {
            watch.accepted(&event("customer.created", BAD));
        }
        assert_eq!(watch.pending.len(), 10);
        assert_eq!(watch.compare().len(), 1);
    }
}
