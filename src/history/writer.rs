//! The thread that owns the writing connection: it writes batches, runs queries, prunes, pauses and turns off.
//!
//! At 100 events/s a transaction costs far more than its records. Waiting 50 instead of 5 ms for a batch, and printing
//! with the commits instead of every millisecond, took the processor time per 1,000 events from 671 to 411 ms: this
//! thread from 192 to 58, the printing one from 91 to 18; 17 to 7 KB written per event, and 6.3 to 2.4 sleeps of a thread.

mod expand;
mod gather;
mod kept;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, watch};

use super::commit_pace::CommitPace;
use super::error::HistoryError;
use super::message::Message;
use super::pause::Pause;
use super::record::Record;
use super::status::{JournalStatus, Shared};
use super::store::Store;

/// The records from which on a transaction is not delayed. It has more if more arrive together.
pub(crate) const MAX_BATCH: usize = 512;
/// Events and KiB written before the bounds are checked again.
const CHECK_EVERY: (usize, usize) = (64, 1024);
/// The same during a burst.
const CHECK_IN_A_BURST: (usize, usize) = (512, 4096);
/// Events removed in one step.
const STEP: usize = 128;
/// The most steps when the journal is closed.
const LAST_STEPS: usize = 100;

/// How long a write waits for another process: normally, and while the file is known to be locked.
const BUSY_TIMEOUT: (Duration, Duration) = (Duration::from_secs(2), Duration::from_millis(50));
/// How long closing waits for a file that cannot be written.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

enum Next {
    Message(Message),
    /// Try again to write the kept records.
    Retry,
    /// Every sender is gone.
    Stop,
}

pub(super) struct Writer {
    rx: Receiver<Message>,
    store: Store,
    capacity: Arc<Semaphore>,
    shared: Arc<Shared>,
    status: watch::Sender<JournalStatus>,
    batch: Vec<Record>,
    /// Capacity to release when the batch is written.
    acquired: usize,
    /// Records received so far, and those of them that are committed or dropped.
    received: u64,
    committed: u64,
    pace: CommitPace,
    /// Events and KiB written since the bounds were checked.
    since_prune: (usize, usize),
    /// Whether the bounds are to be checked in the next quiet moment.
    prune_due: bool,
    /// Set while the file cannot be written. The batch then holds the kept records.
    pause: Option<Pause>,
    /// As set in the connection.
    busy_timeout: Option<Duration>,
}

impl Writer {
    pub(super) fn new(
        rx: Receiver<Message>,
        store: Store,
        capacity: Arc<Semaphore>,
        shared: Arc<Shared>,
        status: watch::Sender<JournalStatus>,
    ) -> Self {
        let (batch, pause, busy_timeout) = (Vec::with_capacity(MAX_BATCH), None, None);
        let (acquired, since_prune, prune_due) = (0, (0, 0), true);
        Self {
            rx,
            store,
            capacity,
            shared,
            status,
            batch,
            acquired,
            received: 0,
            committed: 0,
            pace: CommitPace::new(Instant::now()),
            since_prune,
            prune_due,
            pause,
            busy_timeout,
        }
    }

    pub(super) fn run(mut self) {
        loop {
            let other = match self.next() {
                Next::Message(Message::Records(records, weight)) => {
                    self.add(records, weight);
                    if self.pause.is_some() {
                        continue;
                    }
                    self.gather()
                }
                Next::Message(Message::Bodies(seqs, answer)) if self.pause.is_some() => {
                    let _ = answer.send(self.bodies(&seqs));
                    continue;
                }
                Next::Message(other) => Some(other),
                Next::Retry => None,
                Next::Stop => return self.write(),
            };
            self.write();
            match other {
                Some(Message::Query(query)) => {
                    self.expand_all();
                    query(&mut self.store);
                }
                Some(Message::AfterCommit(query)) => query(&mut self.store),
                Some(Message::Bodies(seqs, answer)) => {
                    self.expand_all();
                    let _ = answer.send(self.bodies(&seqs));
                }
                Some(Message::Close(done)) => {
                    self.close();
                    let _ = done.send(());
                    return;
                }
                _ => {}
            }
        }
    }

    /// Waits for the next message. Prunes in quiet moments.
    fn next(&mut self) -> Next {
        if let Some(pause) = &self.pause {
            let left = pause.retry_at.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Next::Retry;
            }
            return match self.rx.recv_timeout(left) {
                Ok(message) => Next::Message(message),
                Err(RecvTimeoutError::Timeout) => Next::Retry,
                Err(RecvTimeoutError::Disconnected) => Next::Stop,
            };
        }
        self.expand_excess();
        if self.has_written(CHECK_IN_A_BURST) {
            self.prune(CHECK_IN_A_BURST.0 + STEP);
        }
        while self.store.batched.is_some() && !self.shared.off.load(Ordering::Relaxed) {
            if let Some(next) = self.expand_when_quiet() {
                return next;
            }
        }
        while self.prune_due || self.has_written(CHECK_EVERY) {
            match self.rx.try_recv() {
                Ok(message) => return Next::Message(message),
                Err(TryRecvError::Empty) => self.prune(STEP),
                Err(TryRecvError::Disconnected) => return Next::Stop,
            }
        }
        self.rx.recv().map_or(Next::Stop, Next::Message)
    }

    fn has_written(&self, (events, kib): (usize, usize)) -> bool {
        self.since_prune.0 >= events || self.since_prune.1 >= kib
    }

    fn add(&mut self, records: Vec<Record>, weight: u32) {
        let capacity = weight as usize;
        self.received += records.len() as u64;
        if self.pause.is_none() {
            self.acquired += capacity;
            return self.batch.extend(records);
        }
        records.into_iter().for_each(|record| self.keep(record));
        // Kept records have their own bound, so that recording does not wait for the file.
        self.capacity.add_permits(capacity);
    }

    /// Writes the batch as one transaction. Keeps it if that fails temporarily, and drops it once the journal
    /// is off.
    fn write(&mut self) {
        let is_due = !self.batch.is_empty() || self.store.deferred_run.is_some();
        if is_due && !self.shared.off.load(Ordering::Relaxed) {
            self.set_busy_timeout(if self.pause.is_none() { BUSY_TIMEOUT.0 } else { BUSY_TIMEOUT.1 });
            match self.store.begin_deferred_run().and_then(|()| self.store.commit(&self.batch)) {
                Ok(committed) => {
                    // What is in batches is counted when it is expanded.
                    if self.store.batched.is_none() {
                        self.since_prune.0 += committed.events;
                        self.since_prune.1 += self.acquired;
                    }
                    if let Some(seq) = committed.seq {
                        self.shared.committed.store(seq, Ordering::Release);
                    }
                    self.pace.committed(Instant::now());
                }
                Err(error) if error.is_transient() => return self.pause_after(&error),
                Err(error) => self.turn_off(&error),
            }
        }
        self.batch.clear();
        self.committed = self.received;
        self.shared.progress.commit(self.committed);
        self.capacity.add_permits(std::mem::take(&mut self.acquired));
        if self.pause.take().is_some() {
            self.batch.shrink_to(MAX_BATCH);
            self.prune_due = true;
            self.shared.paused.store(false, Ordering::Release);
            let leftover = self.store.leftover.take();
            self.status.send_modify(|status| (status.paused, status.leftover) = (None, leftover));
        }
    }

    fn set_busy_timeout(&mut self, time: Duration) {
        if self.busy_timeout != Some(time) {
            // If this fails, a write waits longer or not at all, but it is retried anyway.
            let _ = self.store.conn.busy_timeout(time);
            self.busy_timeout = Some(time);
        }
    }

    /// From here on records are dropped; queries are still run.
    fn turn_off(&mut self, error: &HistoryError) {
        self.shared.off.store(true, Ordering::Relaxed);
        self.store.turned_off = Some(error.to_string());
        self.status.send_modify(|status| status.off = Some(error.to_string()));
    }

    /// One step of keeping the bounds.
    fn prune(&mut self, events: usize) {
        self.since_prune = (0, 0);
        self.prune_due = false;
        if self.shared.off.load(Ordering::Relaxed) || self.store.deferred_run.is_some() {
            return;
        }
        match self.store.prune(events) {
            Ok(pruned) => {
                self.prune_due = pruned.more;
                if pruned.unsettled > 0 {
                    self.status.send_modify(|status| status.unsettled_pruned += pruned.unsettled);
                }
            }
            // The next step will try again.
            Err(error) if error.is_transient() => {}
            Err(error) => self.turn_off(&error),
        }
    }

    fn close(mut self) {
        let until = Instant::now() + CLOSE_TIMEOUT;
        while self.pause.is_some() && Instant::now() < until {
            std::thread::sleep(BUSY_TIMEOUT.1);
            self.write();
        }
        if self.pause.is_some() {
            self.status.send_modify(|status| status.lost.add(&self.batch));
        }
        // What cannot be expanded now, the next process that opens the file expands.
        self.expand_all();
        self.prune_due |= self.since_prune.0 > 0;
        for _ in 0..LAST_STEPS {
            if self.prune_due {
                self.prune(STEP);
            }
        }
        let _ = self.store.end_run();
        self.shared.off.store(true, Ordering::Relaxed);
        self.shared.progress.stop();
    }
}
