//! What one asks of the history and what one gets: filters, summaries, and one event's whole life.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use super::model::{DeliveryState, EventKey, RecordedOutcome, RunId, RunScope};

/// Which events to list; the default is all of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventFilter {
    /// Types, or their beginnings with a `*` at the end. Empty means every type.
    pub(crate) types: Vec<String>,
    /// With several targets, an event is in a state when one of its deliveries is.
    pub(crate) state: Option<EventState>,
    /// Received then or later.
    pub(crate) since: Option<Timestamp>,
    /// Received before.
    pub(crate) until: Option<Timestamp>,
    pub(crate) limit: Option<usize>,
    /// Only events older than this one: the last of the page before.
    pub(crate) after: Option<EventKey>,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventState {
    Delivered,
    Failed,
    Waiting,
    /// Not delivered, and the user wants it so.
    Dismissed,
    Skipped,
}

/// One event in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventSummary {
    pub(crate) key: EventKey,
    pub(crate) id: Option<String>,
    pub(crate) event_type: Option<String>,
    pub(crate) received_at: Timestamp,
    /// Size of the body.
    pub(crate) bytes: u64,
    /// Failed if one delivery is, else waiting if one is, else dismissed if one is, else delivered.
    pub(crate) state: EventState,
    /// Why it was skipped.
    pub(crate) skipped: Option<String>,
    pub(crate) deliveries: Vec<DeliverySummary>,
}

/// One event's way to one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeliverySummary {
    pub(crate) target: String,
    pub(crate) state: DeliveryState,
    pub(crate) ended_at: Option<Timestamp>,
    /// The highest attempt; 0 for none.
    pub(crate) attempts: u32,
    /// Of the last attempt.
    pub(crate) status: Option<u16>,
    pub(crate) reason: Option<String>,
    pub(crate) duration: Option<Duration>,
    /// Why its target could not be reached when it last was tried, with another event. Only for one that waits
    /// and was not tried itself, and only where all of an event is asked for.
    pub(crate) held_by: Option<String>,
}

/// What was found under an id.
#[derive(Clone, Debug, Default)]
pub(crate) enum EventLookup {
    Found(Box<EventDetail>),
    /// Several ids begin like this; the newest of them, at most ten.
    Ambiguous(Vec<String>),
    #[default]
    Nothing,
}

/// One event's whole life.
#[derive(Clone, Debug)]
pub(crate) struct EventDetail {
    /// The reception that was delivered, or the last if none was.
    pub(crate) key: EventKey,
    pub(crate) id: Option<String>,
    pub(crate) event_type: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) webhook_id: Option<String>,
    pub(crate) received_at: Timestamp,
    /// Exactly as received; empty for what was skipped.
    pub(crate) body: Bytes,
    pub(crate) state: EventState,
    /// Every time this id was received, in order.
    pub(crate) receptions: Vec<Reception>,
    /// Of all receptions, in order.
    pub(crate) deliveries: Vec<DeliverySummary>,
    /// Of all receptions, in order of their start.
    pub(crate) attempts: Vec<StoredAttempt>,
}

/// One time an event was received.
#[derive(Clone, Debug)]
pub(crate) struct Reception {
    pub(crate) key: EventKey,
    pub(crate) at: Timestamp,
    pub(crate) skipped: Option<String>,
    /// `None` once the run is forgotten.
    pub(crate) run: Option<RunInfo>,
}

/// One run of `listen`.
#[derive(Clone, Debug)]
pub(crate) struct RunInfo {
    pub(crate) run: RunId,
    pub(crate) scope: RunScope,
    pub(crate) pid: u32,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}

/// One attempt as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredAttempt {
    pub(crate) target: String,
    pub(crate) attempt: u32,
    pub(crate) started_at: Timestamp,
    /// For a refused connection, until the end of the last repetition.
    pub(crate) duration: Duration,
    pub(crate) status: Option<u16>,
    pub(crate) outcome: RecordedOutcome,
    pub(crate) reason: Option<String>,
    /// How often a refused connection was tried, from 1.
    pub(crate) repeats: u32,
    pub(crate) request_headers: Vec<(String, String)>,
    pub(crate) response_headers: Vec<(String, String)>,
    pub(crate) response_body: Bytes,
    /// Whether the answer was longer than that.
    pub(crate) truncated: bool,
}

/// Something that happened to the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionEvent {
    pub(crate) at: Timestamp,
    /// `gap` or `disconnected`.
    pub(crate) kind: String,
    pub(crate) reason: String,
    pub(crate) after: Option<String>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) retry_in: Option<Duration>,
}

impl EventState {
    /// Of an event with these deliveries.
    pub(super) fn from_deliveries(skipped: bool, deliveries: &[DeliverySummary]) -> Self {
        let any = |state| deliveries.iter().any(|delivery| delivery.state == state);
        match () {
            () if skipped => Self::Skipped,
            () if any(DeliveryState::Failed) => Self::Failed,
            () if any(DeliveryState::Waiting) => Self::Waiting,
            () if any(DeliveryState::Dismissed) => Self::Dismissed,
            () => Self::Delivered,
        }
    }

    /// The condition on a row of `events`.
    pub(super) const fn condition(self) -> &'static str {
        match self {
            Self::Delivered => {
                "skipped IS NULL AND event IN (SELECT event FROM deliveries WHERE state = 'delivered')"
            }
            Self::Failed => "event IN (SELECT event FROM deliveries WHERE state = 'failed')",
            Self::Waiting => "event IN (SELECT event FROM deliveries WHERE state = 'waiting')",
            Self::Dismissed => "event IN (SELECT event FROM deliveries WHERE state = 'dismissed')",
            Self::Skipped => "skipped IS NOT NULL",
        }
    }
}
