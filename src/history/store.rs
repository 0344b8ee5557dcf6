//! The writing connection, with the current run and its open deliveries.

use std::path::PathBuf;
use std::time::Instant;

use rusqlite::Connection;

use super::error::HistoryError;
use super::event_count::EventCount;
use super::lease::Lease;
use super::model::{Leftover, NewRun, RunId};
use super::open_events::OpenEvents;
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
    /// The bytes of the batches that this run has stored since its records were rows. `open` is empty meanwhile: what is
    /// open is in the file, because another process may expand the batches. `None` while its records are rows.
    pub(super) batched: Option<usize>,
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
            batched: None,
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
}
