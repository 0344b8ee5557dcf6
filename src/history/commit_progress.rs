//! How far the writer has come: lets a thread wait until what was recorded is in the file.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Counts records: those handed over, and those that are committed.
#[derive(Debug, Default)]
pub(super) struct CommitProgress {
    handed_over: AtomicU64,
    committed: Mutex<Committed>,
    changed: Condvar,
    /// The number of records that a thread waits for.
    wanted: AtomicU64,
    /// The number of those that it wants at once.
    urgent: AtomicU64,
    /// Whether the writer sleeps while its batch fills.
    is_gathering: AtomicBool,
}

#[derive(Debug, Default)]
struct Committed {
    records: u64,
    /// Whether the file cannot be written, so that waiting is useless.
    is_stopped: bool,
}

impl CommitProgress {
    /// Counts records, before the writer can have them.
    pub(super) fn hand_over(&self, records: usize) {
        self.handed_over.fetch_add(records as u64, Ordering::Release);
    }

    /// Waits until all records handed over so far are committed or cannot be, but not longer than `patience`. Calls
    /// `wake` if the writer has to know. Returns whether there was anything to wait for.
    pub(super) fn wait(&self, patience: Duration, is_urgent: bool, wake: impl FnOnce()) -> bool {
        let (wanted, until) = (self.handed_over.load(Ordering::Acquire), Instant::now() + patience);
        let mut committed = self.committed.lock().unwrap_or_else(PoisonError::into_inner);
        if committed.is_stopped || committed.records >= wanted {
            return false;
        }
        if is_urgent {
            self.urgent.fetch_max(wanted, Ordering::SeqCst);
        }
        self.wanted.fetch_max(wanted, Ordering::SeqCst);
        if self.is_gathering.load(Ordering::SeqCst) {
            wake();
        }
        while !committed.is_stopped && committed.records < wanted {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let woken = self.changed.wait_timeout(committed, left);
            committed = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// The writer has committed, or dropped, this many records in total.
    pub(super) fn commit(&self, records: u64) {
        self.update(|committed| *committed = Committed { records, is_stopped: false });
    }

    /// The file cannot be written until the next commit, if there is one.
    pub(super) fn stop(&self) {
        self.update(|committed| committed.is_stopped = true);
    }

    fn update(&self, change: impl FnOnce(&mut Committed)) {
        change(&mut self.committed.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    /// Whether a thread waits for a record after the first `records`.
    pub(super) fn is_wanted_after(&self, records: u64) -> bool {
        self.wanted.load(Ordering::SeqCst) > records
    }

    /// Whether one of them is wanted at once.
    pub(super) fn is_urgent_after(&self, records: u64) -> bool {
        self.urgent.load(Ordering::SeqCst) > records
    }

    pub(super) fn set_gathering(&self, is_gathering: bool) {
        self.is_gathering.store(is_gathering, Ordering::SeqCst);
    }

    /// Whether the writer has to be woken to see what has arrived. It is woken once.
    pub(super) fn end_gathering(&self) -> bool {
        self.is_gathering.load(Ordering::Relaxed) && self.is_gathering.swap(false, Ordering::SeqCst)
    }
}
