//! What all activities about an attempt have in common.

use std::sync::Arc;

use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::chaos::ChaosMarks;
use super::details::AttemptDetails;
use crate::event::EventMeta;
use crate::host::clock::with_rfc3339_millis;

/// Writes exactly three decimals.
pub(super) fn millis<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    with_rfc3339_millis(*at, |text| serializer.serialize_str(text))
}

fn id_and_type<S: Serializer>(event: &EventMeta, serializer: S) -> Result<S::Ok, S::Error> {
    let mut members = serializer.serialize_map(Some(2))?;
    members.serialize_entry("id", &event.id)?;
    members.serialize_entry("event", &event.event_type)?;
    members.end()
}

/// The members that all activities about an attempt have.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AttemptEvent {
    #[serde(serialize_with = "millis")]
    pub(crate) at: Timestamp,
    #[serde(flatten, serialize_with = "id_and_type")]
    pub(crate) event: Arc<EventMeta>,
    pub(crate) target: Arc<str>,
    pub(crate) attempt: u32,
    pub(crate) status: Option<u16>,
    /// Of a command that ended by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exit_code: Option<i32>,
    pub(crate) duration_ms: f64,
    /// What chaos has done to it.
    #[serde(skip_serializing_if = "ChaosMarks::is_empty")]
    pub(crate) chaos: ChaosMarks,
    /// If they were asked for.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) details: Option<Box<AttemptDetails>>,
}
