//! A received event, shared by the stream, the engine and the history.

use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;

use super::Event;

/// The metadata of a received event. All texts are valid header values.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EventMeta {
    pub(crate) id: String,
    pub(crate) event_type: String,
    /// The API request that caused the event.
    pub(crate) request_id: Option<String>,
    /// The webhook of the session that received the event.
    pub(crate) webhook_id: Option<Arc<str>>,
    pub(crate) received_at: Timestamp,
}

/// A received event. Cloning copies neither the metadata nor the body.
///
/// The body is not part of the metadata, because a queued event may keep only its metadata in memory and its body in
/// the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReceivedEvent {
    pub(crate) meta: Arc<EventMeta>,
    /// The exact bytes to deliver.
    pub(crate) body: Bytes,
}

impl ReceivedEvent {
    /// A local event, as if the session of `webhook_id` had received it.
    pub(crate) fn from_event(event: &Event, webhook_id: &str, received_at: Timestamp) -> Self {
        let meta = EventMeta {
            id: event.id().to_owned(),
            event_type: event.event_type().to_owned(),
            request_id: None,
            webhook_id: Some(webhook_id.into()),
            received_at,
        };
        Self { meta: Arc::new(meta), body: event.body().clone() }
    }
}

impl Deref for ReceivedEvent {
    type Target = EventMeta;

    fn deref(&self) -> &EventMeta {
        &self.meta
    }
}
