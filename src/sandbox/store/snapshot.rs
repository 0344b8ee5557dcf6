//! Copies of the whole state in memory, and the way back. A copy is made page by page, so it takes milliseconds.
//!
//! The request log is not a part of the state: a restore keeps it.

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::{Store, counting};

/// A copy of the whole state.
#[derive(Debug)]
pub(crate) struct Snapshot {
    conn: Connection,
    pub(crate) bytes: u64,
}

/// Sets aside what a restore keeps. The database of temporary tables is not replaced.
const KEEP: &str = "DROP TABLE IF EXISTS temp.kept_requests; DROP TABLE IF EXISTS temp.kept_changes; \
    CREATE TEMP TABLE kept_requests AS SELECT * FROM main.requests; \
    CREATE TEMP TABLE kept_changes AS SELECT * FROM main.delivery_changes;";

/// Puts it back. Numbers of changes are never used again, or those who wait for deliveries would miss some. Deliveries
/// without retries are over, as after a restart.
const PUT_BACK: &str = "BEGIN IMMEDIATE; \
    DELETE FROM main.requests; \
    INSERT INTO main.requests SELECT * FROM temp.kept_requests; \
    UPDATE main.delivery_changes SET (tag, newest, gone) = (SELECT tag, newest, newest FROM temp.kept_changes); \
    UPDATE main.deliveries SET status = 'failed' WHERE status = 'pending' AND due IS NULL; \
    COMMIT; \
    DROP TABLE temp.kept_requests; DROP TABLE temp.kept_changes;";

impl Store {
    /// Copies the state.
    pub(crate) fn snapshot(&self) -> rusqlite::Result<Snapshot> {
        let inner = self.settled();
        let mut conn = Connection::open_in_memory()?;
        copy(&inner.conn, &mut conn)?;
        drop(inner);
        let number = |name: &str| conn.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
        let bytes = number("page_count")? * number("page_size")?;
        Ok(Snapshot { conn, bytes })
    }

    /// Replaces the state by that of a snapshot. Other requests see the one or the other.
    pub(crate) fn restore(&self, snapshot: &Snapshot) -> rusqlite::Result<()> {
        let inner = &mut *self.settled();
        inner.conn.execute_batch(KEEP)?;
        copy(&snapshot.conn, &mut inner.conn)?;
        inner.conn.execute_batch(PUT_BACK)?;
        let totals = inner.totals.get_mut();
        totals.clear();
        counting::load(&inner.conn, &mut totals.letters);
        inner.unpruned = 0;
        self.replace_logs(&inner.conn)?;
        self.uncounted.send_modify(|times| *times += 1);
        self.outbox.send_modify(|changes| *changes += 1);
        Ok(())
    }
}

/// Copies all pages at once. If that fails, nothing is changed.
fn copy(from: &Connection, to: &mut Connection) -> rusqlite::Result<()> {
    match Backup::new(from, to)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
            Some("the state is in use".to_owned()),
        )),
    }
}
