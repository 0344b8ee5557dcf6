//! Why a run ends, and what each reason is called in the last activity.

use crate::forward::stats::RunSummary;
use crate::stream::frame::StreamError;
use crate::stream::response::StreamRefusal;

/// The end of a run and what became of everything.
#[derive(Debug)]
pub(crate) struct RunOutcome {
    pub(crate) end: StopReason,
    pub(crate) summary: RunSummary,
    /// Why there was no connection to cStar at the end; `None` if there was one.
    pub(crate) down: Option<String>,
}

/// Why a run ended.
#[derive(Debug)]
pub(crate) enum StopReason {
    /// The user said so.
    Interrupted,
    /// The user said so twice.
    Aborted,
    /// `--count` events have been dealt with.
    CountReached,
    /// `--for` is over.
    TimeUp,
    /// cStar refused the stream for good.
    Refused(StreamRefusal),
    /// cStar ended the stream with an error for good.
    StreamError(StreamError),
    /// The subscription ended without a reason, which is a defect of ours.
    StreamGone,
    /// The activities are no longer read.
    OutputClosed,
    /// There is no secret to sign with.
    NoSecret(String),
}

impl StopReason {
    /// As it stands in the last activity.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Interrupted => "interrupted",
            Self::Aborted => "aborted",
            Self::CountReached => "count reached",
            Self::TimeUp => "time up",
            Self::Refused(_) | Self::StreamError(_) => "refused",
            Self::StreamGone => "stream gone",
            Self::OutputClosed => "output closed",
            Self::NoSecret(_) => "no signing secret",
        }
    }
}
