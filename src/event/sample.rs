//! Sample events: a template per type, filled from a seed.

use jiff::Timestamp;
use serde_json::Value;

use super::catalogue::EventType;
use super::envelope::{Event, envelope};
use super::placeholder;
use super::seed::SampleSeed;

/// The `data` of a sample of the type, as far documented as [`EventType::payload`] says.
pub(crate) fn sample_data(event_type: &EventType, seed: &SampleSeed<'_>) -> Value {
    // A test reads every template, so the fallback is never taken.
    let mut data = serde_json::from_str(event_type.template).unwrap_or_default();
    placeholder::fill(&mut data, seed);
    data
}

/// An event id in the documented shape: `evt_ticket_created_1774583010044_abc12345`.
///
/// The parts are the type with underscores for dots, Unix milliseconds, and the first 8 characters of
/// `unique`.
pub(crate) fn event_id(event_type: &str, now: Timestamp, unique: &str) -> String {
    let unique: String = unique.chars().take(8).collect();
    format!("evt_{}_{}_{unique}", event_type.replace('.', "_"), now.as_millisecond())
}

/// A whole sample event: [`event_id`], [`sample_data`] and [`envelope`] in one.
pub fn sample(event_type: &EventType, seed: &SampleSeed<'_>) -> Event {
    let id = event_id(event_type.name, seed.now, seed.unique);
    envelope(&id, event_type.name, seed.now, seed.team_id, &sample_data(event_type, seed))
}

#[cfg(test)]
mod tests;
