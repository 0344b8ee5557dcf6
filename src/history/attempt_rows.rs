//! Rows of attempts: their columns and the next free slot.

use std::time::Duration;

use rusqlite::{CachedStatement, Connection, params};

use super::headers;
use super::model::MAX_ATTEMPTS;
use super::record::{AttemptRecord, MAX_RESPONSE, truncate_text};

pub(super) const INSERT_ATTEMPT: &str =
    "INSERT OR IGNORE INTO attempts (slot, target, attempt, started_at, duration_us,
    status, outcome, reason, repeats, request_headers, response_headers, response_body, truncated, chaos)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)";

/// Returns the number of inserted rows: 0 if the slot is taken.
pub(super) fn insert_attempt(
    statement: &mut CachedStatement<'_>,
    slot: i64,
    attempt: &AttemptRecord,
) -> rusqlite::Result<usize> {
    statement.execute(params![
        slot,
        attempt.target,
        attempt.attempt,
        attempt.started_at.as_millisecond(),
        micros(attempt.duration),
        attempt.status,
        attempt.outcome.as_str(),
        attempt.reason.as_deref().map(truncate_text),
        attempt.request_headers.as_ref().map(headers::to_text),
        headers::to_text(&attempt.response_headers),
        response(attempt),
        is_truncated(attempt),
        attempt.chaos,
    ])
}

/// The first free index for an attempt.
pub(super) fn next_attempt(conn: &Connection, event: i64) -> rusqlite::Result<i64> {
    let sql = "SELECT max(slot) - ?1 + 1 FROM attempts WHERE slot BETWEEN ?1 AND ?2";
    let first = event * MAX_ATTEMPTS;
    let mut statement = conn.prepare_cached(sql)?;
    let next: Option<i64> = statement.query_row([first, first + MAX_ATTEMPTS - 1], |row| row.get(0))?;
    Ok(next.unwrap_or_default())
}

pub(super) fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

/// The recorded part of the body.
pub(super) fn response(attempt: &AttemptRecord) -> &[u8] {
    attempt.response_body.get(..MAX_RESPONSE).unwrap_or(&attempt.response_body)
}

pub(super) fn is_truncated(attempt: &AttemptRecord) -> bool {
    attempt.truncated || attempt.response_body.len() > MAX_RESPONSE
}
