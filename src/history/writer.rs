//! The thread that owns the writing connection: batches, questions, housekeeping, and turning off.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, oneshot, watch};

use super::error::HistoryError;
use super::journal::{Shared, Status};
use super::record::Record;
use super::store::Store;

/// Records in one transaction, at most.
pub(crate) const MAX_BATCH: usize = 512;
/// How long a batch waits for more.
pub(crate) const WINDOW: Duration = Duration::from_millis(5);
/// Events and KiB written before the bounds are looked at again.
const CHECK_EVERY: (usize, usize) = (64, 1024);
/// The same while there is no quiet moment.
const CHECK_IN_A_BURST: (usize, usize) = (512, 4096);
/// Events removed in one step.
const STEP: usize = 128;
/// Steps at the end of the journal, so that it ends soon.
const LAST_STEPS: usize = 100;

/// Something to be done on the writer thread.
pub(super) type Question = Box<dyn FnOnce(&mut Store) + Send>;

/// What the thread is sent.
pub(super) enum Message {
    /// A record and the room it takes.
    Record(Record, u32),
    Ask(Question),
    Close(oneshot::Sender<()>),
}

pub(super) struct Writer {
    rx: Receiver<Message>,
    store: Store,
    room: Arc<Semaphore>,
    shared: Arc<Shared>,
    status: watch::Sender<Status>,
    batch: Vec<Record>,
    /// Room to be given back when the batch is written.
    taken: usize,
    /// Events and KiB written since the bounds were looked at.
    unchecked: (usize, usize),
    /// Whether the bounds are to be looked at in the next quiet moment.
    untidy: bool,
}

impl Writer {
    pub(super) fn new(
        rx: Receiver<Message>,
        store: Store,
        room: Arc<Semaphore>,
        shared: Arc<Shared>,
        status: watch::Sender<Status>,
    ) -> Self {
        let batch = Vec::with_capacity(MAX_BATCH);
        Self { rx, store, room, shared, status, batch, taken: 0, unchecked: (0, 0), untidy: true }
    }

    pub(super) fn run(mut self) {
        while let Some(message) = self.next() {
            let other = match message {
                Message::Record(record, weight) => {
                    self.add(record, weight);
                    self.gather()
                }
                other => Some(other),
            };
            self.write();
            match other {
                Some(Message::Ask(question)) => question(&mut self.store),
                Some(Message::Close(done)) => {
                    self.finish();
                    let _ = done.send(());
                    return;
                }
                _ => {}
            }
        }
    }

    /// The next message; quiet moments are used for housekeeping. `None` when every sender is gone.
    fn next(&mut self) -> Option<Message> {
        if self.has_written(CHECK_IN_A_BURST) {
            self.tidy(CHECK_IN_A_BURST.0 + STEP);
        }
        while self.untidy || self.has_written(CHECK_EVERY) {
            match self.rx.try_recv() {
                Ok(message) => return Some(message),
                Err(TryRecvError::Empty) => self.tidy(STEP),
                Err(TryRecvError::Disconnected) => return None,
            }
        }
        self.rx.recv().ok()
    }

    fn has_written(&self, (events, kib): (usize, usize)) -> bool {
        self.unchecked.0 >= events || self.unchecked.1 >= kib
    }

    fn add(&mut self, record: Record, weight: u32) {
        self.taken += weight as usize;
        self.batch.push(record);
    }

    /// Fills the batch with what is there and, unless it is full, with what comes within the window. The
    /// window is slept through, so that a sender does not pay for waking this thread; only a question ends
    /// it early. Gives the message that is not a record, if one came.
    fn gather(&mut self) -> Option<Message> {
        let until = Instant::now() + WINDOW;
        loop {
            while self.batch.len() < MAX_BATCH {
                match self.rx.try_recv() {
                    Ok(Message::Record(record, weight)) => self.add(record, weight),
                    Ok(other) => return Some(other),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return None,
                }
            }
            let left = until.saturating_duration_since(Instant::now());
            if self.batch.len() >= MAX_BATCH || left.is_zero() {
                return None;
            }
            std::thread::park_timeout(left);
        }
    }

    /// Writes the batch as one transaction, or drops it when the journal is off.
    fn write(&mut self) {
        if !self.batch.is_empty() && !self.shared.off.load(Ordering::Relaxed) {
            match self.store.commit(self.batch.drain(..)) {
                Ok(committed) => {
                    self.unchecked.0 += committed.events;
                    self.unchecked.1 += self.taken;
                    if let Some(seq) = committed.seq {
                        self.shared.committed.store(seq, Ordering::Release);
                    }
                }
                Err(error) => self.turn_off(&error),
            }
        }
        self.batch.clear();
        self.room.add_permits(std::mem::take(&mut self.taken));
    }

    /// From here on everything is dropped; questions are still answered.
    fn turn_off(&mut self, error: &HistoryError) {
        self.shared.off.store(true, Ordering::Relaxed);
        self.store.turned_off = Some(error.to_string());
        self.status.send_modify(|status| status.off = Some(error.to_string()));
    }

    /// One step of removing what is over the bounds.
    fn tidy(&mut self, events: usize) {
        self.unchecked = (0, 0);
        self.untidy = false;
        if self.shared.off.load(Ordering::Relaxed) {
            return;
        }
        match self.store.prune(events) {
            Ok(pruned) => {
                self.untidy = pruned.more;
                if pruned.unsettled > 0 {
                    self.status.send_modify(|status| status.unsettled_pruned += pruned.unsettled);
                }
            }
            Err(error) => self.turn_off(&error),
        }
    }

    fn finish(mut self) {
        self.untidy |= self.unchecked.0 > 0;
        for _ in 0..LAST_STEPS {
            if self.untidy {
                self.tidy(STEP);
            }
        }
        // There is nobody left to tell.
        let _ = self.store.end_run();
        self.shared.off.store(true, Ordering::Relaxed);
    }
}
