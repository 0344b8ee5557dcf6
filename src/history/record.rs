//! The records that a journal accepts. None of them is a wire format.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;

use super::model::{DeliveryState, EventOrigin, RecordedOutcome};
use crate::event::ReceivedEvent;

#[derive(Clone, Debug)]
pub(crate) enum Record {
    Received(ReceivedRecord),
    Skipped(SkippedEvent),
    /// Boxed, because it is several times as large as the others.
    Attempt(Box<AttemptRecord>),
    Settled(SettledDelivery),
    Gap(GapRecord),
    Disconnected(DisconnectRecord),
    /// The id after which the stream of the run begins.
    BeganAt(String),
}

/// An event that was accepted, before its first attempt.
#[derive(Clone, Debug)]
pub(crate) struct ReceivedRecord {
    /// A counter of the caller, rising from 1 or from [`Adopted::next_seq`](super::model::Adopted).
    pub(crate) seq: u64,
    pub(crate) event: ReceivedEvent,
    /// URLs without credentials. At most 256 count.
    pub(crate) targets: Vec<Arc<str>>,
    /// `None` for an event of the stream. Boxed, because hardly any event has it.
    pub(crate) local: Option<Box<LocalOrigin>>,
}

/// Where an event came from that this program made.
#[derive(Clone, Debug)]
pub(crate) struct LocalOrigin {
    pub(crate) origin: EventOrigin,
    /// The id of the event that an edited one was made from.
    pub(crate) source_id: Option<String>,
}

/// An event that is not delivered.
#[derive(Clone, Debug)]
pub(crate) struct SkippedEvent {
    pub(crate) id: Option<String>,
    pub(crate) event_type: Option<String>,
    pub(crate) at: Timestamp,
    pub(crate) reason: String,
}

#[derive(Clone, Debug)]
pub(crate) struct AttemptRecord {
    pub(crate) seq: u64,
    pub(crate) target: Arc<str>,
    /// From 1, as in `X-Delivery-Attempt`.
    pub(crate) attempt: u32,
    pub(crate) started_at: Timestamp,
    pub(crate) duration: Duration,
    pub(crate) status: Option<u16>,
    pub(crate) outcome: RecordedOutcome,
    pub(crate) reason: Option<String>,
    /// As sent. The writer drops credentials but keeps signatures.
    pub(crate) request_headers: Option<HeaderMap>,
    /// As received. The writer drops credentials.
    pub(crate) response_headers: HeaderMap,
    /// The part that was read. The writer keeps the first [`MAX_RESPONSE`] bytes.
    pub(crate) response_body: Bytes,
    /// Whether the body was longer than `response_body`.
    pub(crate) truncated: bool,
    /// The final state of the delivery and when it ended, if this was the last attempt.
    pub(crate) settles: Option<(DeliveryState, Timestamp)>,
    /// What `listen --chaos` did to it: names, separated by commas.
    pub(crate) chaos: Option<String>,
}

/// Recorded bytes of a response body.
pub(crate) const MAX_RESPONSE: usize = 4 * 1024;

/// The end of a delivery, for an attempt whose details are dropped.
#[derive(Clone, Debug)]
pub(crate) struct SettledDelivery {
    pub(crate) seq: u64,
    pub(crate) target: Arc<str>,
    pub(crate) state: DeliveryState,
    pub(crate) at: Timestamp,
}

/// Events may have been missed.
#[derive(Clone, Debug)]
pub(crate) struct GapRecord {
    pub(crate) at: Timestamp,
    pub(crate) after: Option<String>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) reason: String,
}

/// The connection to cStar was lost.
#[derive(Clone, Debug)]
pub(crate) struct DisconnectRecord {
    pub(crate) at: Timestamp,
    pub(crate) reason: String,
    pub(crate) retry_in: Duration,
}

impl Record {
    /// The capacity of the channel that the record uses: one unit, and one per KiB of memory that it holds.
    pub(super) fn weight(&self) -> u32 {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let bytes = match self {
            Self::Received(ReceivedRecord { event, .. }) => {
                let webhook_id = event.webhook_id.as_ref().map_or(0, |id| id.len());
                let names = event.id.len() + event.event_type.len() + length(&event.request_id) + webhook_id;
                event.body.len() + names
            }
            Self::Attempt(attempt) => 1024 + attempt.response_body.len() + length(&attempt.reason),
            Self::Skipped(event) => event.reason.len() + length(&event.id) + length(&event.event_type),
            Self::Gap(gap) => gap.reason.len() + length(&gap.after),
            Self::Disconnected(end) => end.reason.len(),
            Self::Settled(_) => 0,
            Self::BeganAt(cursor) => cursor.len(),
        };
        u32::try_from(bytes / 1024).unwrap_or(u32::MAX).saturating_add(1)
    }
}

/// Bounds a text that a peer or an error may have made long. Ids and types of accepted events are not cut: the
/// stream rejects long ones.
pub(super) fn truncate_text(text: &str) -> &str {
    /// Bytes.
    const MAX_TEXT: usize = 4 * 1024;
    let end = (0..=MAX_TEXT.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or(text)
}
