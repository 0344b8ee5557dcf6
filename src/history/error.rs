//! Errors of the history. Each message fits after "could not open the history: ".

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::host::io_error::io_message;

/// The history could not be opened, read or written. cstar never deletes or replaces the file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HistoryError {
    #[error("the history file `{}`: {}", path.display(), io_message(error))]
    File { path: PathBuf, error: io::Error },
    #[error(
        "the history file `{}` was written by a newer cstar (format {found}; this version supports up to {known}); update cstar",
        path.display()
    )]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error("`{}` is an SQLite file, but not a history of cstar; move it away", .0.display())]
    NotOurs(PathBuf),
    #[error(
        "the history file `{}` is damaged ({reason}); move it away to start a new one",
        path.display()
    )]
    Corrupt { path: PathBuf, reason: String },
    #[error("the history file `{}`: {reason}", path.display())]
    Sql {
        path: PathBuf,
        reason: String,
        /// Whether another attempt may succeed: a lock, a full disk.
        transient: bool,
    },
    /// The journal is off, for the given reason.
    #[error("{0}")]
    Off(String),
    /// The writer thread is gone.
    #[error("the history has been closed")]
    Closed,
}

impl HistoryError {
    /// Interprets an error of SQLite about the file at `path`.
    pub(super) fn from_sql(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::Corrupt { path, reason: "not an SQLite file".to_owned() },
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt { path, reason: error.to_string() },
            Some(ErrorCode::DiskFull) => {
                Self::Sql { path, reason: "the disk is full".to_owned(), transient: true }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Sql { path, reason: "another process keeps it locked".to_owned(), transient: true }
            }
            code => Self::Sql { path, reason: error.to_string(), transient: code.is_some_and(is_transient) },
        }
    }

    /// Whether another attempt may succeed.
    pub(crate) const fn is_transient(&self) -> bool {
        matches!(self, Self::Sql { transient: true, .. })
    }
}

/// An exhausted quota is an I/O error, and a log that cannot be created for lack of descriptors cannot be opened.
const fn is_transient(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory
            | ErrorCode::FileLockingProtocolFailed
    )
}
