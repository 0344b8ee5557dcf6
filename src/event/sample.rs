//! Sample events: a template per type, filled from a seed.

use jiff::Timestamp;
use serde_json::Value;

use super::catalogue::EventType;
use super::envelope::{Event, envelope};
use super::placeholder;
use super::seed::SampleSeed;

/// The `data` of a sample. [`EventType::payload`] is how far it is documented.
pub(crate) fn sample_data(event_type: &EventType, seed: &SampleSeed<'_>) -> Value {
    // The tests parse every template, so this never fails.
    let mut data = serde_json::from_str(event_type.template).unwrap_or_default();
    placeholder::fill(&mut data, seed);
    data
}

/// An event id such as `evt_ticket_created_1774583010044_abc12345` (documented): the event type with underscores, unix
/// milliseconds, and the first 8 characters of `unique`.
pub(crate) fn event_id(event_type: &str, now: Timestamp, unique: &str) -> String {
    let unique: String = unique.chars().take(8).collect();
    format!("evt_{}_{}_{unique}", event_type.replace('.', "_"), now.as_millisecond())
}

/// A sample event of this type, with an id in the documented shape. [`EventType::payload`] is how far its `data` is
/// documented.
pub fn sample(event_type: &EventType, seed: &SampleSeed<'_>) -> Event {
    let id = event_id(event_type.name, seed.now, seed.unique);
    envelope(&id, event_type.name, seed.now, seed.team_id, &sample_data(event_type, seed))
}

#[cfg(test)]
mod tests;
