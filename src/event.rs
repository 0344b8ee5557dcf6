//! cStar webhook events: the envelope, the catalogue of event types, sample payloads and subscription patterns.
//!
//! Everything here is pure: no clock, no randomness, no network. An [`Event`] keeps the exact bytes it was parsed from,
//! because a webhook signature covers bytes and not JSON values.
//!
//! ```
//! use cstar::event::{Event, Pattern};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let body = r#"{"id":"evt_1","type":"ticket.created","data":{"ticket":{"id":"tkt_1"}}}"#;
//! let event = Event::from_body(body)?;
//! assert!(Pattern::parse("ticket.*")?.matches(event.event_type()));
//! assert_eq!(event.resource_key(), "ticket:tkt_1");
//! assert_eq!(event.body(), body.as_bytes());
//! # Ok(())
//! # }
//! ```

mod catalogue;
mod envelope;
#[cfg(feature = "cli")]
mod filter;
#[cfg(feature = "cli")]
mod json;
mod members;
#[cfg(feature = "cli")]
mod neutralize;
#[cfg(feature = "cli")]
mod path;
mod pattern;
mod placeholder;
#[cfg(feature = "cli")]
mod pseudonym;
#[cfg(feature = "cli")]
mod received;
#[cfg(feature = "cli")]
mod reid;
mod resource;
mod sample;
#[cfg(feature = "cli")]
mod schema;
mod seed;
#[cfg(feature = "cli")]
pub(crate) mod shape;
mod suggest;

#[cfg(test)]
mod fixtures;

pub use catalogue::{Category, EventType, Payload, catalogue, find};
pub use envelope::{Event, EventError, envelope};
pub use pattern::{Pattern, PatternError};
pub use resource::resource_key;
pub use sample::sample;
pub use seed::SampleSeed;

#[cfg(feature = "cli")]
pub(crate) use {
    envelope::envelope_of,
    filter::Filter,
    json::Json,
    neutralize::{neutralize_data, redact_body},
    path::Path,
    pseudonym::PseudonymKey,
    received::{EventMeta, ReceivedEvent},
    reid::{NewIds, with_id},
    resource::resource_name_and_id,
    sample::{event_id, sample_data},
    schema::{SchemaDifference, schema_differences},
    suggest::suggest,
};
