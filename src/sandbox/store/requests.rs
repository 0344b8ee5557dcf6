//! The stored request log, which survives a restart. It is written in batches, some time after the requests:
//! no request waits for its log entry.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::{Inner, Store};
use crate::sandbox::caller::Environment;

/// An entry of the request log.
#[derive(Clone, Debug)]
pub(crate) struct RequestRow {
    pub(crate) facts: RequestSummary,
    pub(crate) id: String,
    /// The whole entry, as JSON.
    pub(crate) line: String,
}

/// The columns that filters use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestSummary {
    /// The position in the log of its environment.
    pub(crate) position: u64,
    /// Unix milliseconds.
    pub(crate) at: i64,
    pub(crate) method: String,
    pub(crate) status: u16,
    /// Without the query.
    pub(crate) path: String,
    pub(crate) tail: Option<String>,
}

impl Store {
    pub(crate) fn is_kept(&self) -> bool {
        self.path.as_os_str() != ":memory:"
    }

    /// Adds entries, oldest first, and drops all but the newest `keep`.
    pub(crate) fn add_requests(
        &self,
        environment: Environment,
        rows: &[RequestRow],
        keep: usize,
    ) -> rusqlite::Result<()> {
        let Inner { conn, .. } = &mut *self.settled();
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        insert(&tx, environment, rows)?;
        if let Some(newest) = rows.last() {
            let keep = u64::try_from(keep.max(1)).unwrap_or(u64::MAX);
            let before = (newest.facts.position + 1).saturating_sub(keep);
            let sql = "DELETE FROM requests WHERE environment = ?1 AND position < ?2";
            tx.prepare_cached(sql)?.execute(params![environment.as_str(), before])?;
        }
        tx.commit()
    }

    /// The newest entries and their positions, oldest first.
    pub(crate) fn requests(
        &self,
        environment: Environment,
        count: usize,
    ) -> rusqlite::Result<Vec<(u64, String)>> {
        let sql = "SELECT position, line FROM requests WHERE environment = ?1 \
                   ORDER BY position DESC LIMIT ?2";
        let conn = &self.settled().conn;
        let mut statement = conn.prepare_cached(sql)?;
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let mut lines: Vec<_> =
            statement.query_map(params![environment.as_str(), count], read)?.collect::<Result<_, _>>()?;
        lines.reverse();
        Ok(lines)
    }

    /// The columns of at most `count` entries before the position `before`, newest first.
    pub(crate) fn request_summaries(
        &self,
        environment: Environment,
        before: u64,
        count: usize,
    ) -> rusqlite::Result<Vec<RequestSummary>> {
        let sql = "SELECT position, at, method, status, path, tail FROM requests \
                   WHERE environment = ?1 AND position < ?2 ORDER BY position DESC LIMIT ?3";
        let conn = &self.settled().conn;
        let mut statement = conn.prepare_cached(sql)?;
        let before = i64::try_from(before).unwrap_or(i64::MAX);
        let read = |row: &rusqlite::Row<'_>| {
            Ok(RequestSummary {
                position: row.get(0)?,
                at: row.get(1)?,
                method: row.get(2)?,
                status: row.get(3)?,
                path: row.get(4)?,
                tail: row.get(5)?,
            })
        };
        statement.query_map(params![environment.as_str(), before, count], read)?.collect()
    }

    /// The entries at these positions, if they are still stored.
    pub(crate) fn request_lines(
        &self,
        environment: Environment,
        positions: &[u64],
    ) -> rusqlite::Result<Vec<String>> {
        let conn = &self.settled().conn;
        let sql = "SELECT line FROM requests WHERE environment = ?1 AND position = ?2";
        let mut statement = conn.prepare_cached(sql)?;
        let mut line = |position: &u64| {
            statement.query_row(params![environment.as_str(), position], |row| row.get(0)).optional()
        };
        positions.iter().filter_map(|position| line(position).transpose()).collect()
    }

    /// The position of the entry with this id.
    pub(crate) fn request_position(
        &self,
        environment: Environment,
        id: &str,
    ) -> rusqlite::Result<Option<u64>> {
        let sql = "SELECT position FROM requests WHERE environment = ?1 AND id = ?2";
        let conn = &self.settled().conn;
        conn.prepare_cached(sql)?.query_row([environment.as_str(), id], |row| row.get(0)).optional()
    }
}

fn insert(conn: &Connection, environment: Environment, rows: &[RequestRow]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO requests (environment, position, id, at, method, status, path, tail, line) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let mut insert = conn.prepare_cached(sql)?;
    for RequestRow { facts, id, line } in rows {
        let RequestSummary { position, at, method, status, path, tail } = facts;
        insert.execute(params![environment.as_str(), position, id, at, method, status, path, tail, line])?;
    }
    Ok(())
}
