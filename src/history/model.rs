//! The values that the parts of the history exchange: keys, runs, deliveries and how they end.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;

use crate::event::EventMeta;

/// Targets of one event, and so places for its deliveries.
pub(super) const MAX_TARGETS: usize = 1 << 8;
/// Places for the attempts of one event. More are not kept.
pub(super) const MAX_ATTEMPTS: i64 = 1 << 10;

/// A stored event, by its number in the file: later ones have higher numbers. A number may be used again
/// once its event is removed and nothing newer is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct EventKey(pub(crate) i64);

/// A run, by its number in the file.
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

/// A run to be begun; see [`Journal::begin_run`].
#[derive(Clone, Debug)]
pub(crate) struct NewRun {
    pub(crate) scope: RunScope,
    pub(crate) targets: Vec<Arc<str>>,
    pub(crate) pid: u32,
}

/// What runs that have ended did not settle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leftover {
    pub(crate) runs: Vec<RunId>,
    pub(crate) events: u64,
    pub(crate) deliveries: u64,
    /// When the oldest was received.
    pub(crate) oldest: Timestamp,
    /// The id to go on after; see [`super::Journal::last_received_id`].
    pub(crate) last_received_id: Option<String>,
}

/// What was taken over.
#[derive(Clone, Debug)]
pub(crate) struct Adopted {
    /// In the order received.
    pub(crate) deliveries: Vec<StoredDelivery>,
    /// Where the caller's counter goes on.
    pub(crate) next_seq: u64,
}

/// A delivery as it is in the store.
#[derive(Clone, Debug)]
pub(crate) struct StoredDelivery {
    /// In the run that has it now. Deliveries of one event share it.
    pub(crate) seq: u64,
    pub(crate) event: EventKey,
    pub(crate) meta: Arc<EventMeta>,
    /// `None` past the first 16 MiB: ask [`super::Journal::bodies`] when its turn comes.
    pub(crate) body: Option<Bytes>,
    pub(crate) target: Arc<str>,
    /// The highest attempt so far; 0 for none.
    pub(crate) attempts_so_far: u32,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeliveryState {
    Waiting,
    Delivered,
    Failed,
    /// SettledDelivery by a delivery to another target, or about to be: by `listen --resume` or `replay --to`.
    Moved,
    /// SettledDelivery by `history dismiss`.
    Dismissed,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordedOutcome {
    Delivered,
    /// Failed; another attempt follows.
    Retry,
    /// Failed for good.
    Failed,
    /// Nothing listened. This does not count as an attempt; repetitions are kept as one with a count.
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

    /// Whether there is still something to do about it.
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

/// The key of the delivery at place `index` of `event`.
pub(super) fn delivery_key(event: i64, index: usize) -> i64 {
    event * MAX_TARGETS as i64 + i64::try_from(index).unwrap_or_default()
}

/// From milliseconds since 1970. What is out of range was not written by us.
pub(super) fn time(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}
