//! The state of the sandbox: a SQLite file that belongs to one process, or memory.
//!
//! A change and the events that it causes are in one transaction, which changes of other requests may share (`batch`).
//! Transactions are short and run where they are called: one takes a few milliseconds at most.

pub(crate) mod answers;
pub(crate) mod attempts;
pub(crate) mod audit;
pub(crate) mod batch;
pub(crate) mod change;
pub(crate) mod children;
pub(crate) mod commit;
pub(crate) mod counting;
pub(crate) mod deliveries;
pub(crate) mod delivery_changes;
pub(crate) mod error;
pub(crate) mod event_log;
pub(crate) mod events;
pub(crate) mod file;
pub(crate) mod flat;
pub(crate) mod groups;
pub(crate) mod in_flight;
pub(crate) mod indexing;
pub(crate) mod keys;
pub(crate) mod letters;
pub(crate) mod object;
pub(crate) mod outbox;
pub(crate) mod reactions;
pub(crate) mod requests;
pub(crate) mod select;
pub(crate) mod snapshot;
pub(crate) mod space;
pub(crate) mod tables;
pub(crate) mod totals;
pub(crate) mod uuid;
pub(crate) mod webhooks;
pub(crate) mod words;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, TryLockError};

use rusqlite::Connection;
use tokio::sync::watch;

use crate::host::private_fs;
use crate::sandbox::caller::Environment;
use crate::sandbox::lock::locked;
use crate::sandbox::store::batch::Batch;
use crate::sandbox::store::error::StoreError;
use crate::sandbox::store::event_log::EventLog;
use crate::sandbox::store::keys::KeyRow;
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::totals::Totals;
use crate::sandbox::team::Team;

/// The state of one sandbox, and the event logs that its listeners read.
#[derive(Debug)]
pub(crate) struct Store {
    inner: Mutex<Inner>,
    team: Arc<Team>,
    path: PathBuf,
    test: Arc<EventLog>,
    live: Arc<EventLog>,
    /// How many events each environment keeps.
    history: usize,
    kept_keys: Vec<KeyRow>,
    /// Counts the changes that added deliveries; wakes the dispatcher.
    outbox: watch::Sender<u64>,
    /// Counts the changes after which the texts have to be counted again.
    uncounted: watch::Sender<u64>,
}

#[derive(Debug)]
struct Inner {
    conn: Connection,
    team: Arc<Team>,
    /// Events written since the last pruning.
    unpruned: usize,
    totals: RefCell<Totals>,
    /// A transaction that is not committed yet.
    open: Option<Batch>,
}

impl Store {
    /// Opens the state in `directory`, creating it if necessary. `history` events of each environment are kept.
    pub(crate) fn open(directory: &Path, history: usize) -> Result<Self, StoreError> {
        Self::new(file::open(directory)?, history)
    }

    /// A state that is lost when this is dropped.
    pub(crate) fn in_memory(history: usize) -> Result<Self, StoreError> {
        Self::new(file::in_memory()?, history)
    }

    fn new((conn, path): (Connection, PathBuf), history: usize) -> Result<Self, StoreError> {
        let failed = |error: rusqlite::Error| StoreError::from_sqlite(&path, &error);
        let open = |environment| {
            events::prune(&conn, environment, history)?;
            let past = events::load(&conn, environment, history, event_log::MAX_BYTES)?;
            Ok(Arc::new(EventLog::since(past, history)))
        };
        let (test, live) =
            (open(Environment::Test).map_err(failed)?, open(Environment::Live).map_err(failed)?);
        let kept_keys = keys::rows(&conn).map_err(failed)?;
        let outbox = watch::Sender::new(0);
        let team = Arc::new(Team::main());
        let mut totals = Totals::default();
        counting::load(&conn, &mut totals.letters);
        let inner = Mutex::new(Inner {
            conn,
            team: Arc::clone(&team),
            unpruned: 0,
            totals: RefCell::new(totals),
            open: None,
        });
        Ok(Self {
            inner,
            team,
            path,
            test,
            live,
            history,
            kept_keys,
            outbox,
            uncounted: watch::Sender::new(0),
        })
    }

    /// The same state for another team than the main one.
    pub(crate) fn of_team(mut self, team: Team) -> Self {
        self.team = Arc::new(team);
        locked(&self.inner).team = Arc::clone(&self.team);
        self
    }

    pub(crate) fn team(&self) -> &Team {
        &self.team
    }

    /// Closes the file, so that it can be removed. What still reads or writes fails.
    pub(crate) fn close(&self) -> rusqlite::Result<()> {
        self.settled().conn = Connection::open_in_memory()?;
        Ok(())
    }

    pub(crate) fn exists(directory: &Path) -> bool {
        directory.join(file::NAME).exists()
    }

    /// Removes the state in `directory`, if any, even if it cannot be read.
    pub(crate) fn remove(directory: &Path) -> Result<(), StoreError> {
        let path = directory.join(file::NAME);
        if !Self::exists(directory) {
            // otherwise a reset would succeed where the next start fails
            return match directory.symlink_metadata() {
                Ok(_) if !directory.is_dir() => {
                    Err(StoreError::File { path: directory.to_owned(), error: private_fs::not_a_directory() })
                }
                _ => Ok(()),
            };
        }
        match file::open(directory) {
            // closed before it is removed, as Windows requires
            Ok((conn, _)) => drop(conn),
            Err(StoreError::Newer { .. } | StoreError::Corrupt { .. }) => {}
            Err(error) => return Err(error),
        }
        file::remove(&path)
    }

    pub(crate) fn log(&self, environment: Environment) -> &Arc<EventLog> {
        match environment {
            Environment::Test => &self.test,
            Environment::Live => &self.live,
        }
    }

    /// The API keys that were stored when this was opened, oldest first.
    pub(crate) fn kept_keys(&self) -> &[KeyRow] {
        &self.kept_keys
    }

    /// Reads the API keys again, after an import.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn reload_kept_keys(&mut self) -> rusqlite::Result<()> {
        let keys = keys::rows(&self.settled().conn)?;
        self.kept_keys = keys;
        Ok(())
    }

    /// What an error of SQLite means for this file.
    pub(crate) fn error(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::from_sqlite(&self.path, error)
    }

    /// Whether the state is still empty.
    pub(crate) fn is_new(&self) -> Result<bool, StoreError> {
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM objects)";
        let read = self.settled().conn.query_row(sql, [], |row| row.get(0));
        read.map_err(|error| self.error(&error))
    }

    /// The number of webhooks and tickets in both environments.
    pub(crate) fn webhooks_and_tickets(&self) -> Result<(u64, u64), StoreError> {
        let conn = &self.settled().conn;
        let count = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, u64>(0));
        let webhooks = count("SELECT count(*) FROM webhooks");
        // the groups of an older format are empty until they are rebuilt
        let tickets = count(
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM groups) \
             THEN (SELECT ifnull(sum(total), 0) FROM groups WHERE kind = 'ticket' AND name = '') \
             ELSE (SELECT count(*) FROM objects WHERE kind = 'ticket') END",
        );
        webhooks.and_then(|webhooks| Ok((webhooks, tickets?))).map_err(|error| self.error(&error))
    }

    /// Writes the state without changing it, as a check. `None` if another thread has it for longer.
    ///
    /// A full or read-only disk shows itself only in a write. The number of the format is in the first page, which SQLite
    /// writes again although the number is the same.
    pub(crate) fn check_writable(&self) -> Option<rusqlite::Result<()>> {
        let mut inner = match self.inner.try_lock() {
            Ok(inner) => inner,
            Err(TryLockError::Poisoned(inner)) => inner.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        if let Err(error) = self.commit(&mut inner, None) {
            return Some(Err(error));
        }
        let format: rusqlite::Result<i64> =
            inner.conn.pragma_query_value(None, "user_version", |row| row.get(0));
        Some(format.and_then(|format| inner.conn.pragma_update(None, "user_version", format)))
    }

    pub(crate) fn read<T, E>(
        &self,
        environment: Environment,
        work: impl FnOnce(&Tables<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let inner = self.settled();
        work(&Tables::new(&inner.conn, environment, &self.team).counted(&inner.totals))
    }
}

#[cfg(test)]
mod tests;
