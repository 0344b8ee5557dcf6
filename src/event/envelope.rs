//! Reads the webhook envelope tolerantly, keeping the exact bytes, and writes it in the documented member order.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde_core::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::members::{kind, members};
use super::resource;

/// A webhook event: the envelope `{id, type, created_at, team_id, data}` (documented) and the bytes it was parsed from.
///
/// [`Event::body`] is never serialised again, so it stays valid for the signature: numbers of any size, the order of
/// members, repeated members and escapes are unchanged. Cloning does not copy the body.
#[derive(Clone)]
pub struct Event {
    head: Arc<Head>,
    body: Bytes,
    /// The `data` member, a slice of `body`.
    data: Option<Bytes>,
}

struct Head {
    id: String,
    event_type: String,
    created_at: Option<String>,
    team_id: Option<String>,
}

/// Why a body is not an event, or why its `data` cannot be deserialised.
#[derive(Debug)]
#[non_exhaustive]
pub enum EventError {
    /// The body is not JSON, or not UTF-8.
    NotJson {
        /// The message of the JSON parser.
        reason: String,
        /// The line of the error, from 1.
        line: usize,
        /// The column of the error in bytes, from 1; 0 if the body is empty.
        column: usize,
    },
    /// The body is JSON, but not an object.
    NotAnObject {
        /// The kind of value, such as `an array`.
        found: &'static str,
    },
    /// A required member is missing.
    MissingField {
        /// The name of the member.
        field: &'static str,
    },
    /// A required member has the wrong type.
    WrongType {
        /// The name of the member.
        field: &'static str,
        /// The required kind of value, such as `a string`.
        expected: &'static str,
        /// The kind of value in the body.
        found: &'static str,
    },
    /// The `data` member does not deserialise as the requested type.
    Data(serde_json::Error),
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { reason, line, column } => {
                write!(f, "the body is not JSON: {reason} (line {line}, column {column})")
            }
            Self::NotAnObject { found } => write!(f, "the body is {found}, not a JSON object"),
            Self::MissingField { field } => write!(f, "the event has no `{field}`"),
            Self::WrongType { field, expected, found } => {
                write!(f, "the event's `{field}` is {found}, not {expected}")
            }
            Self::Data(_) => write!(f, "the event's `data` does not have the expected shape"),
        }
    }
}

impl std::error::Error for EventError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Data(error) => Some(error),
            _ => None,
        }
    }
}

impl Event {
    /// Parses an event from the body of a delivery or of a stream frame. Does not verify a signature.
    ///
    /// Only `id` and `type` are required. Unknown members are ignored. If a member is repeated, the last value is used,
    /// as in JavaScript.
    ///
    /// # Errors
    /// Fails if the body is not a JSON object, or if `id` or `type` is missing or not a string.
    pub fn from_body(body: impl Into<Bytes>) -> Result<Event, EventError> {
        let body = body.into();
        let text = std::str::from_utf8(&body).map_err(|error| not_utf8(&body, error.valid_up_to()))?;
        let found = Found::read(text)?;
        let head = Head {
            id: required_text("id", found.id)?,
            event_type: required_text("type", found.event_type)?,
            created_at: found.created_at.and_then(text_of),
            team_id: found.team_id.and_then(text_of),
        };
        let data = found.data.map(|raw| body.slice_ref(raw.get().as_bytes()));
        Ok(Event { head: Arc::new(head), body, data })
    }

    /// The id of the event. It is the same for every attempt and every endpoint: use it to process an event once.
    pub fn id(&self) -> &str {
        &self.head.id
    }

    /// The event type, such as `ticket.created`. It may be missing from the [`catalogue`](super::catalogue()).
    pub fn event_type(&self) -> &str {
        &self.head.event_type
    }

    /// When the event happened, as sent (documented: ISO 8601, with or without milliseconds).
    pub fn created_at(&self) -> Option<&str> {
        self.head.created_at.as_deref()
    }

    /// The id of the team.
    pub fn team_id(&self) -> Option<&str> {
        self.head.team_id.as_deref()
    }

    /// The exact bytes that the event was parsed from.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Deserialises the `data` member.
    ///
    /// # Errors
    /// Fails if there is no `data`, or if it does not deserialise as `T`.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, EventError> {
        let data = self.data.as_ref().ok_or(EventError::MissingField { field: "data" })?;
        serde_json::from_slice(data).map_err(EventError::Data)
    }

    /// The key of the event's resource, such as `ticket:tkt_1`: [`resource_key`](super::resource_key()) of the body.
    pub fn resource_key(&self) -> String {
        let data = self.data.as_deref().and_then(|data| std::str::from_utf8(data).ok());
        resource::key_in(self.event_type(), data)
    }
}

/// Prints the envelope and the size of the body, which may be large and contain personal data.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("id", &self.head.id)
            .field("type", &self.head.event_type)
            .field("created_at", &self.head.created_at)
            .field("team_id", &self.head.team_id)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Builds an event as compact JSON, in the documented member order. `created_at` is written as ISO 8601 in UTC with
/// milliseconds, as in the newest documented sample.
pub fn envelope(
    id: &str,
    event_type: &str,
    created_at: jiff::Timestamp,
    team_id: &str,
    data: &Value,
) -> Event {
    envelope_of(id, event_type, created_at, team_id, data)
}

/// The same, with `data` that `Display`s as JSON.
pub(crate) fn envelope_of(
    id: &str,
    event_type: &str,
    created_at: jiff::Timestamp,
    team_id: &str,
    data: &impl fmt::Display,
) -> Event {
    let created_at = format!("{created_at:.3}");
    let mut body = format!(
        r#"{{"id":{},"type":{},"created_at":{},"team_id":{},"data":"#,
        Value::from(id),
        Value::from(event_type),
        Value::from(created_at.as_str()),
        Value::from(team_id),
    );
    let data_start = body.len();
    body.push_str(&data.to_string());
    let data_end = body.len();
    body.push('}');
    let body = Bytes::from(body);
    let head = Head {
        id: id.to_owned(),
        event_type: event_type.to_owned(),
        created_at: Some(created_at),
        team_id: Some(team_id.to_owned()),
    };
    Event { head: Arc::new(head), data: Some(body.slice(data_start..data_end)), body }
}

/// The members of the envelope as raw JSON.
#[derive(Default)]
struct Found<'a> {
    id: Option<&'a RawValue>,
    event_type: Option<&'a RawValue>,
    created_at: Option<&'a RawValue>,
    team_id: Option<&'a RawValue>,
    data: Option<&'a RawValue>,
}

impl<'a> Found<'a> {
    fn read(text: &'a str) -> Result<Self, EventError> {
        let mut found = Found::default();
        let read = members(text, |name, value| match name {
            b"id" => found.id = Some(value),
            b"type" => found.event_type = Some(value),
            b"created_at" => found.created_at = Some(value),
            b"team_id" => found.team_id = Some(value),
            b"data" => found.data = Some(value),
            _ => {}
        });
        match read {
            Ok(()) => Ok(found),
            Err(error) if error.classify() == Category::Data => {
                Err(EventError::NotAnObject { found: kind(text) })
            }
            Err(error) => Err(not_json(&error)),
        }
    }
}

fn required_text(field: &'static str, value: Option<&RawValue>) -> Result<String, EventError> {
    let value = value.ok_or(EventError::MissingField { field })?;
    text_of(value).ok_or_else(|| {
        let found = match kind(value.get()) {
            "a string" => "a string that is not valid Unicode",
            other => other,
        };
        EventError::WrongType { field, expected: "a string", found }
    })
}

fn text_of(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

fn not_json(error: &serde_json::Error) -> EventError {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let place = format!(" at line {line} column {column}");
    let reason = message.strip_suffix(&place).unwrap_or(&message).to_owned();
    EventError::NotJson { reason, line, column }
}

fn not_utf8(body: &[u8], valid_up_to: usize) -> EventError {
    let valid = body.get(..valid_up_to).unwrap_or(body);
    let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + valid.iter().rev().take_while(|byte| **byte != b'\n').count();
    EventError::NotJson { reason: "invalid UTF-8".to_owned(), line, column }
}

#[cfg(test)]
mod tests;
