//! Reads rows: receptions, deliveries, attempts and connection events.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};

use super::headers;
use super::model::{DeliveryState, EventKey, RecordedOutcome, RunId, RunScope, time};
use super::views::{ConnectionEvent, DeliverySummary, ReceivedRow, RunInfo, StoredAttempt};

pub(super) fn bytes(row: &Row<'_>, column: usize) -> rusqlite::Result<Bytes> {
    Ok(row.get::<_, Option<Vec<u8>>>(column)?.unwrap_or_default().into())
}

pub(super) fn reception(conn: &Connection, key: i64) -> rusqlite::Result<Option<ReceivedRow>> {
    let sql =
        "SELECT received_at, skipped, runs.run, base_url, team_id, environment, pid, started_at, ended_at
        FROM events LEFT JOIN runs USING (run) WHERE event = ?";
    let reception = |row: &Row<'_>| {
        let run = match row.get::<_, Option<i64>>(2)? {
            None => None,
            Some(run) => Some(RunInfo {
                run: RunId(run),
                scope: RunScope { base_url: row.get(3)?, team_id: row.get(4)?, environment: row.get(5)? },
                pid: row.get(6)?,
                started_at: time(row.get(7)?),
                ended_at: row.get::<_, Option<i64>>(8)?.map(time),
            }),
        };
        Ok(ReceivedRow { key: EventKey(key), at: time(row.get(0)?), skipped: row.get(1)?, run })
    };
    conn.prepare_cached(sql)?.query_row([key], reception).optional()
}

pub(super) fn deliveries(conn: &Connection, key: i64) -> rusqlite::Result<Vec<DeliverySummary>> {
    let attempts = attempt_summaries(conn, key)?;
    let sql = "SELECT target, state, ended_at FROM deliveries
        WHERE delivery BETWEEN ?1 * 256 AND ?1 * 256 + 255 ORDER BY delivery";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([key], |row| {
        let state = DeliveryState::from_name(row.get_ref(1)?.as_str()?);
        Ok(delivery_summary(row.get(0)?, state, row.get::<_, Option<i64>>(2)?.map(time), &attempts))
    })?;
    rows.collect()
}

/// A delivery with what a list shows of its attempts, which are in order and may be of other targets too.
pub(super) fn delivery_summary(
    target: String,
    state: DeliveryState,
    ended_at: Option<Timestamp>,
    attempts: &[AttemptSummary],
) -> DeliverySummary {
    let of_it = || attempts.iter().filter(|attempt| attempt.target == target);
    let last = of_it().next_back();
    DeliverySummary {
        state,
        ended_at,
        attempts: of_it()
            .filter(|attempt| !attempt.refused)
            .map(|attempt| attempt.attempt)
            .max()
            .unwrap_or(0),
        status: last.and_then(|attempt| attempt.status),
        reason: last.and_then(|attempt| attempt.reason.clone()),
        duration: last.map(|attempt| attempt.duration),
        target_down_reason: None,
        target,
    }
}

/// Why `target` could not be reached the last time, at `since` or later.
pub(super) fn last_refusal(
    conn: &Connection,
    target: &str,
    since: Timestamp,
) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT reason FROM attempts WHERE outcome = 'refused' AND target = ?1
        AND started_at + duration_us / 1000 >= ?2 ORDER BY started_at DESC LIMIT 1";
    let reason = conn.prepare_cached(sql)?.query_row((target, since.as_millisecond()), |row| row.get(0));
    Ok(reason.optional()?.flatten())
}

/// The part of an attempt that a list shows.
pub(super) struct AttemptSummary {
    target: String,
    attempt: u32,
    status: Option<u16>,
    reason: Option<String>,
    duration: Duration,
    refused: bool,
}

impl AttemptSummary {
    /// From the columns target, attempt, status, reason, `duration_us` and whether it was refused.
    pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (target, attempt, status, reason) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let (duration, refused) = (Duration::from_micros(row.get(4)?), row.get(5)?);
        Ok(Self { target, attempt, status, reason, duration, refused })
    }

    /// The first attempt of a delivery that succeeded with it.
    pub(super) fn at_once(target: &str, status: Option<u16>, duration: Duration) -> Self {
        Self { target: target.to_owned(), attempt: 1, status, reason: None, duration, refused: false }
    }
}

fn attempt_summaries(conn: &Connection, key: i64) -> rusqlite::Result<Vec<AttemptSummary>> {
    let sql = "SELECT target, attempt, status, reason, duration_us, outcome = 'refused', slot FROM attempts
        WHERE slot BETWEEN ?1 * 1024 AND ?1 * 1024 + 1023
        UNION ALL SELECT target, 1, status, NULL, duration_us, 0, -1 FROM deliveries
        WHERE delivery BETWEEN ?1 * 256 AND ?1 * 256 + 255 AND attempted_at IS NOT NULL ORDER BY slot";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([key], AttemptSummary::from_row)?;
    rows.collect()
}

pub(super) fn attempts(conn: &Connection, key: i64) -> rusqlite::Result<Vec<StoredAttempt>> {
    let sql = "SELECT target, attempt, started_at, duration_us, status, outcome, reason, repeats,
        coalesce(request_headers, ''), coalesce(response_headers, ''), response_body, truncated, slot, chaos
        FROM attempts WHERE slot BETWEEN ?1 * 1024 AND ?1 * 1024 + 1023
        UNION ALL SELECT target, 1, attempted_at, duration_us, status, 'delivered', NULL, 1,
        '', coalesce(response_headers, ''), response_body, truncated, -1, NULL FROM deliveries
        WHERE delivery BETWEEN ?1 * 256 AND ?1 * 256 + 255 AND attempted_at IS NOT NULL ORDER BY slot";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([key], |row| {
        Ok(StoredAttempt {
            target: row.get(0)?,
            attempt: row.get(1)?,
            started_at: time(row.get(2)?),
            duration: Duration::from_micros(row.get(3)?),
            status: row.get(4)?,
            outcome: RecordedOutcome::from_name(row.get_ref(5)?.as_str()?),
            reason: row.get(6)?,
            repeats: row.get(7)?,
            request_headers: headers::from_text(row.get_ref(8)?.as_str()?),
            response_headers: headers::from_text(row.get_ref(9)?.as_str()?),
            response_body: bytes(row, 10)?,
            truncated: row.get(11)?,
            chaos: row.get(13)?,
        })
    })?;
    rows.collect()
}

pub(super) fn connection_event(row: &Row<'_>) -> rusqlite::Result<ConnectionEvent> {
    Ok(ConnectionEvent {
        at: time(row.get(0)?),
        kind: row.get(1)?,
        reason: row.get(2)?,
        after: row.get(3)?,
        since: row.get::<_, Option<i64>>(4)?.map(time),
        retry_in: row.get::<_, Option<u64>>(5)?.map(Duration::from_millis),
    })
}
