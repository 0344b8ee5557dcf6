//! The request log, kept so that it outlives a restart. It is written in batches, some time after the fact:
//! what it tells is not worth making anybody wait.

use rusqlite::{Connection, TransactionBehavior, params};

use super::{Held, Store};
use crate::sandbox::locked;
use crate::sandbox::team::Environment;

impl Store {
    /// Whether anything outlives this process.
    pub(crate) fn is_kept(&self) -> bool {
        self.path.as_os_str() != ":memory:"
    }

    /// Adds lines, the oldest first, and drops the oldest of all so that `keep` are left.
    pub(crate) fn add_requests(
        &self,
        environment: Environment,
        lines: &[String],
        keep: usize,
    ) -> rusqlite::Result<()> {
        let Held { conn, .. } = &mut *locked(&self.held);
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let sql = "INSERT INTO requests (environment, line) VALUES (?1, ?2)";
            let mut insert = tx.prepare_cached(sql)?;
            for line in lines {
                insert.execute([environment.as_str(), line])?;
            }
            let sql = "DELETE FROM requests WHERE environment = ?1 AND position <= (SELECT position \
                       FROM requests WHERE environment = ?1 ORDER BY position DESC LIMIT 1 OFFSET ?2)";
            let keep = i64::try_from(keep.max(1)).unwrap_or(i64::MAX);
            tx.prepare_cached(sql)?.execute(params![environment.as_str(), keep])?;
        }
        tx.commit()
    }

    /// What was kept, the oldest first.
    pub(crate) fn requests(&self, environment: Environment) -> rusqlite::Result<Vec<String>> {
        read(&locked(&self.held).conn, environment)
    }
}

fn read(conn: &Connection, environment: Environment) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT line FROM requests WHERE environment = ?1 ORDER BY position";
    conn.prepare(sql)?.query_map([environment.as_str()], |row| row.get(0))?.collect()
}
