//! The stored events: written with their change, bounded in number, and read at the start.

use rusqlite::{Connection, OptionalExtension, params};

use super::event_log::Past;
use super::event_log::entry::Entry;
use crate::host::random;
use crate::sandbox::caller::Environment;

pub(crate) fn insert(
    conn: &Connection,
    environment: Environment,
    entry: &Entry,
    resource: &str,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO events (environment, id, type, resource, request_id, body) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    conn.prepare_cached(sql)?
        .execute(params![
            environment.as_str(),
            entry.id,
            entry.kind,
            resource,
            &*entry.request_id,
            &*entry.body
        ])
        .map(drop)
}

/// Drops all but the newest `keep` events, and stores the id of the newest one dropped.
pub(crate) fn prune(conn: &Connection, environment: Environment, keep: usize) -> rusqlite::Result<()> {
    let sql = "SELECT position, id FROM events WHERE environment = ?1 \
               ORDER BY position DESC LIMIT 1 OFFSET ?2";
    let keep = i64::try_from(keep.max(1)).unwrap_or(i64::MAX);
    let newest = conn.prepare_cached(sql)?.query_row(params![environment.as_str(), keep], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
    });
    let Some((position, id)) = newest.optional()? else { return Ok(()) };
    let sql = "DELETE FROM events WHERE environment = ?1 AND position <= ?2";
    conn.prepare_cached(sql)?.execute(params![environment.as_str(), position])?;
    set_beginning(conn, environment, &id)
}

/// The newest events, up to `keep` of them and up to `max_bytes` of bodies, oldest first.
pub(crate) fn load(
    conn: &Connection,
    environment: Environment,
    keep: usize,
    max_bytes: usize,
) -> rusqlite::Result<Past> {
    let sql = "SELECT id, type, request_id, body FROM events WHERE environment = ?1 ORDER BY position DESC";
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([environment.as_str()])?;
    let (mut entries, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let body: Vec<u8> = row.get(3)?;
        bytes += body.len();
        if entries.len() == keep.max(1) || (bytes > max_bytes && !entries.is_empty()) {
            entries.reverse();
            return Ok(Past { before_first: row.get(0)?, entries });
        }
        let request_id: String = row.get(2)?;
        entries.push(Entry {
            id: row.get(0)?,
            kind: row.get(1)?,
            body: body.into(),
            request_id: request_id.into(),
        });
    }
    entries.reverse();
    Ok(Past { before_first: beginning(conn, environment)?, entries })
}

/// The id of the event before the oldest one in the table.
fn beginning(conn: &Connection, environment: Environment) -> rusqlite::Result<String> {
    let sql = "SELECT event FROM beginnings WHERE environment = ?1";
    let known = conn.query_row(sql, [environment.as_str()], |row| row.get(0)).optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    // random, so that the beginning of another sandbox is not mistaken for this one
    let fresh = format!("start_{}", random::alphanumeric::<12>());
    set_beginning(conn, environment, &fresh)?;
    Ok(fresh)
}

fn set_beginning(conn: &Connection, environment: Environment, event: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO beginnings (environment, event) VALUES (?1, ?2) \
               ON CONFLICT DO UPDATE SET event = excluded.event";
    conn.prepare_cached(sql)?.execute(params![environment.as_str(), event]).map(drop)
}
