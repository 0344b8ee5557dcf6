//! Whether a run is alive: it holds the lock of a small file beside the history for as long as it lives.
//!
//! The operating system releases the lock when the process ends in whatever way, so that the events of a
//! killed run can be taken over at once, and a run on a suspended machine does not look dead. The file is
//! an empty SQLite file, because SQLite locks files on every platform without `unsafe`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::model::RunId;
use crate::host::private_fs;

/// The lock of a living run.
#[derive(Debug)]
pub(super) struct Lease {
    conn: Connection,
    path: PathBuf,
}

impl Lease {
    /// Locks the file of `run`, which no other process knows of yet.
    pub(super) fn take(history: &Path, run: RunId) -> rusqlite::Result<Self> {
        let path = lock_file(history, run);
        // When this fails, opening fails too, and says why.
        let _ = private_fs::create_new(&path);
        Ok(Self { conn: lock(&path)?, path })
    }

    /// Gives the lock back and removes the file.
    pub(super) fn release(self) {
        drop(self.conn);
        let _ = fs::remove_file(self.path);
    }
}

/// Whether `run` is alive. Only to be asked inside a writing transaction on the history, so that no two
/// processes ask at once: the one who asks holds the lock for a moment. When in doubt, it is.
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
    let conn = Connection::open_with_flags(path, flags)?;
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
    fn a_lease_is_held_until_it_is_released_or_dropped() {
        let dir = tempfile::tempdir().expect("a directory");
        let history = dir.path().join("h");
        assert!(!is_held(&history, RunId(1)), "never taken");
        let lease = Lease::take(&history, RunId(1)).expect("a lease");
        assert!(is_held(&history, RunId(1)));
        assert!(is_held(&history, RunId(1)), "asking does not take it");
        lease.release();
        assert!(!is_held(&history, RunId(1)));
        // A process that dies drops its locks without removing the file.
        let Lease { conn, path } = Lease::take(&history, RunId(2)).expect("a lease");
        drop(conn);
        assert!(path.exists());
        assert!(!is_held(&history, RunId(2)));
        assert!(!path.exists(), "the file of a dead run is cleared away");
    }
}
