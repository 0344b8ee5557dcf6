//! What can go wrong with the history. Every message fits after "could not open the history: " or the like.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// The history could not be opened, read or written. The file is never deleted or replaced by us.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HistoryError {
    #[error("the history file `{}`: {error}", path.display())]
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
    Sql { path: PathBuf, reason: String },
    /// The journal has turned itself off earlier, for the reason given.
    #[error("the history is off: {0}")]
    Off(String),
    /// The writer thread is gone.
    #[error("the history has been closed")]
    Closed,
}

impl HistoryError {
    /// Says what SQLite's error means for the file at `path`.
    pub(super) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::Corrupt { path, reason: "not an SQLite file".to_owned() },
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt { path, reason: error.to_string() },
            Some(ErrorCode::DiskFull) => Self::Sql { path, reason: "the disk is full".to_owned() },
            Some(ErrorCode::DatabaseBusy) => {
                Self::Sql { path, reason: "another process holds it for too long".to_owned() }
            }
            _ => Self::Sql { path, reason: error.to_string() },
        }
    }
}
