//! The writing connection, and what it knows of the run and of the deliveries under way.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use rusqlite::{Connection, TransactionBehavior};

use super::batch::Batch;
use super::deferred_open::NewRun;
use super::error::HistoryError;
use super::journal::HistorySettings;
use super::lease::Lease;
use super::open_events::OpenEvents;
use super::record::{Record, SettledAs};
use super::runs::{Leftover, RunId};

/// Targets of one event, and so places for its deliveries.
pub(super) const MAX_TARGETS: usize = 1 << 8;
/// Places for the attempts of one event. More are not kept.
pub(super) const MAX_ATTEMPTS: i64 = 1 << 10;

/// The writing connection and what is known of the deliveries under way.
pub(super) struct Store {
    pub(super) conn: Connection,
    pub(super) settings: HistorySettings,
    pub(super) current: Option<(RunId, Lease)>,
    /// When the current run began, by a clock that cannot be set.
    pub(super) began: Instant,
    /// The newest time that the runs before it had recorded then, in milliseconds. It is looked up once: while
    /// the run fills the file, that takes longer with each event.
    pub(super) newest_before: Option<i64>,
    /// The events of this run that are not settled, by sequence number.
    pub(super) open: OpenEvents,
    pub(super) next_seq: u64,
    /// The run to begin once the file can be used.
    pub(super) deferred_run: Option<NewRun>,
    /// What earlier runs had left when such a run began, until it is reported.
    pub(super) leftover: Option<Leftover>,
    /// Why nothing is written any more.
    pub(super) turned_off: Option<String>,
    /// Transactions with records in them.
    #[cfg(test)]
    pub(super) batches: u64,
}

/// An event with deliveries under way.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) event: i64,
    /// Places taken by attempts.
    pub(super) attempts: i64,
    pub(super) deliveries: Vec<OpenDelivery>,
    /// Whether it had ended and is delivered again. A delivery to a new target then gets its row when it
    /// ends: it was never promised to anyone, so it does not wait.
    pub(super) reopened: bool,
}

/// A delivery under way; its place among its event's is its key.
#[derive(Clone, Debug)]
pub(super) struct OpenDelivery {
    pub(super) target: Arc<str>,
    pub(super) settled: Option<(SettledAs, i64)>,
    /// Whether there is a row. It is made at the end of the batch, so that one that settles at once is
    /// written once.
    pub(super) stored: bool,
    /// Whether an attempt stands in a row of its own.
    pub(super) tried: bool,
    /// The place in the batch of the attempt that delivered it at once, until the row is made.
    pub(super) first_try: Option<usize>,
    /// Where a refused connection was noted, and since when it is refused, while that is the last thing.
    pub(super) refused: Option<(i64, i64)>,
}

impl OpenDelivery {
    pub(super) fn new(target: Arc<str>, stored: bool) -> Self {
        Self { target, settled: None, stored, tried: stored, first_try: None, refused: None }
    }
}

/// What a batch was.
#[derive(Debug, Default)]
pub(super) struct Committed {
    /// Rows of events.
    pub(super) events: usize,
    pub(super) seq: Option<u64>,
}

impl Store {
    pub(super) fn new(conn: Connection, settings: HistorySettings) -> Self {
        Self {
            conn,
            settings,
            current: None,
            began: Instant::now(),
            newest_before: None,
            open: OpenEvents::default(),
            next_seq: 1,
            deferred_run: None,
            leftover: None,
            turned_off: None,
            #[cfg(test)]
            batches: 0,
        }
    }

    pub(super) fn path(&self) -> &PathBuf {
        &self.settings.path
    }

    pub(super) fn error(&self, error: &rusqlite::Error) -> HistoryError {
        HistoryError::from_sql(self.path(), error)
    }

    /// The current run.
    pub(super) fn run(&self) -> Result<RunId, HistoryError> {
        match (&self.turned_off, &self.current) {
            (Some(reason), _) => Err(HistoryError::Off(reason.clone())),
            (None, Some((run, _))) => Ok(*run),
            (None, None) if self.deferred_run.is_some() => {
                Err(HistoryError::Off("its file cannot be used yet".to_owned()))
            }
            (None, None) => Err(HistoryError::Off("no run has begun".to_owned())),
        }
    }

    /// Writes `records` as one transaction. When it fails, nothing has changed.
    pub(super) fn commit(&mut self, records: &[Record]) -> Result<Committed, HistoryError> {
        self.begin_deferred_run()?;
        let run = self.run()?;
        self.open.begin();
        match self.try_commit(run, records) {
            Ok(committed) => {
                self.open.commit();
                self.next_seq = self.next_seq.max(committed.seq.map_or(0, |seq| seq + 1));
                Ok(committed)
            }
            Err(error) => {
                self.open.roll_back();
                Err(self.error(&error))
            }
        }
    }

    fn try_commit(&mut self, run: RunId, records: &[Record]) -> rusqlite::Result<Committed> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut batch = Batch::new(&tx, run, &mut self.open, records)?;
        for place in 0..records.len() {
            batch.write(place)?;
        }
        let committed = batch.finish()?;
        tx.commit()?;
        #[cfg(test)]
        {
            self.batches += 1;
        }
        Ok(committed)
    }
}

impl Open {
    /// The delivery to `target`. It may be a new one: a replay can go elsewhere.
    pub(super) fn delivery(&mut self, target: &Arc<str>) -> Option<&mut OpenDelivery> {
        self.place(target).map(|(_, delivery)| delivery)
    }

    /// The same, with its place among the deliveries of the event.
    pub(super) fn place(&mut self, target: &Arc<str>) -> Option<(usize, &mut OpenDelivery)> {
        let known = self.deliveries.iter().position(|delivery| delivery.target == *target);
        let index = known.unwrap_or(self.deliveries.len());
        if known.is_none() && index < MAX_TARGETS {
            self.deliveries.push(OpenDelivery::new(Arc::clone(target), false));
        }
        self.deliveries.get_mut(index).map(|delivery| (index, delivery))
    }

    pub(super) fn is_done(&self) -> bool {
        self.deliveries.iter().all(|delivery| delivery.settled.is_some() && delivery.stored)
    }
}

/// The key of the delivery at place `index` of `event`.
pub(super) fn delivery_key(event: i64, index: usize) -> i64 {
    event * MAX_TARGETS as i64 + i64::try_from(index).unwrap_or_default()
}
