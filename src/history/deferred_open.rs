//! A run that begins while its file cannot be used, for example because another process locks it. Its records
//! are kept in memory, as in any other pause.

use std::time::Duration;

use rusqlite::Connection;

use super::error::HistoryError;
use super::event_count::EventCount;
use super::journal::Journal;
use super::model::NewRun;
use super::schema;
use super::settings::HistorySettings;
use super::store::Store;

/// How long each attempt to open waits for another process. The next attempt follows soon.
const BUSY_TIMEOUT: Duration = Duration::from_millis(50);

impl Journal {
    /// A journal that is paused because of `failure`. It opens its file and begins `run` as soon as it can.
    pub(crate) fn open_later(
        settings: HistorySettings,
        run: NewRun,
        failure: &HistoryError,
    ) -> Result<Self, HistoryError> {
        // A placeholder until the file is open; nothing is written to it.
        let conn =
            Connection::open_in_memory().map_err(|error| HistoryError::from_sql(&settings.path, &error))?;
        let mut store = Store::new(conn, settings);
        store.deferred_run = Some(run);
        Self::start(store, Some(failure))
    }
}

impl Store {
    /// Opens the file and begins the run, unless that has been done.
    pub(super) fn begin_deferred_run(&mut self) -> Result<(), HistoryError> {
        let Some(run) = self.deferred_run.take() else { return Ok(()) };
        let begun = schema::open_within(self.path(), BUSY_TIMEOUT).and_then(|conn| {
            let limited = self.settings.apply_limit(&conn);
            limited.map_err(|error| HistoryError::from_sql(self.path(), &error))?;
            self.conn = conn;
            self.count = EventCount::default();
            self.leftover = self.leftover(&run.scope)?;
            self.begin_run(&run.scope, &run.targets, run.pid)
        });
        if begun.is_err() {
            self.deferred_run = Some(run);
        }
        begun.map(drop)
    }
}
