//! The writing connection, with the current run and its open deliveries.

use std::path::PathBuf;
use std::time::Instant;

use rusqlite::{Connection, TransactionBehavior};

use super::batch::{Batch, Committed};
use super::error::HistoryError;
use super::event_count::EventCount;
use super::lease::Lease;
use super::model::{Leftover, NewRun, RunId};
use super::open_events::OpenEvents;
use super::record::Record;
use super::settings::HistorySettings;

pub(super) struct Store {
    pub(super) conn: Connection,
    pub(super) settings: HistorySettings,
    pub(super) current: Option<(RunId, Lease)>,
    /// When the current run began, by the monotonic clock.
    pub(super) began: Instant,
    /// The newest time that earlier runs had recorded by then, in milliseconds. It is queried once, because
    /// the query becomes slower with each event of the run.
    pub(super) newest_before: Option<i64>,
    /// The events of this run that are not settled, by sequence number.
    pub(super) open: OpenEvents,
    pub(super) next_seq: u64,
    pub(super) count: EventCount,
    /// The run to begin once the file can be used.
    pub(super) deferred_run: Option<NewRun>,
    /// The leftover of earlier runs when such a run began, until it is reported.
    pub(super) leftover: Option<Leftover>,
    /// Why nothing is written any more.
    pub(super) turned_off: Option<String>,
    /// Transactions with records.
    #[cfg(test)]
    pub(super) batches: u64,
}

impl Store {
    pub(super) fn new(conn: Connection, settings: HistorySettings) -> Self {
        Self {
            conn,
            settings,
            current: None,
            began: Instant::now(),
            newest_before: None,
            count: EventCount::default(),
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

    /// Writes `records` as one transaction. If it fails, nothing has changed.
    pub(super) fn commit(&mut self, records: &[Record]) -> Result<Committed, HistoryError> {
        let run = self.run()?;
        self.open.begin();
        match self.try_commit(run, records) {
            Ok(committed) => {
                self.open.commit();
                self.count.add(committed.events);
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
        for index in 0..records.len() {
            batch.write(index)?;
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
