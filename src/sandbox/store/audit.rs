//! The stored audit log: written with the change that it reports, and bounded in number.

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, Row, params, params_from_iter};

use super::change::Change;
use super::tables::Tables;
use crate::sandbox::caller::Environment;

/// How many entries each environment keeps. Older ones are dropped from time to time.
const KEPT: i64 = 10_000;

/// An entry of the audit log.
#[derive(Clone, Debug)]
pub(crate) struct AuditEntry {
    pub(crate) id: String,
    pub(crate) action: String,
    pub(crate) resource_type: String,
    pub(crate) resource_id: Option<String>,
    pub(crate) actor_id: String,
    pub(crate) actor_name: String,
    /// JSON.
    pub(crate) details: String,
    /// Unix milliseconds.
    pub(crate) created_at: i64,
}

/// Conditions, all of which have to match, and a page.
#[derive(Clone, Debug)]
pub(crate) struct AuditSelection {
    pub(crate) action: Option<String>,
    pub(crate) resource_type: Option<String>,
    pub(crate) actor_id: Option<String>,
    /// Unix milliseconds: the first one, and the one after the last.
    pub(crate) since: i64,
    pub(crate) until: i64,
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

impl Change<'_> {
    /// Adds an entry to the audit log.
    pub(crate) fn audit(&self, entry: &AuditEntry) -> rusqlite::Result<()> {
        let sql = "INSERT INTO audit (environment, id, action, resource_type, resource_id, actor_id, actor_name, \
                   details, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let params = params![
            self.environment.as_str(),
            entry.id,
            entry.action,
            entry.resource_type,
            entry.resource_id,
            entry.actor_id,
            entry.actor_name,
            entry.details,
            entry.created_at
        ];
        self.conn.prepare_cached(sql)?.execute(params).map(drop)
    }
}

impl Tables<'_> {
    /// A page of the audit log, newest first, and the total of all pages.
    pub(crate) fn audit_log(&self, selection: &AuditSelection) -> rusqlite::Result<(Vec<AuditEntry>, u64)> {
        let text = |value: &Option<String>| value.clone().map_or(Sql::Null, Sql::Text);
        let mut params = vec![
            Sql::Text(self.environment.as_str().to_owned()),
            text(&selection.action),
            text(&selection.resource_type),
            text(&selection.actor_id),
            Sql::Integer(selection.since),
            Sql::Integer(selection.until),
        ];
        let matching = "FROM audit WHERE environment = ?1 AND action = ifnull(?2, action) \
                        AND resource_type = ifnull(?3, resource_type) AND actor_id = ifnull(?4, actor_id) \
                        AND created_at >= ?5 AND created_at < ?6";
        let sql = format!("SELECT count(*) {matching}");
        let total = self.conn.prepare_cached(&sql)?.query_row(params_from_iter(&params), |row| row.get(0))?;
        // the page by the index alone, and only its rows in full
        let sql = format!(
            "SELECT id, action, resource_type, resource_id, actor_id, actor_name, details, created_at FROM audit \
             WHERE position IN (SELECT position {matching} ORDER BY position DESC LIMIT ?7 OFFSET ?8) \
             ORDER BY position DESC"
        );
        let whole = |number: u64| Sql::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        params.extend([whole(selection.limit), whole(selection.offset)]);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let entries = statement.query_map(params_from_iter(&params), entry)?;
        Ok((entries.collect::<rusqlite::Result<_>>()?, total))
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.get(0)?,
        action: row.get(1)?,
        resource_type: row.get(2)?,
        resource_id: row.get(3)?,
        actor_id: row.get(4)?,
        actor_name: row.get(5)?,
        details: row.get(6)?,
        created_at: row.get(7)?,
    })
}

/// Drops all but the newest entries.
pub(super) fn prune(conn: &Connection, environment: Environment) -> rusqlite::Result<()> {
    let sql = "DELETE FROM audit WHERE environment = ?1 AND position <= \
               (SELECT position FROM audit WHERE environment = ?1 ORDER BY position DESC LIMIT 1 OFFSET ?2)";
    conn.prepare_cached(sql)?.execute(params![environment.as_str(), KEPT]).map(drop)
}
