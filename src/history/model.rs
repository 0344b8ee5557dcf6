//! The values that the parts of the history exchange: keys, runs, deliveries and how they end.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;

use crate::event::EventMeta;

/// The most targets of one event. A delivery key is the event key times this, plus an index.
pub(super) const MAX_TARGETS: usize = 1 << 8;
/// The most attempts of one event that are recorded. A slot is the event key times this, plus an index.
pub(super) const MAX_ATTEMPTS: i64 = 1 << 10;

/// The key of a stored event. Later events have higher keys. A key may be used again once its event is removed
/// and there is no newer one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct EventKey(pub(crate) i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RunId(pub(crate) i64);

/// Whose events a run receives. Leftovers and cursors are looked up within one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunScope {
    pub(crate) base_url: String,
    pub(crate) team_id: Option<String>,
    /// `test` or `live`.
    pub(crate) environment: Option<String>,
}

/// A run that is about to begin.
#[derive(Clone, Debug)]
pub(crate) struct NewRun {
    pub(crate) scope: RunScope,
    pub(crate) targets: Vec<Arc<str>>,
    pub(crate) pid: u32,
}

/// The deliveries that ended runs did not settle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leftover {
    pub(crate) runs: Vec<RunId>,
    pub(crate) events: u64,
    pub(crate) deliveries: u64,
    /// When the oldest event was received.
    pub(crate) oldest: Timestamp,
    /// The id to resume after.
    pub(crate) last_received_id: Option<String>,
}

/// The deliveries that a run has adopted.
#[derive(Clone, Debug)]
pub(crate) struct Adopted {
    /// In the order received.
    pub(crate) deliveries: Vec<StoredDelivery>,
    /// The next number of the caller's counter.
    pub(crate) next_seq: u64,
}

/// A delivery that is to be made again.
#[derive(Clone, Debug)]
pub(crate) struct StoredDelivery {
    /// The number of the event in its current run.
    pub(crate) seq: u64,
    pub(crate) event: EventKey,
    pub(crate) meta: Arc<EventMeta>,
    /// `None` beyond the first 16 MiB of a leftover. Such bodies are loaded when they are needed.
    pub(crate) body: Option<Bytes>,
    pub(crate) target: Arc<str>,
    /// The highest attempt number so far; 0 for none.
    pub(crate) attempts_so_far: u32,
}

/// Where an event came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum EventOrigin {
    #[default]
    Stream,
    /// Made on this machine from another event.
    Edited,
    /// Made on this machine by `trigger`.
    Trigger,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeliveryState {
    Waiting,
    Delivered,
    Failed,
    /// Replaced by a delivery to another target, by `listen --resume` or `replay --to`.
    Moved,
    /// Settled by `history dismiss`.
    Dismissed,
}

/// What an attempt meant for its delivery, which the retry policy decides.
///
/// This is not `forward::AttemptOutcome`, which is how the POST ended. The same outcome, an answer 500, is recorded as
/// [`Retry`](Self::Retry) first and as [`Failed`](Self::Failed) once no retry is left. The outcome itself is recorded
/// as a status and a reason, so that old files need not know every cause that the network client can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordedOutcome {
    Delivered,
    /// Failed; will be retried.
    Retry,
    /// Failed for good.
    Failed,
    /// The target was not reached. This does not count as an attempt, and repetitions share one record.
    Refused,
}

impl DeliveryState {
    /// The name in the file and in JSON.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Moved => "moved",
            Self::Dismissed => "dismissed",
        }
    }

    /// Whether the delivery was not made and no decision was taken about it.
    pub(crate) const fn is_unsettled(self) -> bool {
        matches!(self, Self::Waiting | Self::Failed)
    }

    pub(super) fn from_name(name: &str) -> Self {
        match name {
            "delivered" => Self::Delivered,
            "failed" => Self::Failed,
            "moved" => Self::Moved,
            "dismissed" => Self::Dismissed,
            _ => Self::Waiting,
        }
    }
}

impl EventOrigin {
    /// The name in the file and in JSON; `None` for the stream.
    pub(crate) const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Stream => None,
            Self::Edited => Some("edited"),
            Self::Trigger => Some("trigger"),
        }
    }

    pub(super) fn from_name(name: Option<&str>) -> Self {
        match name {
            None => Self::Stream,
            Some("trigger") => Self::Trigger,
            Some(_) => Self::Edited,
        }
    }
}

impl RecordedOutcome {
    /// How the delivery ended with this attempt; `None` if it did not end.
    pub(crate) const fn final_state(self) -> Option<DeliveryState> {
        match self {
            Self::Delivered => Some(DeliveryState::Delivered),
            Self::Failed => Some(DeliveryState::Failed),
            Self::Retry | Self::Refused => None,
        }
    }

    /// The name in the file and in JSON.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retry => "retry",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }

    pub(super) fn from_name(name: &str) -> Self {
        match name {
            "delivered" => Self::Delivered,
            "retry" => Self::Retry,
            "refused" => Self::Refused,
            _ => Self::Failed,
        }
    }
}

pub(super) fn delivery_key(event: i64, index: usize) -> i64 {
    event * MAX_TARGETS as i64 + i64::try_from(index).unwrap_or_default()
}

/// From milliseconds since 1970. cstar does not write times out of range.
pub(super) fn time(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}
