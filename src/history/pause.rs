//! What the writer keeps while the file cannot be written, and what it drops beyond the bound.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::record::{Record, SettledDelivery};
use super::status::LostRecords;

/// The weight of the records kept in memory (about KiB). One more record may exceed it, because a single event
/// may be as large.
pub(super) const MAX_KEPT: usize = 16 * 1024;
/// The time between two attempts to write: the first one, and the longest.
const WAIT: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// A period in which the file cannot be written.
#[derive(Debug)]
pub(super) struct Pause {
    wait: Duration,
    pub(super) retry_at: Instant,
    /// Weight of the kept records.
    kept: usize,
    /// Events that were dropped, so that nothing about them can be recorded.
    dropped: HashSet<u64>,
}

impl Pause {
    /// A pause that begins with a batch of weight `kept`.
    pub(super) fn new(kept: usize) -> Self {
        Self { wait: WAIT.0, retry_at: Instant::now() + WAIT.0, kept, dropped: HashSet::new() }
    }

    /// Waits longer, after another attempt that failed.
    pub(super) fn extend(&mut self) {
        self.wait = (self.wait * 2).min(WAIT.1);
        self.retry_at = Instant::now() + self.wait;
    }

    /// The part of `record` to keep. Beyond the bound this is only the end of a delivery, because without it the
    /// delivery would be made again.
    pub(super) fn keep(&mut self, record: Record, weight: usize, lost: &mut LostRecords) -> Option<Record> {
        if self.kept < MAX_KEPT {
            self.kept += weight;
            return Some(record);
        }
        match record {
            Record::Received(record) => {
                self.dropped.insert(record.seq);
                lost.events += 1;
                None
            }
            Record::Skipped(_) => {
                lost.events += 1;
                None
            }
            Record::Attempt(attempt) => {
                lost.attempts += 1;
                let (seq, target) = (attempt.seq, attempt.target);
                let end = attempt.settles.filter(|_| !self.dropped.contains(&seq));
                end.map(|(state, at)| Record::Settled(SettledDelivery { seq, target, state, at }))
            }
            Record::Settled(settled) => {
                (!self.dropped.contains(&settled.seq)).then_some(Record::Settled(settled))
            }
            Record::BeganAt(cursor) => Some(Record::BeganAt(cursor)),
            Record::Gap(_) | Record::Disconnected(_) => None,
        }
    }
}

/// The bodies of the events in the batch, and the numbers of the other events.
pub(super) fn bodies(batch: &[Record], seqs: &[u64]) -> (Vec<(u64, Bytes)>, Vec<u64>) {
    let (mut found, mut others) = (Vec::new(), Vec::new());
    for seq in seqs {
        let kept = batch.iter().find_map(|record| match record {
            Record::Received(record) if record.seq == *seq => Some(record.event.body.clone()),
            _ => None,
        });
        match kept {
            Some(body) => found.push((*seq, body)),
            None => others.push(*seq),
        }
    }
    (found, others)
}
