//! The database file: private, locked by this process, and migrated to the current format.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error::StoreError;
use crate::host::{private_fs, sqlite};

/// The file in the data directory.
pub(crate) const NAME: &str = "sandbox.db";
/// Marks the file as ours: "cSsb".
const APPLICATION_ID: i64 = 0x6353_7362;
/// How long to wait for a sandbox that is just shutting down.
const BUSY: Duration = Duration::from_millis(800);
/// The migrations from each format to the next; the first creates format 1. A step that has
/// been released never changes.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("format_1.sql"),
    include_str!("format_2.sql"),
    include_str!("format_3.sql"),
    include_str!("format_4.sql"),
    include_str!("format_5.sql"),
    include_str!("format_6.sql"),
    include_str!("format_7.sql"),
    include_str!("format_8.sql"),
];

/// Opens the file in `directory`, creating both if necessary. The file is locked while the connection
/// is open; the operating system releases the lock however the process ends.
pub(crate) fn open(directory: &Path) -> Result<(Connection, PathBuf), StoreError> {
    let path = directory.join(NAME);
    let failed = |error| StoreError::File { path: path.clone(), error };
    private_fs::create_directory(directory)
        .map_err(|error| StoreError::File { path: directory.to_owned(), error })?;
    private_fs::create_store(&path, APPLICATION_ID).map_err(failed)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = sqlite::open(&path, flags).map_err(|error| StoreError::from_sqlite(&path, &error))?;
    Ok((prepared(conn, &path)?, path))
}

pub(crate) fn in_memory() -> Result<(Connection, PathBuf), StoreError> {
    let path = PathBuf::from(":memory:");
    let conn = Connection::open_in_memory().map_err(|error| StoreError::from_sqlite(&path, &error))?;
    Ok((prepared(conn, &path)?, path))
}

fn prepared(mut conn: Connection, path: &Path) -> Result<Connection, StoreError> {
    let failed = |error: rusqlite::Error| StoreError::from_sqlite(path, &error);
    conn.set_prepared_statement_cache_capacity(128);
    conn.busy_timeout(BUSY).map_err(failed)?;
    // before the first access, so that SQLite creates no shared memory and keeps the lock
    conn.pragma_update(None, "locking_mode", "exclusive").map_err(failed)?;
    migrate(&mut conn, path, MIGRATIONS)?;
    tune(&conn).map_err(failed)?;
    Ok(conn)
}

fn tune(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))?;
    // a commit survives a killed process; only a power failure may lose the last moments
    conn.pragma_update(None, "synchronous", "normal")?;
    // for savepoints
    conn.pragma_update(None, "temp_store", "memory")?;
    // otherwise a statement whose plan might depend on a bound value is compiled again for each
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // 16 MB: each checkpoint costs a sync, and a page that is written often is copied once
    conn.pragma_update(None, "wal_autocheckpoint", 4000)?;
    conn.pragma_update(None, "journal_size_limit", 32 * 1024 * 1024)?;
    // KiB: the upper levels of every index of a million objects; allocated on demand
    conn.pragma_update(None, "cache_size", -32 * 1024)
}

/// Migrates the file to the format after the last of `steps`.
pub(crate) fn migrate(conn: &mut Connection, path: &Path, steps: &[&str]) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| StoreError::from_sqlite(path, &error);
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let tx = conn.transaction_with_behavior(TransactionBehavior::Exclusive).map_err(failed)?;
    let (found, ours) = format(&tx).map_err(failed)?;
    if !ours {
        return Err(StoreError::NotOurs(path.to_owned()));
    }
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    if found < known {
        for step in steps.iter().skip(usize::try_from(found).unwrap_or_default()) {
            tx.execute_batch(step).map_err(failed)?;
        }
        tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
        tx.pragma_update(None, "user_version", known).map_err(failed)?;
    }
    tx.commit().map_err(failed)
}

/// The file's format, and whether it is ours: marked, or empty.
fn format(conn: &Connection) -> rusqlite::Result<(i64, bool)> {
    let version = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let id: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok((version, id == APPLICATION_ID || (id == 0 && tables == 0)))
}

/// Removes the file and the files of SQLite beside it. No process may have it open.
pub(crate) fn remove(path: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError::File { path: name.into(), error });
            }
            _ => {}
        }
    }
    Ok(())
}
