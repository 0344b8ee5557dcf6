//! Reads the events of a list with three statements for hundreds of them, instead of three for each.
//!
//! The keys are passed as JSON, which `json_each` turns into rows.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use rusqlite::{Connection, Row, params};

use super::model::{DeliveryState, EventKey, EventOrigin, time};
use super::rows::{AttemptSummary, bytes, delivery_summary};
use super::views::{DeliverySummary, EventState, EventSummary};

/// How many events are read at once.
pub(super) const CHUNK: usize = 500;

/// These events in this order, without those that do not exist. With the bodies that are not larger than `largest`, and
/// empty ones for the others.
pub(super) fn summaries(
    conn: &Connection,
    keys: &[i64],
    largest: usize,
) -> rusqlite::Result<Vec<(EventSummary, Bytes)>> {
    let mut found = Vec::with_capacity(keys.len());
    for keys in keys.chunks(CHUNK) {
        chunk(conn, keys, largest, &mut found)?;
    }
    Ok(found)
}

fn chunk(
    conn: &Connection,
    keys: &[i64],
    largest: usize,
    into: &mut Vec<(EventSummary, Bytes)>,
) -> rusqlite::Result<()> {
    let wanted = json(keys);
    let mut deliveries = deliveries(conn, &wanted)?;
    // Nearly all events are in the order of the keys already, but SQL promises no order.
    let mut events = events(conn, &wanted, largest)?;
    for key in keys {
        let Some((mut event, body)) = events.remove(key) else { continue };
        event.deliveries = deliveries.remove(key).unwrap_or_default();
        event.state = EventState::from_deliveries(event.skipped.is_some(), &event.deliveries);
        into.push((event, body));
    }
    Ok(())
}

/// `[3,2,1]`
fn json(keys: &[i64]) -> String {
    let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
    format!("[{}]", keys.join(","))
}

fn events(
    conn: &Connection,
    wanted: &str,
    largest: usize,
) -> rusqlite::Result<HashMap<i64, (EventSummary, Bytes)>> {
    let sql = "SELECT events.event, events.id, events.type, received_at, coalesce(length(body), 0), skipped, origin,
            source_id, iif(length(body) <= ?2, body, NULL)
        FROM json_each(?1) AS wanted CROSS JOIN events ON events.event = wanted.value";
    let row = |row: &Row<'_>| {
        let key: i64 = row.get(0)?;
        let event = EventSummary {
            key: EventKey(key),
            id: row.get(1)?,
            event_type: row.get(2)?,
            received_at: time(row.get(3)?),
            bytes: row.get(4)?,
            skipped: row.get(5)?,
            origin: EventOrigin::from_name(row.get_ref(6)?.as_str_or_null()?),
            source_id: row.get(7)?,
            // Both are set with the deliveries.
            state: EventState::Received,
            deliveries: Vec::new(),
        };
        Ok((key, (event, bytes(row, 8)?)))
    };
    let largest = i64::try_from(largest).unwrap_or(i64::MAX);
    conn.prepare_cached(sql)?.query_map(params![wanted, largest], row)?.collect()
}

/// The deliveries of each event, in order.
fn deliveries(conn: &Connection, wanted: &str) -> rusqlite::Result<HashMap<i64, Vec<DeliverySummary>>> {
    let sql = "SELECT delivery, target, state, ended_at, iif(attempted_at IS NULL, NULL, duration_us), status
        FROM json_each(?1) AS wanted
        CROSS JOIN deliveries ON delivery BETWEEN wanted.value * 256 AND wanted.value * 256 + 255
        ORDER BY delivery";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([wanted])?;
    let (mut parts, mut of_events) = (Vec::new(), HashMap::<i64, Vec<AttemptSummary>>::new());
    while let Some(row) = rows.next()? {
        let (event, target): (i64, String) = (row.get::<_, i64>(0)? >> 8, row.get(1)?);
        if let Some(micros) = row.get::<_, Option<u64>>(4)? {
            let attempt = AttemptSummary::at_once(&target, row.get(5)?, Duration::from_micros(micros));
            of_events.entry(event).or_default().push(attempt);
        }
        let state = DeliveryState::from_name(row.get_ref(2)?.as_str()?);
        parts.push((event, target, state, row.get::<_, Option<i64>>(3)?.map(time)));
    }
    // The attempts that delivered at once are before those that have rows of their own.
    add_attempts(conn, wanted, &mut of_events)?;
    let mut found: HashMap<i64, Vec<DeliverySummary>> = HashMap::new();
    for (event, target, state, ended_at) in parts {
        let attempts = of_events.get(&event).map(Vec::as_slice).unwrap_or_default();
        found.entry(event).or_default().push(delivery_summary(target, state, ended_at, attempts));
    }
    Ok(found)
}

/// The attempts of each event that have rows of their own, in order.
fn add_attempts(
    conn: &Connection,
    wanted: &str,
    into: &mut HashMap<i64, Vec<AttemptSummary>>,
) -> rusqlite::Result<()> {
    let sql = "SELECT target, attempt, status, reason, duration_us, outcome = 'refused', slot
        FROM json_each(?1) AS wanted
        CROSS JOIN attempts ON slot BETWEEN wanted.value * 1024 AND wanted.value * 1024 + 1023
        ORDER BY slot";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([wanted])?;
    while let Some(row) = rows.next()? {
        let event = row.get::<_, i64>(6)? >> 10;
        into.entry(event).or_default().push(AttemptSummary::from_row(row)?);
    }
    Ok(())
}
