//! The request log of one environment: a bounded ring, newest entry last, and the columns of all stored entries.
//!
//! A client that follows it is a [`follower::Follower`] with a position, like a listener in the event log: a slow
//! one costs no memory, and gets an error when the ring has moved past it.

pub(crate) mod follower;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::columns::Columns;
use super::entry::LogEntry;
use super::filter::Filter;
use crate::host::random;
use crate::sandbox::lock::locked;
use crate::sandbox::store::requests::RequestSummary;

/// How many entries each environment has in memory. Older ones are in the store only.
pub(crate) const CAPACITY: usize = 10_000;
/// The most bytes of entries in memory; only long paths and bodies reach it.
const MAX_BYTES: usize = 32 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct RequestLog {
    ring: Mutex<Ring>,
    /// The position after the newest entry; wakes the followers.
    head: watch::Sender<u64>,
}

#[derive(Debug)]
struct Ring {
    entries: VecDeque<Arc<LogEntry>>,
    /// The position of the oldest entry. Positions only grow.
    first: u64,
    /// The id of the entry before the oldest one, or an id that stands for the beginning.
    before_first: Arc<str>,
    bytes: usize,
    capacity: usize,
    /// Entries before this position are in the store.
    saved: u64,
    /// The columns of all entries, also of those in the store only.
    columns: Columns,
    /// How many entries the store keeps; `None` if the state is in memory.
    kept: Option<usize>,
    /// Whether older entries of the store are missing in the columns.
    incomplete: bool,
}

/// Access to the entries in the store.
pub(crate) trait Archive {
    /// The columns of some entries before this position, newest first; empty if there are none.
    fn before(&self, position: u64) -> Vec<RequestSummary>;
    /// The position of the entry with this id.
    fn position(&self, id: &str) -> Option<u64>;
    /// The entries at these positions that still exist.
    fn entries(&self, positions: &[u64]) -> Vec<LogEntry>;
}

/// Some entries, newest first.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) entries: Vec<Arc<LogEntry>>,
    /// How many match.
    pub(crate) total: usize,
    /// Whether older ones match.
    pub(crate) has_more: bool,
}

impl RequestLog {
    /// An empty log that keeps the newest `capacity` entries, at least one.
    pub(crate) fn new(capacity: usize) -> Self {
        let ring = Ring {
            entries: VecDeque::new(),
            first: 0,
            // random, so that the beginning of an earlier run is not mistaken for this one
            before_first: format!("start_{}", random::alphanumeric::<12>()).into(),
            bytes: 0,
            capacity: capacity.max(1),
            saved: 0,
            columns: Columns::default(),
            kept: None,
            incomplete: false,
        };
        Self { ring: Mutex::new(ring), head: watch::Sender::new(0) }
    }

    /// A log that starts with the newest entries of the store, the first of them at position `first`; the
    /// store keeps `kept` of them.
    pub(crate) fn restored(entries: impl Iterator<Item = LogEntry>, first: u64, kept: usize) -> Self {
        let log = Self::new(kept.min(CAPACITY));
        {
            let mut ring = locked(&log.ring);
            (ring.first, ring.columns) = (first, Columns::starting_at(first));
            (ring.kept, ring.incomplete) = (Some(kept.max(1)), first > 0);
        }
        entries.for_each(|entry| log.append(Arc::new(entry)));
        {
            let mut ring = locked(&log.ring);
            ring.saved = ring.end();
        }
        log
    }

    /// Calls `write` with the entries that are not stored yet and the position of the first; it returns whether it
    /// has stored them.
    pub(crate) fn save(&self, write: impl FnOnce(&[Arc<LogEntry>], u64) -> bool) {
        let (entries, first, end) = {
            let ring = locked(&self.ring);
            let first = ring.saved.max(ring.first);
            let saved = usize::try_from(first - ring.first).unwrap_or(usize::MAX);
            (ring.entries.iter().skip(saved).map(Arc::clone).collect::<Vec<_>>(), first, ring.end())
        };
        if !entries.is_empty() && write(&entries, first) {
            locked(&self.ring).saved = end;
        }
    }

    /// Changes with every entry.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    /// Adds an entry and wakes all followers.
    pub(crate) fn append(&self, entry: Arc<LogEntry>) {
        let mut ring = locked(&self.ring);
        ring.push(entry);
        // under the lock, so that the head never goes back
        self.head.send_replace(ring.end());
    }

    /// At most `limit` matching entries that are older than the entry `after`; `None` if there is no such entry.
    pub(crate) fn list(
        &self,
        archive: &impl Archive,
        filter: &Filter,
        after: Option<&str>,
        limit: usize,
    ) -> Option<Page> {
        while self.load_older(archive) {}
        let end = match after {
            Some(id) => {
                let in_memory = locked(&self.ring).position_of(id);
                in_memory.or_else(|| archive.position(id))?
            }
            None => u64::MAX,
        };
        let mut ring = locked(&self.ring);
        let hits = ring.columns.find(filter, end, limit);
        let (near, far): (Vec<u64>, Vec<u64>) =
            hits.positions.iter().partition(|position| **position >= ring.first);
        let entries = near.iter().filter_map(|position| ring.at(*position).map(Arc::clone));
        let mut page = Page { entries: entries.collect(), total: hits.total, has_more: hits.has_more };
        drop(ring);
        if !far.is_empty() {
            page.entries.extend(archive.entries(&far).into_iter().map(Arc::new));
        }
        Some(page)
    }

    /// Loads the next older entries of the store; returns whether there may be more.
    pub(crate) fn load_older(&self, archive: &impl Archive) -> bool {
        let before = {
            let ring = locked(&self.ring);
            if !ring.incomplete {
                return false;
            }
            ring.columns.first()
        };
        let older = archive.before(before);
        let mut ring = locked(&self.ring);
        // another caller may have been faster
        if ring.columns.first() == before {
            ring.incomplete = !older.is_empty();
            ring.columns.extend_back(older);
            ring.drop_old();
        }
        ring.incomplete
    }
}

impl Ring {
    fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    fn push(&mut self, entry: Arc<LogEntry>) {
        self.bytes += entry.size();
        self.columns.push(&entry);
        self.entries.push_back(entry);
        while self.entries.len() > 1 && (self.entries.len() > self.capacity || self.bytes > MAX_BYTES) {
            if let Some(gone) = self.entries.pop_front() {
                self.first += 1;
                self.bytes -= gone.size();
                self.before_first = Arc::clone(&gone.id);
            }
        }
        self.drop_old();
    }

    fn drop_old(&mut self) {
        let kept = self.kept.unwrap_or(self.entries.len());
        while self.columns.len() > kept {
            self.columns.pop();
            // older entries are about to be dropped from the store
            self.incomplete = false;
        }
    }

    fn at(&self, position: u64) -> Option<&Arc<LogEntry>> {
        self.entries.get(usize::try_from(position.checked_sub(self.first)?).ok()?)
    }

    fn position_of(&self, id: &str) -> Option<u64> {
        self.index_of(id).map(|index| self.first + index as u64)
    }

    fn index_of(&self, id: &str) -> Option<usize> {
        self.entries.iter().rposition(|entry| *entry.id == *id)
    }

    /// The index of the first of the last `count` matching entries.
    fn replay_from(&self, count: usize, filter: &Filter) -> usize {
        let passing = self.entries.iter().enumerate().rev().filter(|(_, entry)| filter.admits(entry));
        passing.take(count).last().map_or(self.entries.len(), |(index, _)| index)
    }

    fn id_before(&self, index: usize) -> Arc<str> {
        let before = index.checked_sub(1).and_then(|before| self.entries.get(before));
        Arc::clone(before.map_or(&self.before_first, |entry| &entry.id))
    }
}

#[cfg(test)]
mod tests;
