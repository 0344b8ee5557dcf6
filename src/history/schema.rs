//! Opens the file, creates it privately, and migrates it to the current format.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::error::HistoryError;
use super::record_batches;
use crate::host::{private_fs, sqlite};

/// Marks the file as a history of cstar: "cSta".
const APPLICATION_ID: i64 = 0x6353_7461;
/// The page size of new files. Pages of 4 KiB need a fifth more processor time for events of 1 KiB in a burst, and a
/// third more for those of 16 KiB; pages of 16 KiB write twice as much when events come one by one.
const PAGE_SIZE: u32 = 8192;
/// Bytes in the log before a checkpoint. Each costs a sync, and a page that changes often is copied only once. A log four
/// times as large saved a fifth of the bytes written, but no processor time. During a burst it is four times as large,
/// because the burst would wait for the disk.
pub(super) const CHECKPOINT: u32 = 16 * 1024 * 1024;
/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(5);
/// The steps from each format to the next. The first one turns an empty file into format 1. A released step is
/// never changed.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("format_1.sql"),
    include_str!("format_2.sql"),
    include_str!("format_3.sql"),
    include_str!("format_4.sql"),
    include_str!("format_5.sql"),
    include_str!("format_6.sql"),
];

/// Opens the file for writing. Creates it and its directory if needed.
pub(super) fn open(path: &Path) -> Result<Connection, HistoryError> {
    open_within(path, BUSY)
}

/// Like [`open()`], but waits `busy` for another process.
pub(super) fn open_within(path: &Path, busy: Duration) -> Result<Connection, HistoryError> {
    let failed = |error| HistoryError::File { path: path.to_owned(), error };
    if let Some(directory) = path.parent() {
        private_fs::create_directory(directory).map_err(failed)?;
    }
    private_fs::create_store(path, APPLICATION_ID).map_err(failed)?;
    let mut conn = connect(path)?;
    conn.busy_timeout(busy).map_err(|error| HistoryError::from_sql(path, &error))?;
    migrate(&mut conn, path, MIGRATIONS)?;
    prepare(&conn).map_err(|error| HistoryError::from_sql(path, &error))?;
    Ok(conn)
}

/// Opens the file for reading; `None` if there is none.
pub(super) fn open_to_read(path: &Path) -> Result<Option<Connection>, HistoryError> {
    let opened = open_to_write(path).or_else(|error| match error.is_transient() {
        true => open_as_it_is(path).map(Some).ok_or(error),
        false => Err(error),
    });
    let Some(conn) = opened? else { return Ok(None) };
    conn.pragma_update(None, "query_only", true).map_err(|error| HistoryError::from_sql(path, &error))?;
    Ok(Some(conn))
}

/// Opens the file without the auxiliary files of SQLite, for which a full disk has no space. Only if there are
/// none: otherwise others write to it, or a log has to be recovered first.
fn open_as_it_is(path: &Path) -> Option<Connection> {
    let beside = |suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        fs::metadata(name).is_ok_and(|file| file.len() > 0)
    };
    if beside("-wal") || beside("-journal") {
        return None;
    }
    let conn = sqlite::open_immutable(path)?;
    let is_current = format(&conn).ok()? == (i64::try_from(MIGRATIONS.len()).ok()?, true);
    is_current.then_some(conn)
}

/// Opens the file for a small change; `None` if there is none. What others have recorded is in its tables then.
pub(super) fn open_to_write(path: &Path) -> Result<Option<Connection>, HistoryError> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(HistoryError::File { path: path.to_owned(), error }),
        Ok(_) => {}
    }
    private_fs::check_store(path, APPLICATION_ID)
        .map_err(|error| HistoryError::File { path: path.to_owned(), error })?;
    let mut conn = connect(path)?;
    migrate(&mut conn, path, MIGRATIONS)?;
    // Reading tries this again, and fails if the file is damaged.
    let _ = record_batches::expand_all(&conn);
    Ok(Some(conn))
}

/// Reading needs a writable connection too: after a crash, the first process has to recover the log.
fn connect(path: &Path) -> Result<Connection, HistoryError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |error: rusqlite::Error| HistoryError::from_sql(path, &error);
    let conn = sqlite::open(path, flags).map_err(failed)?;
    conn.busy_timeout(BUSY).map_err(failed)?;
    // No effect on a file that has pages already.
    conn.pragma_update(None, "page_size", PAGE_SIZE).map_err(failed)?;
    conn.set_prepared_statement_cache_capacity(32);
    Ok(conn)
}

/// Migrates the file to the format after the last of `steps`. Two processes may do so at the same time.
pub(super) fn migrate(conn: &mut Connection, path: &Path, steps: &[&str]) -> Result<(), HistoryError> {
    let failed = |error: rusqlite::Error| HistoryError::from_sql(path, &error);
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let check = |conn: &Connection| {
        let (found, ours) = format(conn).map_err(failed)?;
        match found {
            _ if !ours => Err(HistoryError::NotOurs(path.to_owned())),
            found if found > known => Err(HistoryError::Newer { path: path.to_owned(), found, known }),
            found => Ok(found),
        }
    };
    // One transaction around both queries: another process may be creating the file.
    let found = check(&*conn.transaction().map_err(failed)?)?;
    if found == known {
        return Ok(());
    }
    if found == 0 {
        // First, because the steps then need no journal: five syncs in place of eight.
        synchronous(conn).and_then(|()| write_ahead(conn)).map_err(failed)?;
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let found = check(&tx)?;
    for step in steps.iter().skip(usize::try_from(found).unwrap_or_default()) {
        tx.execute_batch(step).map_err(failed)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
    tx.pragma_update(None, "user_version", known).map_err(failed)?;
    tx.commit().map_err(failed)?;
    write_ahead(conn).map_err(failed)
}

/// The format of the file, and whether it is a history of cstar or empty.
fn format(conn: &Connection) -> rusqlite::Result<(i64, bool)> {
    let version = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let id: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok((version, id == APPLICATION_ID || (id == 0 && tables == 0)))
}

/// The mode is stored in the file. While another process changes it too, SQLite returns "busy" without waiting.
fn write_ahead(conn: &Connection) -> rusqlite::Result<()> {
    let mut tries = 0;
    loop {
        match conn.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0)) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && tries < 100 => {
                tries += 1;
                std::thread::sleep(Duration::from_millis(10));
            }
            other => return other.map(drop),
        }
    }
}

/// A commit survives a killed process; a power failure may lose what was written since the last checkpoint.
fn synchronous(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update(None, "synchronous", "normal")
}

/// Makes the connection do a checkpoint when the log has this many bytes after a commit.
pub(super) fn checkpoint_after(conn: &Connection, bytes: u32) -> rusqlite::Result<()> {
    let page_size: u32 = conn.pragma_query_value(None, "page_size", |row| row.get(0))?;
    conn.pragma_update(None, "wal_autocheckpoint", bytes / page_size.max(512))
}

fn prepare(conn: &Connection) -> rusqlite::Result<()> {
    // The process that created the file may have died before this step.
    write_ahead(conn)?;
    synchronous(conn)?;
    // In KiB. Rows are hardly ever read again, so a large cache would only use memory.
    conn.pragma_update(None, "cache_size", -512)?;
    checkpoint_after(conn, CHECKPOINT)?;
    // A log that grew while a reader blocked checkpoints shrinks again.
    conn.pragma_update(None, "journal_size_limit", 32 * 1024 * 1024)
}
