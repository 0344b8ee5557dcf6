//! The request log of one environment: a bounded ring with the newest line last.
//!
//! Whoever follows it is a [`Follower`] with a position, as a listener is in the event log: one that is
//! slow costs no memory, and is told when the ring has moved past it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::filter::Filter;
use super::line::Line;
use crate::host::random;
use crate::sandbox::listen::feed::{Found, Source};
use crate::sandbox::locked;

/// How many lines an environment keeps.
pub(crate) const CAPACITY: usize = 10_000;
/// How many bytes they may take; it is long paths and bodies that come near it.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// The log.
#[derive(Debug)]
pub(crate) struct RequestLog {
    ring: Mutex<Ring>,
    /// The position after the newest line; wakes the followers.
    head: watch::Sender<u64>,
}

#[derive(Debug)]
struct Ring {
    lines: VecDeque<Arc<Line>>,
    /// The position of the oldest line; positions only ever grow.
    first: u64,
    /// The id of the line before the oldest. Until one was dropped, a name for the beginning.
    before_first: Arc<str>,
    bytes: usize,
    capacity: usize,
    /// The position up to which the lines are in the store.
    saved: u64,
}

/// Some lines, the newest first.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) lines: Vec<Arc<Line>>,
    /// How many there are in all.
    pub(super) total: usize,
    /// Whether there are older ones.
    pub(super) has_more: bool,
}

impl RequestLog {
    /// An empty log that keeps the newest `capacity` lines, at least one.
    pub(super) fn new(capacity: usize) -> Self {
        let ring = Ring {
            lines: VecDeque::new(),
            first: 0,
            // random, so that an id of an earlier run is not taken for the beginning of this one
            before_first: format!("start_{}", random::alphanumeric::<12>()).into(),
            bytes: 0,
            capacity: capacity.max(1),
            saved: 0,
        };
        Self { ring: Mutex::new(ring), head: watch::Sender::new(0) }
    }

    /// A log that begins with the lines that the store has kept.
    pub(super) fn of(lines: impl Iterator<Item = Line>, capacity: usize) -> Self {
        let log = Self::new(capacity);
        lines.for_each(|line| log.append(Arc::new(line)));
        {
            let mut ring = locked(&log.ring);
            ring.saved = ring.end();
        }
        log
    }

    /// Hands the lines to `write` that it has not taken yet; it says whether it has.
    pub(super) fn save(&self, write: impl FnOnce(&[Arc<Line>]) -> bool) {
        let (lines, end) = {
            let ring = locked(&self.ring);
            let saved = usize::try_from(ring.saved.saturating_sub(ring.first)).unwrap_or(usize::MAX);
            (ring.lines.iter().skip(saved).map(Arc::clone).collect::<Vec<_>>(), ring.end())
        };
        if !lines.is_empty() && write(&lines) {
            locked(&self.ring).saved = end;
        }
    }

    /// Turns with every line.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    /// Adds a line and wakes everyone.
    pub(super) fn append(&self, line: Arc<Line>) {
        let mut ring = locked(&self.ring);
        ring.push(line);
        // under the lock, so that the head never goes back
        self.head.send_replace(ring.end());
    }

    /// At most `limit` lines that pass, older than the line `after`; `None` if there is no such line.
    pub(super) fn list(&self, filter: &Filter, after: Option<&str>, limit: usize) -> Option<Page> {
        let ring = locked(&self.ring);
        let end = match after {
            Some(id) => ring.index_of(id)?,
            None => ring.lines.len(),
        };
        let mut page = Page { lines: Vec::new(), total: 0, has_more: false };
        for (index, line) in ring.lines.iter().enumerate().rev().filter(|(_, line)| filter.admits(line)) {
            page.total += 1;
            if index < end && page.lines.len() < limit {
                page.lines.push(Arc::clone(line));
            } else if index < end {
                page.has_more = true;
            }
        }
        Some(page)
    }

    /// Follows the log: after the line `last_id`, or from the last `replay` lines that pass.
    pub(super) fn follow(self: &Arc<Self>, last_id: Option<&str>, replay: usize, filter: Filter) -> Follower {
        let ring = locked(&self.ring);
        let (index, resumed) = match last_id {
            Some(id) if *id == *ring.before_first => (0, true),
            Some(id) => ring.index_of(id).map_or((0, false), |index| (index + 1, true)),
            None => (ring.replay_from(replay, &filter), false),
        };
        let id = ring.id_before(index);
        let position = ring.first + index as u64;
        drop(ring);
        Follower { log: Arc::clone(self), filter, id, resumed, position, head: self.head.subscribe() }
    }
}

impl Ring {
    fn end(&self) -> u64 {
        self.first + self.lines.len() as u64
    }

    fn push(&mut self, line: Arc<Line>) {
        self.bytes += line.size();
        self.lines.push_back(line);
        while self.lines.len() > 1 && (self.lines.len() > self.capacity || self.bytes > MAX_BYTES) {
            if let Some(gone) = self.lines.pop_front() {
                self.first += 1;
                self.bytes -= gone.size();
                self.before_first = Arc::clone(&gone.id);
            }
        }
    }

    fn index_of(&self, id: &str) -> Option<usize> {
        self.lines.iter().rposition(|line| *line.id == *id)
    }

    /// Where the last `count` lines that pass begin.
    fn replay_from(&self, count: usize, filter: &Filter) -> usize {
        let passing = self.lines.iter().enumerate().rev().filter(|(_, line)| filter.admits(line));
        passing.take(count).last().map_or(self.lines.len(), |(index, _)| index)
    }

    fn id_before(&self, index: usize) -> Arc<str> {
        let before = index.checked_sub(1).and_then(|before| self.lines.get(before));
        Arc::clone(before.map_or(&self.before_first, |line| &line.id))
    }
}

/// One follower's place in the log.
#[derive(Debug)]
pub(super) struct Follower {
    log: Arc<RequestLog>,
    filter: Filter,
    /// The id that stands for the place it began at: resuming after it loses and repeats nothing.
    pub(super) id: Arc<str>,
    /// Whether this is the place it asked for.
    pub(super) resumed: bool,
    position: u64,
    head: watch::Receiver<u64>,
}

impl Source for Follower {
    type Item = Arc<Line>;

    fn step(&mut self) -> Found<Arc<Line>> {
        // marked as seen before looking, so that a line appended meanwhile still wakes us
        self.head.borrow_and_update();
        let ring = locked(&self.log.ring);
        let Some(index) = self.position.checked_sub(ring.first).and_then(|at| usize::try_from(at).ok())
        else {
            return Found::Overtaken;
        };
        for line in ring.lines.iter().skip(index) {
            self.position += 1;
            if self.filter.admits(line) {
                return Found::Item(Arc::clone(line));
            }
        }
        Found::Nothing
    }

    async fn changed(&mut self) {
        // an error would mean that the log is gone, and the follower holds it
        let _ = self.head.changed().await;
    }
}

#[cfg(test)]
mod tests;
