//! Lists the active runs, for other processes.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use super::error::HistoryError;
use super::model::{RunScope, time};
use super::runs::reap;
use super::schema;

/// An active run: a `listen`, or briefly a `replay`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ActiveRun {
    pub(crate) pid: u32,
    pub(crate) scope: RunScope,
    /// URLs without credentials.
    pub(crate) targets: Vec<String>,
    pub(crate) started_at: Timestamp,
}

/// The active runs in the history at `path`, oldest first; none if there is no file. Records the end of killed
/// runs. Waits up to five seconds for another process that writes.
pub(crate) fn active_runs(path: &Path, now: Timestamp) -> Result<Vec<ActiveRun>, HistoryError> {
    let Some(mut conn) = schema::open_to_write(path)? else { return Ok(Vec::new()) };
    list(&mut conn, path, now).map_err(|error| HistoryError::from_sql(path, &error))
}

fn list(conn: &mut Connection, path: &Path, now: Timestamp) -> rusqlite::Result<Vec<ActiveRun>> {
    // Only one process at a time may check whether a run is active.
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    reap(&tx, path, now.as_millisecond())?;
    let sql = "SELECT pid, base_url, team_id, environment, targets, started_at FROM runs
        WHERE ended_at IS NULL ORDER BY run";
    let mut statement = tx.prepare(sql)?;
    let runs = statement.query_map([], |row| {
        Ok(ActiveRun {
            pid: row.get(0)?,
            scope: RunScope { base_url: row.get(1)?, team_id: row.get(2)?, environment: row.get(3)? },
            targets: row.get::<_, String>(4)?.lines().map(str::to_owned).collect(),
            started_at: time(row.get(5)?),
        })
    })?;
    let runs = runs.collect::<Result<_, _>>()?;
    drop(statement);
    tx.commit()?;
    Ok(runs)
}
