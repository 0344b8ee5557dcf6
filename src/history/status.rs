//! The state of a journal that its owner can watch, and the records that were lost.

use std::sync::atomic::{AtomicBool, AtomicU64};

use super::commit_progress::CommitProgress;
use super::model::Leftover;
use super::record::Record;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct JournalStatus {
    /// Why nothing is recorded any more. A journal that is off stays off.
    pub(crate) off: Option<String>,
    /// Why nothing can be written for now. Records are kept in memory until it can.
    pub(crate) paused: Option<String>,
    pub(crate) lost: LostRecords,
    /// Unsettled events of earlier runs that were removed to keep the bounds.
    pub(crate) unsettled_pruned: u64,
    /// The leftover of earlier runs, if the file could not be read before the run began.
    pub(crate) leftover: Option<Leftover>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LostRecords {
    pub(crate) events: u64,
    /// Details of attempts. How their deliveries ended is still recorded.
    pub(crate) attempts: u64,
}

/// What the journal and the writer thread share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) off: AtomicBool,
    pub(super) paused: AtomicBool,
    pub(super) committed: AtomicU64,
    pub(super) progress: CommitProgress,
}

impl LostRecords {
    pub(crate) const fn has_any(self) -> bool {
        self.events > 0 || self.attempts > 0
    }

    /// Counts the records of a batch that is dropped.
    pub(super) fn add(&mut self, batch: &[Record]) {
        for record in batch {
            match record {
                Record::Received(_) | Record::Skipped(_) => self.events += 1,
                Record::Attempt(_) => self.attempts += 1,
                _ => {}
            }
        }
    }
}
