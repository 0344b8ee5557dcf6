//! Changes of several requests in one transaction. A commit writes every page that was touched, and changes touch mostly
//! the same pages: the ends of the same indexes. So requests that are handled at the same time share a commit.
//!
//! Each change has a savepoint, so a change that fails rolls back only itself. No change is visible before it is
//! committed: its request waits to be answered, its events wait to be published, and every reader of the store
//! commits first. So a killed sandbox loses no change that was answered, published or delivered.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use rusqlite::{Connection, Error, ffi};

use super::change::Outcome;
use super::event_log::entry::Entry;
use super::groups::Pending;
use super::totals::IndexUpdate;
use super::words::Word;
use crate::sandbox::caller::Environment;

const SAVEPOINT: &str = "SAVEPOINT change";
const RELEASE: &str = "RELEASE change";
const ROLLBACK_TO: &str = "ROLLBACK TO change";
pub(super) const ROLLBACK: &str = "ROLLBACK";

/// What is rolled back if a change fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undo {
    /// This change only.
    Alone,
    /// All changes of the transaction. A savepoint copies every page, which a change that fails only with the store
    /// need not pay for.
    Together,
}

/// How a transaction ended, for everyone who waits for it.
pub(super) type End = Arc<OnceLock<Result<(), Failure>>>;

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

    pub(super) fn lost() -> Self {
        Self { code: None, message: "another change of the same transaction failed".to_owned() }
    }

    pub(super) fn error(self) -> Error {
        let code = self.code.unwrap_or_else(|| ffi::Error::new(ffi::SQLITE_ERROR));
        Error::SqliteFailure(code, Some(self.message))
    }
}

/// Rolls a change back unless it succeeded, also if it panicked. Without a savepoint the whole transaction is rolled
/// back, and all its requests get an error.
struct Attempt<'b> {
    conn: &'b Connection,
    groups: &'b RefCell<Pending>,
    nested: bool,
    done: bool,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        self.groups.borrow_mut().roll_back();
        let rolled_back =
            self.nested && run(self.conn, ROLLBACK_TO).and_then(|()| run(self.conn, RELEASE)).is_ok();
        // after some errors SQLite has already rolled everything back
        if !rolled_back && !self.conn.is_autocommit() {
            let _ = run(self.conn, ROLLBACK);
        }
    }
}

pub(super) fn run(conn: &Connection, sql: &str) -> rusqlite::Result<()> {
    conn.prepare_cached(sql)?.execute([]).map(drop)
}

/// Runs `work` in a savepoint if `nested`.
pub(super) fn changed<T, E: From<Error>>(
    conn: &Connection,
    batch: &Batch,
    nested: bool,
    work: impl FnOnce(&RefCell<Pending>) -> Result<T, E>,
) -> Result<T, E> {
    batch.groups.borrow_mut().begin();
    if nested {
        run(conn, SAVEPOINT)?;
    }
    let mut attempt = Attempt { conn, groups: &batch.groups, nested, done: false };
    let value = work(&batch.groups)?;
    if nested {
        run(conn, RELEASE)?;
    }
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
