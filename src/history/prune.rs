//! Keeps the bounds: removes the oldest settled events first, a few at a time.

use std::time::Duration;

use rusqlite::{Transaction, TransactionBehavior, params};

use super::error::HistoryError;
use super::model::{MAX_ATTEMPTS, MAX_TARGETS};
use super::runs::{newest, reap};
use super::store::Store;

/// The result of one step.
#[derive(Debug, Default)]
pub(super) struct Pruned {
    /// Whether there may be more to remove.
    pub(super) more: bool,
    /// Removed events that no run had settled.
    pub(super) unsettled: u64,
}

const SETTLED: &str = "SELECT event FROM events WHERE received_at < ?1 AND NOT EXISTS (
        SELECT 1 FROM deliveries WHERE delivery BETWEEN events.event * 256 AND events.event * 256 + 255
        AND state = 'waiting')
    ORDER BY received_at, event LIMIT ?2";
/// Events that wait for delivery and belong to no active run.
const ABANDONED: &str = "SELECT event FROM events WHERE received_at < ?1 AND NOT EXISTS (
        SELECT 1 FROM deliveries JOIN runs USING (run)
        WHERE delivery BETWEEN events.event * 256 AND events.event * 256 + 255
        AND state = 'waiting' AND runs.ended_at IS NULL)
    ORDER BY received_at, event LIMIT ?2";

impl Store {
    /// Removes at most `events` events that exceed a bound.
    pub(super) fn prune(&mut self, events: usize) -> Result<Pruned, HistoryError> {
        self.try_prune(events).map_err(|error| self.error(&error))
    }

    fn try_prune(&mut self, events: usize) -> rusqlite::Result<Pruned> {
        let settings = &self.settings;
        let now = settings.clock.now().as_millisecond();
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (newest, running) = match &self.current {
            Some(_) => (self.newest_before, millis(self.began.elapsed())),
            None => (newest(&tx, None)?, 0),
        };
        // The age counts from now, but at most from the newest earlier record plus the time since then, so that a
        // clock that is wrong for one run removes nothing. The next run removes what is really old.
        let today = newest.map_or(now, |newest| newest.saturating_add(running).min(now));
        let oldest = today.saturating_sub(millis(settings.max_age));
        let count = self.count.get(&tx)?;
        let over = excess(&tx, count.saturating_sub(settings.max_events), settings.max_bytes)?;
        let before = if over.is_none() { oldest } else { i64::MAX };
        let over = over.unwrap_or(Excess::Events(events)).at_most(events);
        let mut pruned = Pruned::default();
        let mut chosen = choose(&tx, SETTLED, before, &over)?;
        if chosen.is_empty() {
            reap(&tx, &settings.path, now)?;
            chosen = choose(&tx, ABANDONED, before, &over)?;
            pruned.unsettled = chosen.len() as u64;
        }
        pruned.more = !chosen.is_empty();
        let removed = remove(&tx, &chosen)?;
        if !pruned.more {
            delete_older(&tx, oldest, settings.max_events)?;
        }
        tx.commit()?;
        self.count.remove(removed);
        Ok(pruned)
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// By how much a bound is exceeded.
enum Excess {
    Events(usize),
    /// Bytes, and the most events to remove for them.
    Bytes(u64, usize),
}

impl Excess {
    fn at_most(self, limit: usize) -> Self {
        match self {
            Self::Events(events) => Self::Events(events.min(limit)),
            Self::Bytes(bytes, events) => Self::Bytes(bytes, events.min(limit)),
        }
    }
}

fn excess(tx: &Transaction<'_>, events: u64, max_bytes: u64) -> rusqlite::Result<Option<Excess>> {
    // Prepared once: this runs every few events, and parsing takes longer than the rest of it.
    let number = |sql| tx.prepare_cached(sql)?.query_row([], |row| row.get::<_, u64>(0));
    let free = number("PRAGMA freelist_count")?;
    let used = number("PRAGMA page_count")?.saturating_sub(free) * number("PRAGMA page_size")?;
    Ok(match (events, used.saturating_sub(max_bytes)) {
        (0, 0) => None,
        (0, bytes) => Some(Excess::Bytes(bytes, usize::MAX)),
        (events, _) => Some(Excess::Events(usize::try_from(events).unwrap_or(usize::MAX))),
    })
}

/// The events to remove. If only the bytes exceed their bound, just enough events.
fn choose(tx: &Transaction<'_>, sql: &str, before: i64, over: &Excess) -> rusqlite::Result<Vec<i64>> {
    let (mut bytes, limit) = match over {
        Excess::Events(events) => (u64::MAX, *events),
        Excess::Bytes(bytes, events) => (*bytes, *events),
    };
    let mut chosen = Vec::new();
    let mut statement = tx.prepare_cached(sql)?;
    let mut rows = statement.query(params![before, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    while let (true, Some(row)) = (bytes > 0, rows.next()?) {
        let event: i64 = row.get(0)?;
        // The size is not needed if bytes do not matter.
        if bytes != u64::MAX {
            bytes = bytes.saturating_sub(size(tx, event)?);
        }
        chosen.push(event);
    }
    Ok(chosen)
}

/// The size of an event in the file: all texts and bodies of the event, its deliveries and its attempts. Counting
/// only the body would let a few events with long ids or headers push out all others.
fn size(tx: &Transaction<'_>, event: i64) -> rusqlite::Result<u64> {
    let sql = "SELECT (SELECT total(octet_length(body)) + total(octet_length(id)) + total(octet_length(type))
            + total(octet_length(request_id)) + total(octet_length(webhook_id)) + total(octet_length(skipped))
            FROM events WHERE event = ?1)
        + (SELECT total(octet_length(target)) + total(octet_length(response_headers))
            + total(octet_length(response_body))
            FROM deliveries WHERE delivery BETWEEN ?1 * 256 AND ?1 * 256 + 255)
        + (SELECT total(octet_length(target)) + total(octet_length(reason))
            + total(octet_length(request_headers)) + total(octet_length(response_headers))
            + total(octet_length(response_body))
            FROM attempts WHERE slot BETWEEN ?1 * 1024 AND ?1 * 1024 + 1023)";
    tx.prepare_cached(sql)?.query_row([event], |row| row.get::<_, f64>(0)).map(|bytes| bytes as u64)
}

/// Returns how many events it has removed.
fn remove(tx: &Transaction<'_>, events: &[i64]) -> rusqlite::Result<usize> {
    let mut event_rows = tx.prepare_cached("DELETE FROM events WHERE event BETWEEN ? AND ?")?;
    let mut deliveries = tx.prepare_cached("DELETE FROM deliveries WHERE delivery BETWEEN ? AND ?")?;
    let mut attempts = tx.prepare_cached("DELETE FROM attempts WHERE slot BETWEEN ? AND ?")?;
    let mut removed = 0;
    // Most of them are consecutive, so ranges are removed.
    for neighbours in events.chunk_by(|a, b| a + 1 == *b) {
        let (Some(first), Some(last)) = (neighbours.first(), neighbours.last()) else { continue };
        let places = MAX_TARGETS as i64;
        removed += event_rows.execute([first, last])?;
        deliveries.execute([first * places, last * places + places - 1])?;
        attempts.execute([first * MAX_ATTEMPTS, last * MAX_ATTEMPTS + MAX_ATTEMPTS - 1])?;
    }
    Ok(removed)
}

/// Removes connection events and runs that are too old, and connection events that are too many.
fn delete_older(tx: &Transaction<'_>, oldest: i64, max_connection_events: u64) -> rusqlite::Result<()> {
    let max_connection_events = i64::try_from(max_connection_events).unwrap_or(i64::MAX);
    let notes = "DELETE FROM notes WHERE at < ?1 OR note <= (SELECT max(note) FROM notes) - ?2";
    tx.prepare_cached(notes)?.execute([oldest, max_connection_events])?;
    let runs = "DELETE FROM runs WHERE ended_at < ?1
        AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.run = runs.run AND state = 'waiting')";
    tx.prepare_cached(runs)?.execute([oldest]).map(drop)
}
