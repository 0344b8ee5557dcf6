//! What can go wrong with the history. Every message fits after "could not open the history: " or the like.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::host::io_error::io_message;

/// The history could not be opened, read or written. The file is never deleted or replaced by us.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HistoryError {
    #[error("the history file `{}`: {}", path.display(), io_message(error))]
    File { path: PathBuf, error: io::Error },
    #[error(
        "the history file `{}` was written by a newer cstar (format {found}, this one knows {known}); update cstar",
        path.display()
    )]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error("`{}` is an SQLite file, but not a history of cstar; move it away", .0.display())]
    NotOurs(PathBuf),
    #[error(
        "the history file `{}` is damaged ({reason}); move it away, and a new one is begun",
        path.display()
    )]
    Corrupt { path: PathBuf, reason: String },
    #[error("the history file `{}`: {reason}", path.display())]
    Sql {
        path: PathBuf,
        reason: String,
        /// Whether it may be otherwise in a moment: a lock, a full disk.
        passing: bool,
    },
    /// The journal has turned itself off earlier, for the reason given.
    #[error("{0}")]
    Off(String),
    /// The writer thread is gone.
    #[error("the history has been closed")]
    Closed,
}

impl HistoryError {
    /// Says what SQLite's error means for the file at `path`.
    pub(super) fn from_sql(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::Corrupt { path, reason: "not an SQLite file".to_owned() },
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt { path, reason: error.to_string() },
            Some(ErrorCode::DiskFull) => {
                Self::Sql { path, reason: "the disk is full".to_owned(), passing: true }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Sql { path, reason: "another process holds it for too long".to_owned(), passing: true }
            }
            code => Self::Sql { path, reason: error.to_string(), passing: code.is_some_and(is_transient) },
        }
    }

    /// Whether it may be otherwise in a moment, so that the same is worth another try.
    pub(crate) const fn is_transient(&self) -> bool {
        matches!(self, Self::Sql { passing: true, .. })
    }
}

/// A quota that is used up is an input or output error, a write-ahead log that cannot be made for want of
/// descriptors one that cannot be opened.
const fn is_transient(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory
            | ErrorCode::FileLockingProtocolFailed
    )
}
