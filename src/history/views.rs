//! What a reader asks for and gets: filters, summaries, and everything about one event.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use super::model::{DeliveryState, EventKey, EventOrigin, RecordedOutcome, RunId, RunScope};
use crate::event::Filter;

/// Which events to list; by default all of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventFilter {
    /// Types, or prefixes that end with `*`. Empty means every type.
    pub(crate) types: Vec<String>,
    /// Matches if one of the deliveries is in this state.
    pub(crate) state: Option<EventState>,
    /// Matches if an attempt was answered like this.
    pub(crate) answer: Option<AnswerFilter>,
    /// Matches if an attempt took longer.
    pub(crate) slower: Option<Duration>,
    /// Matches if a delivery or an attempt had a target that contains this text.
    pub(crate) target: Option<String>,
    /// Matches if the id, the type, the body or an answer contains this text, in any case.
    pub(crate) text: Option<String>,
    pub(crate) origin: Option<EventOrigin>,
    /// Conditions on the body, all of which must hold. Skipped events have no body and match none.
    pub(crate) body: Vec<Filter>,
    /// Received at this time or later.
    pub(crate) since: Option<Timestamp>,
    /// Received before this time.
    pub(crate) until: Option<Timestamp>,
    /// Only events before this one, the last of the previous page.
    pub(crate) before: Option<EventKey>,
    /// Only events after this one.
    pub(crate) after: Option<EventKey>,
    /// Only this event and those before it, so that a list does not move while new ones arrive.
    pub(crate) up_to: Option<EventKey>,
    /// Oldest first instead of newest first.
    pub(crate) oldest_first: bool,
    /// How many of the events that match to skip.
    pub(crate) offset: usize,
    pub(crate) limit: Option<usize>,
}

/// How an attempt was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnswerFilter {
    /// With this status.
    Status(u16),
    /// With a status of this class: 5 for `5xx`.
    Class(u16),
    /// Not at all.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventState {
    Delivered,
    Failed,
    Waiting,
    /// Not delivered, by decision of the user.
    Dismissed,
    Skipped,
    /// Recorded without a target: it was only printed.
    Received,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventSummary {
    pub(crate) key: EventKey,
    pub(crate) id: Option<String>,
    pub(crate) event_type: Option<String>,
    pub(crate) received_at: Timestamp,
    /// Size of the body.
    pub(crate) bytes: u64,
    pub(crate) state: EventState,
    pub(crate) skipped: Option<String>,
    pub(crate) origin: EventOrigin,
    /// The id of the event that an edited one was made from.
    pub(crate) source_id: Option<String>,
    pub(crate) deliveries: Vec<DeliverySummary>,
}

/// The delivery of an event to one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeliverySummary {
    pub(crate) target: String,
    pub(crate) state: DeliveryState,
    pub(crate) ended_at: Option<Timestamp>,
    /// The highest attempt number; 0 for none.
    pub(crate) attempts: u32,
    /// Of the last attempt.
    pub(crate) status: Option<u16>,
    pub(crate) reason: Option<String>,
    pub(crate) duration: Option<Duration>,
    /// Why the target could not be reached with an earlier event. Only in [`EventDetail`], for a delivery that
    /// waits without an attempt of its own.
    pub(crate) target_down_reason: Option<String>,
}

/// The result of looking up an id.
#[derive(Clone, Debug, Default)]
pub(crate) enum EventLookup {
    Found(Box<EventDetail>),
    /// Several ids match; the newest of them, at most ten.
    Ambiguous(Vec<String>),
    #[default]
    Nothing,
}

/// Everything about one event.
#[derive(Clone, Debug)]
pub(crate) struct EventDetail {
    /// The last reception that was not skipped, or the last one.
    pub(crate) key: EventKey,
    pub(crate) id: Option<String>,
    pub(crate) event_type: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) webhook_id: Option<String>,
    pub(crate) received_at: Timestamp,
    /// Exactly as received; empty for a skipped event.
    pub(crate) body: Bytes,
    pub(crate) state: EventState,
    pub(crate) origin: EventOrigin,
    pub(crate) source_id: Option<String>,
    /// Every time this id was received, in order.
    pub(crate) receptions: Vec<ReceivedRow>,
    /// Of all receptions, in order.
    pub(crate) deliveries: Vec<DeliverySummary>,
    /// Of all receptions, in order of their start.
    pub(crate) attempts: Vec<StoredAttempt>,
}

/// One time an event was received.
#[derive(Clone, Debug)]
pub(crate) struct ReceivedRow {
    pub(crate) key: EventKey,
    pub(crate) at: Timestamp,
    pub(crate) skipped: Option<String>,
    /// `None` once the run was removed.
    pub(crate) run: Option<RunInfo>,
}

#[derive(Clone, Debug)]
pub(crate) struct RunInfo {
    pub(crate) run: RunId,
    pub(crate) scope: RunScope,
    pub(crate) pid: u32,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredAttempt {
    pub(crate) target: String,
    pub(crate) attempt: u32,
    pub(crate) started_at: Timestamp,
    /// For a refused connection, up to the end of the last repetition.
    pub(crate) duration: Duration,
    pub(crate) status: Option<u16>,
    pub(crate) outcome: RecordedOutcome,
    pub(crate) reason: Option<String>,
    /// How often a refused connection was attempted, from 1.
    pub(crate) repeats: u32,
    pub(crate) request_headers: Vec<(String, String)>,
    pub(crate) response_headers: Vec<(String, String)>,
    pub(crate) response_body: Bytes,
    /// Whether the body was longer.
    pub(crate) truncated: bool,
    /// What `listen --chaos` did to it: names, separated by commas.
    pub(crate) chaos: Option<String>,
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
    /// Failed if one delivery has failed, else waiting, else dismissed, else delivered. Without deliveries only received.
    pub(super) fn from_deliveries(skipped: bool, deliveries: &[DeliverySummary]) -> Self {
        let any = |state| deliveries.iter().any(|delivery| delivery.state == state);
        match () {
            () if skipped => Self::Skipped,
            () if deliveries.is_empty() => Self::Received,
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
            Self::Received => "skipped IS NULL AND event NOT IN (SELECT event FROM deliveries)",
        }
    }
}
