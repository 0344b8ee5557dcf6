//! Parses event frames of the listen stream: sessions, errors and events.
//!
//! ours: all shapes, because the public pages document the command but not its stream. Parsing is lenient: every member
//! may be missing or malformed, and unknown members are ignored.

#[cfg(test)]
mod tests;

use std::fmt;
use std::mem;
use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::request::is_sendable;
use super::sse::EventFrame;
use crate::Secret;

/// Heartbeats outside these bounds are ignored. A shorter interval would end healthy connections several times a
/// second; with a longer one a dead peer would not be detected.
const SHORTEST_HEARTBEAT: f64 = 1.0;
const LONGEST_HEARTBEAT: f64 = 300.0;

/// Types of API errors that make another attempt with the same key pointless.
const FATAL_ERRORS: [&str; 2] = ["authentication_error", "authorization_error"];

/// The meaning of an event frame.
#[derive(Debug)]
pub(crate) enum Message {
    /// `event: session`.
    Session(Session),
    /// `event: error`.
    Error(StreamError),
    /// Any other event.
    Event(Event),
    /// An event that cannot be forwarded.
    Rejected {
        /// Its id as received.
        id: Option<String>,
        /// Its type as received.
        event_type: Option<String>,
        reason: Rejection,
    },
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// The listener's own id.
    pub(crate) session_id: Option<String>,
    /// The ephemeral webhook that the events belong to.
    pub(crate) webhook_id: Option<String>,
    pub(crate) secret: Option<Secret>,
    /// Whether the stream continues directly after the `Last-Event-ID` that was sent.
    pub(crate) resumed: Option<bool>,
    /// The interval of the server's heartbeats.
    pub(crate) heartbeat: Option<Duration>,
    /// The id after which the stream continues, if the server names one.
    pub(crate) cursor: Option<String>,
    /// Whether an earlier connection of this run had a session.
    pub(crate) reconnected: bool,
}

/// The API error object of an `event: error` frame. Text is raw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StreamError {
    /// `type`, such as `authentication_error`.
    pub(crate) error_type: Option<String>,
    /// `code`, such as `key_expired`.
    pub(crate) code: Option<String>,
    /// `message`, for people.
    pub(crate) message: Option<String>,
    /// `request_id`.
    pub(crate) request_id: Option<String>,
    /// `retryAfter`, in seconds on the wire.
    pub(crate) retry_after: Option<Duration>,
}

impl StreamError {
    /// Whether reconnecting with the same key is pointless. Only errors about the key count; for
    /// everything else the response to the next attempt decides.
    pub(crate) fn is_fatal(&self) -> bool {
        self.error_type.as_deref().is_some_and(|kind| FATAL_ERRORS.contains(&kind))
    }
}

/// An event as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// The SSE id, or the body's `id`. Safe in a header.
    pub(crate) id: String,
    /// Whether the id was inherited from an earlier event, so that it does not identify this one.
    pub(crate) inherited_id: bool,
    /// The SSE event name, or the body's `type`. Safe in a header.
    pub(crate) event_type: String,
    /// The id of the request that caused the event. Safe in a header; an unsafe one is omitted.
    pub(crate) request_id: Option<String>,
    /// The exact bytes to forward.
    pub(crate) body: Bytes,
}

/// Why an event cannot be forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// It exceeds the size limit of events.
    TooLarge {
        /// The bytes read of it.
        bytes: usize,
        limit: usize,
    },
    /// Neither the frame nor the body has an id.
    NoId,
    /// The id must not go into a header.
    UnsafeId,
    /// Neither the frame nor the body has a type.
    NoType,
    /// The type must not go into a header.
    UnsafeType,
    NoBody,
    /// Its id or type contains the API key, which must not be shown or forwarded.
    HoldsKey,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes, limit } => {
                write!(f, "it has {bytes} bytes, more than the {limit} allowed")
            }
            Self::NoId => f.write_str("it has no id"),
            Self::UnsafeId => f.write_str("its id is not 1 to 200 of the characters A-Z a-z 0-9 _ . : -"),
            Self::NoType => f.write_str("it has no type"),
            Self::NoBody => f.write_str("it has no body"),
            Self::HoldsKey => f.write_str("its id or its type repeats the API key"),
            Self::UnsafeType => f.write_str("its type is not 1 to 200 of the characters A-Z a-z 0-9 _ . : -"),
        }
    }
}

pub(crate) fn interpret(frame: EventFrame) -> Message {
    match frame.event.as_str() {
        "session" => {
            let cursor = Some(frame.id.clone()).filter(|id| is_sendable(id));
            Message::Session(Session { cursor, ..session(&frame.data) })
        }
        "error" => Message::Error(error(&frame.data)),
        _ => event(frame),
    }
}

/// ours: `{"session_id","webhook_id","secret","resumed","heartbeat_seconds"}`
fn session(data: &[u8]) -> Session {
    let mut body: Value = serde_json::from_slice(data).unwrap_or_default();
    Session {
        cursor: None,
        session_id: string(&mut body, "session_id"),
        webhook_id: string(&mut body, "webhook_id"),
        secret: string(&mut body, "secret").filter(|secret| !secret.is_empty()).map(Secret::new),
        resumed: body.get("resumed").and_then(Value::as_bool),
        heartbeat: body
            .get("heartbeat_seconds")
            .and_then(Value::as_f64)
            .filter(|seconds| *seconds > 0.0)
            .map(|seconds| Duration::from_secs_f64(seconds.clamp(SHORTEST_HEARTBEAT, LONGEST_HEARTBEAT))),
        reconnected: false,
    }
}

/// documented for responses, ours on the stream: `{"error":{…}}`. Also accepts the bare object and a bare message.
fn error(data: &[u8]) -> StreamError {
    let mut body: Value = serde_json::from_slice(data).unwrap_or_default();
    let mut error = match body.get_mut("error").map(Value::take) {
        Some(Value::String(message)) => {
            return StreamError { message: Some(message), ..StreamError::default() };
        }
        Some(inner @ Value::Object(_)) => inner,
        _ => body,
    };
    let seconds = error.get("retryAfter").or_else(|| error.get("retry_after")).and_then(Value::as_f64);
    StreamError {
        error_type: string(&mut error, "type"),
        code: string(&mut error, "code"),
        message: string(&mut error, "message"),
        request_id: string(&mut error, "request_id"),
        retry_after: seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
    }
}

fn string(object: &mut Value, name: &str) -> Option<String> {
    match object.get_mut(name).map(Value::take) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// documented: every event body has `id` and `type`; ours: the frame repeats them.
#[derive(Default, Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow, rename = "type")]
    event_type: Option<&'a RawValue>,
}

fn event(frame: EventFrame) -> Message {
    let EventFrame { id: frame_id, id_set, event, data, request_id } = frame;
    let (own_id, frame_id) =
        if id_set && !frame_id.is_empty() { (Some(frame_id), String::new()) } else { (None, frame_id) };
    let named = event != "message";
    let head = if own_id.is_some() && named { Head::default() } else { head(&data) };
    let text = |raw: Option<&RawValue>| raw.and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());

    // The id of the body has precedence over an inherited one.
    let id = own_id.or_else(|| text(head.id));
    let inherited_id = id.is_none();
    let mut id = id.or_else(|| Some(frame_id).filter(|id| !id.is_empty()));
    let mut event_type = if named { Some(event) } else { text(head.event_type) };

    let reason = match (&mut id, &mut event_type) {
        (None, _) => Rejection::NoId,
        (Some(id), _) if !is_header_safe(id) => Rejection::UnsafeId,
        (_, None) => Rejection::NoType,
        (_, Some(event_type)) if !is_header_safe(event_type) => Rejection::UnsafeType,
        _ if data.is_empty() => Rejection::NoBody,
        (Some(id), Some(event_type)) => {
            return Message::Event(Event {
                id: mem::take(id),
                inherited_id,
                event_type: mem::take(event_type),
                request_id: request_id.filter(|id| is_header_safe(id)),
                body: data,
            });
        }
    };
    Message::Rejected { id, event_type, reason }
}

fn head(data: &[u8]) -> Head<'_> {
    serde_json::from_slice(data).unwrap_or_default()
}

/// `[A-Za-z0-9_.:-]{1,200}`: the values become headers of the delivery, so they must not contain line breaks.
pub(super) fn is_header_safe(text: &str) -> bool {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    (1..=200).contains(&text.len()) && text.bytes().all(safe)
}
