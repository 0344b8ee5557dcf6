//! A gap: events may have been missed between two sessions.

use jiff::Timestamp;

/// A period in which events may have been missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The last known id before the gap.
    pub(crate) after: Option<String>,
    /// When the stream was lost; unknown if that was in an earlier run.
    pub(crate) disconnected_at: Option<Timestamp>,
    /// Why events may be missing.
    pub(crate) reason: GapReason,
}

/// Why events may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GapReason {
    /// The server said that it cannot resume after that id.
    NotResumed,
    /// The server did not say whether it has resumed.
    Unconfirmed,
    /// There was no id to resume after.
    NoCursor,
}
