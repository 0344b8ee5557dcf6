//! Errors of the state. Every message fits after "could not use the sandbox's state: ".

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::host::io_error::io_message;

/// The state could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// Another sandbox, or a command that changes the state, uses the directory.
    #[error("another sandbox is using `{}`", .0.display())]
    InUse(PathBuf),
    #[error("`{}`: {}", path.display(), io_message(error))]
    File { path: PathBuf, error: io::Error },
    #[error("`{}` was written by a newer cstar (format {found}, this one knows {known})", path.display())]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error("`{}` is an SQLite file, but not a sandbox's state", .0.display())]
    NotOurs(PathBuf),
    #[error("`{}` is damaged ({reason})", path.display())]
    Corrupt { path: PathBuf, reason: String },
    #[error("`{}`: the disk is full", .0.display())]
    Full(PathBuf),
    #[error("`{}`: {reason}", path.display())]
    Sql { path: PathBuf, reason: String },
}

impl StoreError {
    pub(crate) fn is_full(&self) -> bool {
        let is_full = |kind| matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        match self {
            Self::Full(_) => true,
            Self::File { error, .. } => is_full(error.kind()),
            _ => false,
        }
    }

    /// What an error of SQLite means for the file at `path`.
    pub(crate) fn from_sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let directory = || path.parent().unwrap_or(path).to_owned();
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse(directory()),
            Some(ErrorCode::NotADatabase) => Self::Corrupt { path, reason: "not an SQLite file".to_owned() },
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt { path, reason: error.to_string() },
            Some(ErrorCode::DiskFull) => Self::Full(path),
            _ => Self::Sql { path, reason: error.to_string() },
        }
    }
}
