//! What the writer keeps while the file cannot be written, and what of it is lost past the bound.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::record::{Record, SettledDelivery};
use super::status::LostRecords;

/// Units of weight (about KiB) kept in memory while the file cannot be written, and one record more: an event
/// may be as large as all of it.
pub(super) const MAX_KEPT: usize = 16 * 1024;
/// Between two tries to write, at first and at most.
const WAIT: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// A time in which the file cannot be written.
#[derive(Debug)]
pub(super) struct Pause {
    wait: Duration,
    pub(super) retry_at: Instant,
    /// Weight of what is kept.
    kept: usize,
    /// Events that were not kept: nothing that comes of them can be recorded.
    unknown: HashSet<u64>,
}

impl Pause {
    /// Begins with what is in the batch.
    pub(super) fn new(kept: usize) -> Self {
        Self { wait: WAIT.0, retry_at: Instant::now() + WAIT.0, kept, unknown: HashSet::new() }
    }

    /// After another try that failed: waits longer.
    pub(super) fn put_off(&mut self) {
        self.wait = (self.wait * 2).min(WAIT.1);
        self.retry_at = Instant::now() + self.wait;
    }

    /// What is to be kept of `record`: all of it, or past the bound the end of a delivery only, since
    /// without it the delivery would be made again.
    pub(super) fn keep(&mut self, record: Record, weight: usize, lost: &mut LostRecords) -> Option<Record> {
        if self.kept < MAX_KEPT {
            self.kept += weight;
            return Some(record);
        }
        match record {
            Record::Received(record) => {
                self.unknown.insert(record.seq);
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
                let end = attempt.settles.filter(|_| !self.unknown.contains(&seq));
                end.map(|(state, at)| Record::Settled(SettledDelivery { seq, target, state, at }))
            }
            Record::Settled(settled) => {
                (!self.unknown.contains(&settled.seq)).then_some(Record::Settled(settled))
            }
            Record::BeganAt(cursor) => Some(Record::BeganAt(cursor)),
            Record::Gap(_) | Record::Disconnected(_) => None,
        }
    }
}

/// The bodies of events that are in the batch, and the numbers of the others.
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
