//! A lease shows that a run is active: the process locks a small file beside the history.
//!
//! The operating system releases the lock however the process ends, so that a new run can adopt the deliveries
//! of a killed one immediately, and a run on a suspended machine does not look dead. A timestamp that the run
//! renews could do neither. The file is an empty SQLite file, because SQLite locks files on every platform
//! without `unsafe`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::model::RunId;
use crate::host::{private_fs, sqlite};

/// The lock of an active run.
#[derive(Debug)]
pub(super) struct Lease {
    conn: Connection,
    path: PathBuf,
}

impl Lease {
    /// Locks the file of `run`, which no other process can see yet.
    pub(super) fn acquire(history: &Path, run: RunId) -> rusqlite::Result<Self> {
        let path = lock_file(history, run);
        // If this fails, opening fails too and returns the reason.
        let _ = private_fs::create_new(&path);
        Ok(Self { conn: lock(&path)?, path })
    }

    /// Releases the lock and removes the file.
    pub(super) fn release(self) {
        drop(self.conn);
        let _ = fs::remove_file(self.path);
    }
}

/// Whether `run` is active; in doubt it is. Call this only in a writing transaction on the history, so that no
/// two processes check at the same time: the check holds the lock for a moment.
pub(super) fn is_held(history: &Path, run: RunId) -> bool {
    let path = lock_file(history, run);
    if !path.exists() {
        return false;
    }
    match lock(&path) {
        Ok(conn) => {
            drop(conn);
            let _ = fs::remove_file(path);
            false
        }
        Err(error) => error.sqlite_error_code() != Some(ErrorCode::CannotOpen) || path.exists(),
    }
}

fn lock(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = sqlite::open(path, flags)?;
    conn.busy_timeout(Duration::ZERO)?;
    conn.execute_batch("BEGIN EXCLUSIVE")?;
    Ok(conn)
}

fn lock_file(history: &Path, run: RunId) -> PathBuf {
    let mut name = history.file_name().unwrap_or_default().to_owned();
    name.push(format!("-run-{}", run.0));
    history.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lease_is_held_until_released_or_dropped() {
        let dir = tempfile::tempdir().expect("a directory");
        let history = dir.path().join("h");
        assert!(!is_held(&history, RunId(1)), "never acquired");
        let lease = Lease::acquire(&history, RunId(1)).expect("a lease");
        assert!(is_held(&history, RunId(1)));
        assert!(is_held(&history, RunId(1)), "checking does not acquire it");
        lease.release();
        assert!(!is_held(&history, RunId(1)));
        // A process that dies drops its locks without removing the file.
        let Lease { conn, path } = Lease::acquire(&history, RunId(2)).expect("a lease");
        drop(conn);
        assert!(path.exists());
        assert!(!is_held(&history, RunId(2)));
        assert!(!path.exists(), "the file of a dead run is removed");
    }
}
