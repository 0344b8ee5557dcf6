//! Why a run ends, and the name of each reason in the last activity.

use crate::forward::summary::RunSummary;
use crate::stream::frame::StreamError;
use crate::stream::response::StreamRefusal;

/// The end of a run, and its totals.
#[derive(Debug)]
pub(crate) struct RunOutcome {
    pub(crate) reason: StopReason,
    pub(crate) summary: RunSummary,
    /// Why there was no connection to cStar at the end; `None` if there was one.
    pub(crate) disconnected: Option<String>,
    /// How many differences from the documented payloads were reported, and the first one.
    pub(crate) schema: Option<(u64, String)>,
}

impl RunOutcome {
    /// Whether the run ended because of its time, its user or what it received, and nothing is wrong with it.
    pub(crate) fn is_decided(&self) -> bool {
        use StopReason::{CountReached, Finished, Interrupted, OutputClosed, TimeUp};
        let is_regular =
            matches!(self.reason, Interrupted | CountReached | TimeUp | Finished(_) | OutputClosed);
        is_regular && self.summary.balanced
    }
}

/// Why a run ended.
#[derive(Debug)]
pub(crate) enum StopReason {
    /// An interrupt, or the key to quit.
    Interrupted,
    /// A second interrupt.
    Aborted,
    /// All events of `--count` were handled.
    CountReached,
    /// `--for` is over.
    TimeUp,
    /// What observes the run has decided that it can end, for this reason.
    Finished(&'static str),
    /// cStar refused the stream permanently.
    Refused(StreamRefusal),
    /// cStar ended the stream with a permanent error.
    StreamError(StreamError),
    /// The subscription ended without a reason, which is a bug in cstar.
    StreamGone,
    /// The reader of the activities is gone.
    OutputClosed,
    /// There is no secret to sign with.
    NoSecret(String),
}

impl StopReason {
    /// The name in the last activity.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Interrupted => "interrupted",
            Self::Aborted => "aborted",
            Self::CountReached => "count reached",
            Self::TimeUp => "time up",
            Self::Finished(reason) => reason,
            Self::Refused(_) | Self::StreamError(_) => "refused",
            Self::StreamGone => "stream gone",
            Self::OutputClosed => "output closed",
            Self::NoSecret(_) => "no signing secret",
        }
    }
}
