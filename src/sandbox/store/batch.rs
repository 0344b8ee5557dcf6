//! Changes of several requests in one transaction. A commit writes every page that was touched, and changes touch mostly
//! the same pages: the ends of the same indexes. So requests that are handled at the same time share a commit.
//!
//! No change is visible before it is committed: its request waits to be answered, its events wait to be published, and
//! every reader of the store commits first. So a killed sandbox loses no change that was answered, published or
//! delivered.
//!
//! A change has no savepoint, for which SQLite would copy every page that the change touches. A change that fails after
//! it wrote something, which is rare, takes the whole transaction back: the other requests make their changes again.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use rusqlite::{Connection, Error, ffi};

use super::change::Outcome;
use super::event_log::entry::Entry;
use super::groups::Pending;
use super::totals::IndexUpdate;
use super::words::Word;
use crate::sandbox::caller::Environment;

pub(super) const ROLLBACK: &str = "ROLLBACK";

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Committed,
    /// Another change failed. This one has to be made again.
    Undone,
}

/// How a transaction ended, for everyone who waits for it.
pub(super) type End = Arc<OnceLock<Result<Fate, Failure>>>;

/// An open transaction.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) changes: usize,
    pub(super) groups: RefCell<Pending>,
    pub(super) words: Vec<Word>,
    /// In the order of the changes.
    pub(super) entries: Vec<(Environment, Vec<Entry>)>,
    pub(super) index_updates: Vec<IndexUpdate>,
    /// Whether everything was removed.
    pub(super) cleared: bool,
    /// Whether `words` lacks some that are written already.
    pub(super) is_uncounted: bool,
    pub(super) enqueued: bool,
    pub(super) end: End,
}

/// An error of SQLite that several requests get.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    code: Option<ffi::Error>,
    message: String,
}

impl Failure {
    pub(super) fn of(error: &Error) -> Self {
        Self { code: error.sqlite_error().copied(), message: error.to_string() }
    }

    pub(super) fn error(self) -> Error {
        let code = self.code.unwrap_or_else(|| ffi::Error::new(ffi::SQLITE_ERROR));
        Error::SqliteFailure(code, Some(self.message))
    }
}

/// Rolls the transaction back unless the change succeeded, also if it panicked.
struct Attempt<'b> {
    conn: &'b Connection,
    batch: &'b Batch,
    /// How many rows the connection had changed before.
    before: u64,
    done: bool,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let (conn, batch) = (self.conn, self.batch);
        if self.done {
            return;
        }
        let wrote = conn.total_changes() != self.before || !batch.groups.borrow().is_unchanged();
        // after some errors SQLite has already rolled everything back
        if (wrote || batch.changes == 0) && !conn.is_autocommit() {
            let _ = run(conn, ROLLBACK);
        }
    }
}

pub(super) fn run(conn: &Connection, sql: &str) -> rusqlite::Result<()> {
    conn.prepare_cached(sql)?.execute([]).map(drop)
}

/// Makes a change of the open transaction.
pub(super) fn changed<T, E: From<Error>>(
    conn: &Connection,
    batch: &Batch,
    work: impl FnOnce(&RefCell<Pending>) -> Result<T, E>,
) -> Result<T, E> {
    batch.groups.borrow_mut().begin();
    let mut attempt = Attempt { conn, batch, before: conn.total_changes(), done: false };
    let value = work(&batch.groups)?;
    attempt.done = true;
    Ok(value)
}

impl Batch {
    pub(super) fn add(&mut self, environment: Environment, outcome: Outcome) {
        let Outcome { entries, index_updates, cleared, enqueued, words, is_uncounted } = outcome;
        self.changes += 1;
        if cleared {
            self.words.clear();
            self.index_updates.clear();
        }
        self.cleared |= cleared;
        self.is_uncounted |= is_uncounted;
        self.words.extend(words);
        self.index_updates.extend(index_updates);
        self.entries.push((environment, entries));
        self.enqueued |= enqueued > 0;
    }
}
