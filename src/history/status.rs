//! The state of a journal, as its owner can watch it, and what it could not record.

use std::sync::atomic::{AtomicBool, AtomicU64};

use super::model::Leftover;
use super::record::Record;

/// How the journal is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct JournalStatus {
    /// Why nothing is recorded any more. Once off, it stays off.
    pub(crate) off: Option<String>,
    /// Why nothing can be written for now; what comes is kept until it can.
    pub(crate) paused: Option<String>,
    /// What could not be kept meanwhile.
    pub(crate) lost: LostRecords,
    /// Events of earlier runs that were removed to keep the bounds although they were never settled.
    pub(crate) unsettled_pruned: u64,
    /// What earlier runs left, when the file could not be read before the run began.
    pub(crate) leftover: Option<Leftover>,
}

/// What could not be recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LostRecords {
    pub(crate) events: u64,
    /// Details of attempts. How their deliveries ended is known all the same.
    pub(crate) attempts: u64,
}

/// What the handle and the writer thread share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) off: AtomicBool,
    pub(super) paused: AtomicBool,
    pub(super) committed: AtomicU64,
}

impl LostRecords {
    /// Whether anything was.
    pub(crate) const fn has_any(self) -> bool {
        self.events > 0 || self.attempts > 0
    }

    /// Counts what is in a batch that is given up.
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
