//! Runs in the file: their begin and end, killed runs, their leftover and their cursor.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::error::HistoryError;
use super::lease::{Lease, is_held};
use super::model::{Leftover, RunId, RunScope, time};
use super::open_events::OpenEvents;
use super::record_batches;
use super::store::Store;

/// A longer id is no cursor: only the beginning of a rejected id is recorded, which the server does not have.
const LONGEST_ID: usize = 200;
/// Replaces the API key in an id that repeats it, so such an id is no cursor either. Accepted ids have no
/// brackets. The server does not have events that this program made either.
const KEY_LEFT_OUT: &str = "[key]";

const IN_SCOPE: &str = "base_url = ?1 AND team_id IS ?2 AND environment IS ?3";

impl Store {
    pub(super) fn begin_run(
        &mut self,
        scope: &RunScope,
        targets: &[Arc<str>],
        pid: u32,
    ) -> Result<RunId, HistoryError> {
        if let Some(reason) = &self.turned_off {
            return Err(HistoryError::Off(reason.clone()));
        }
        self.end_run()?;
        self.batched = None;
        let (run, lease) = self.insert_run(scope, targets, pid).map_err(|error| self.error(&error))?;
        let newest = newest(&self.conn, Some(run)).map_err(|error| self.error(&error))?;
        self.current = Some((run, lease));
        (self.began, self.newest_before) = (Instant::now(), newest);
        (self.next_seq, self.open) = (1, OpenEvents::default());
        Ok(run)
    }

    fn insert_run(
        &mut self,
        scope: &RunScope,
        targets: &[Arc<str>],
        pid: u32,
    ) -> rusqlite::Result<(RunId, Lease)> {
        let now = self.settings.clock.now().as_millisecond();
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute(
            "INSERT INTO runs (base_url, team_id, environment, targets, pid, started_at)
             VALUES (?, ?, ?, ?, ?, ?)",
            params![scope.base_url, scope.team_id, scope.environment, targets.join("\n"), pid, now],
        )?;
        let run = RunId(tx.last_insert_rowid());
        // Before other processes can see the run, so that it never looks dead.
        let lease = Lease::acquire(&self.settings.path, run)?;
        tx.commit()?;
        Ok((run, lease))
    }

    pub(super) fn end_run(&mut self) -> Result<(), HistoryError> {
        let Some((run, lease)) = self.current.take() else { return Ok(()) };
        let now = self.settings.clock.now().as_millisecond();
        let sql = "UPDATE runs SET ended_at = ? WHERE run = ?";
        let ended = self.conn.execute(sql, [now, run.0]);
        lease.release();
        ended.map(drop).map_err(|error| self.error(&error))
    }

    pub(super) fn leftover(&mut self, scope: &RunScope) -> Result<Option<Leftover>, HistoryError> {
        let (path, now) = (self.settings.path.clone(), self.settings.clock.now().as_millisecond());
        let found = (|| {
            let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            reap(&tx, &path, now)?;
            let leftover = find_leftover(&tx, scope)?;
            tx.commit()?;
            Ok(leftover)
        })();
        found.map_err(|error| self.error(&error))
    }

    pub(super) fn last_received_id(&self, scope: &RunScope) -> Result<Option<String>, HistoryError> {
        last_received_id(&self.conn, scope).map_err(|error| self.error(&error))
    }

    pub(super) fn ids_of_webhook(&self, webhook_id: &str, limit: usize) -> Result<Vec<String>, HistoryError> {
        let find = || {
            let sql = "SELECT id FROM events WHERE webhook_id = ?1 AND id IS NOT NULL AND origin IS NULL
                ORDER BY event DESC LIMIT ?2";
            let mut statement = self.conn.prepare(sql)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let found = statement.query_map(params![webhook_id, limit], |row| row.get(0))?;
            let mut ids = found.collect::<rusqlite::Result<Vec<String>>>()?;
            ids.reverse();
            Ok(ids)
        };
        find().map_err(|error| self.error(&error))
    }

    #[cfg(test)]
    pub(super) fn recent_ids(&self, scope: &RunScope, limit: usize) -> Result<Vec<String>, HistoryError> {
        recent_ids(&self.conn, scope, limit).map_err(|error| self.error(&error))
    }
}

/// Records the end of killed runs. Needs a writing transaction, as `is_held` does.
pub(super) fn reap(tx: &Transaction<'_>, history: &Path, now: i64) -> rusqlite::Result<()> {
    let mut statement = tx.prepare_cached("SELECT run FROM runs WHERE ended_at IS NULL")?;
    let runs: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for run in runs.into_iter().filter(|run| !is_held(history, RunId(*run))) {
        record_batches::expand_leftover(tx, RunId(run))?;
        tx.execute("UPDATE runs SET ended_at = ? WHERE run = ?", [now, run])?;
    }
    Ok(())
}

fn find_leftover(tx: &Transaction<'_>, scope: &RunScope) -> rusqlite::Result<Option<Leftover>> {
    let sql = format!(
        "SELECT deliveries.run, count(DISTINCT event), count(*), min(received_at)
         FROM deliveries JOIN events USING (event) WHERE state = 'waiting' AND deliveries.run IN
         (SELECT run FROM runs WHERE ended_at IS NOT NULL AND {IN_SCOPE}) GROUP BY deliveries.run"
    );
    let mut statement = tx.prepare(&sql)?;
    let mut rows = statement.query(params![scope.base_url, scope.team_id, scope.environment])?;
    let (mut runs, mut events, mut deliveries, mut oldest) = (Vec::new(), 0, 0, i64::MAX);
    while let Some(row) = rows.next()? {
        runs.push(RunId(row.get(0)?));
        events += row.get::<_, u64>(1)?;
        deliveries += row.get::<_, u64>(2)?;
        oldest = oldest.min(row.get(3)?);
    }
    if runs.is_empty() {
        return Ok(None);
    }
    let last_received_id = last_received_id(tx, scope)?;
    Ok(Some(Leftover { runs, events, deliveries, oldest: time(oldest), last_received_id }))
}

fn last_received_id(conn: &Connection, scope: &RunScope) -> rusqlite::Result<Option<String>> {
    if let Some(id) = recent_ids(conn, scope, 1)?.into_iter().next() {
        return Ok(Some(id));
    }
    // The run was killed before its first event: its stream began here.
    let sql =
        format!("SELECT cursor FROM runs WHERE cursor IS NOT NULL AND {IN_SCOPE} ORDER BY run DESC LIMIT 1");
    let scope = params![scope.base_url, scope.team_id, scope.environment];
    conn.query_row(&sql, scope, |row| row.get(0)).optional()
}

fn recent_ids(conn: &Connection, scope: &RunScope, limit: usize) -> rusqlite::Result<Vec<String>> {
    let sql = format!(
        "SELECT id FROM events WHERE length(id) <= {LONGEST_ID} AND instr(id, '{KEY_LEFT_OUT}') = 0
         AND origin IS NULL AND run IN (SELECT run FROM runs WHERE {IN_SCOPE}) ORDER BY event DESC LIMIT ?4"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let scope = params![scope.base_url, scope.team_id, scope.environment, limit];
    conn.prepare(&sql)?.query_map(scope, |row| row.get(0))?.collect()
}

/// The newest time that other runs have recorded, in milliseconds.
pub(super) fn newest(conn: &Connection, except: Option<RunId>) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT max(at) FROM (
        SELECT max(received_at) AS at FROM events WHERE run <> ?1
        UNION ALL SELECT max(at) FROM notes WHERE run <> ?1
        UNION ALL SELECT max(started_at) FROM runs WHERE run <> ?1)";
    let run = except.map_or(i64::MAX, |run| run.0);
    conn.prepare_cached(sql)?.query_row([run], |row| row.get(0))
}
