//! Reads the history from any process, while others write to it.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::error::HistoryError;
use super::interrupt::Interrupt;
use super::model::{DeliveryState, EventOrigin, time};
use super::record_batches;
use super::rows::{attempts, bytes, connection_event, deliveries, last_refusal, reception};
use super::schema;
use super::selection::{count, keys};
use super::summaries::summaries;
use super::views::{
    ConnectionEvent, DeliverySummary, EventDetail, EventFilter, EventLookup, EventState, EventSummary,
    ReceivedRow, StoredAttempt,
};

/// The most ids in an ambiguous result.
const MAX_AMBIGUOUS: usize = 10;
/// A shorter suffix does not match.
const SHORTEST_SUFFIX: usize = 6;
/// A refusal at most this long before an event was received explains why the event waits.
const RECENT_REFUSAL: SignedDuration = SignedDuration::from_mins(10);

/// The reading end of the history. Its methods block while the disk is read: milliseconds for the 10,000
/// events that it has at most.
#[derive(Debug)]
pub(crate) struct HistoryReader {
    /// `None` if there is no file.
    conn: Option<Connection>,
    path: PathBuf,
    interrupt: Interrupt,
}

impl HistoryReader {
    /// Opens the history at `path`. A missing file reads as an empty history and is not created.
    pub(crate) fn open(path: &Path) -> Result<Self, HistoryError> {
        Self::open_until(path, Interrupt::default())
    }

    /// The same; `interrupt` ends what is read.
    pub(crate) fn open_until(path: &Path, interrupt: Interrupt) -> Result<Self, HistoryError> {
        let conn = schema::open_to_read(path)?;
        conn.iter().for_each(|conn| interrupt.watch(conn));
        Ok(Self { conn, path: path.to_owned(), interrupt })
    }

    /// The events that match, newest first.
    pub(crate) fn list(&self, filter: &EventFilter) -> Result<Vec<EventSummary>, HistoryError> {
        self.read(|conn| {
            let found = summaries(conn, &keys(conn, filter)?, 0)?;
            Ok(found.into_iter().map(|(event, _)| event).collect())
        })
    }

    /// How many events match, without `offset` and `limit`.
    pub(crate) fn count(&self, filter: &EventFilter) -> Result<u64, HistoryError> {
        self.read(|conn| count(conn, filter))
    }

    /// The event with this id, or else the only one with this prefix, or else with this suffix, which terminals
    /// show as `…83010044`.
    pub(crate) fn get(&self, id: &str) -> Result<EventLookup, HistoryError> {
        self.read(|conn| {
            let mut ids = ids_with_prefix(conn, id)?;
            let suffix = id.trim_start_matches(['…', '.']);
            if ids.is_empty() && suffix.chars().count() >= SHORTEST_SUFFIX {
                ids = ids_with_suffix(conn, suffix)?;
            }
            if let Some(exact) = ids.iter().position(|found| found == id) {
                ids = vec![ids.swap_remove(exact)];
            }
            match ids.as_slice() {
                [] => Ok(EventLookup::Nothing),
                [id] => Ok(detail(conn, id)?
                    .map_or(EventLookup::Nothing, |detail| EventLookup::Found(Box::new(detail)))),
                _ => {
                    ids.truncate(MAX_AMBIGUOUS);
                    Ok(EventLookup::Ambiguous(ids))
                }
            }
        })
    }

    /// All targets of runs and deliveries, in no order.
    pub(crate) fn targets(&self) -> Result<Vec<String>, HistoryError> {
        self.read(|conn| {
            let sql = "SELECT target FROM deliveries UNION SELECT targets FROM runs";
            let found: Vec<String> =
                conn.prepare_cached(sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(found.iter().flat_map(|text| text.lines()).map(str::to_owned).collect())
        })
    }

    /// Gaps and lost connections between two times, in order.
    pub(crate) fn connection_events(
        &self,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<Vec<ConnectionEvent>, HistoryError> {
        let since = since.map_or(i64::MIN, Timestamp::as_millisecond);
        let until = until.map_or(i64::MAX, Timestamp::as_millisecond);
        self.read(|conn| {
            let sql = "SELECT at, kind, reason, after, since, retry_in_ms FROM notes
                WHERE at >= ? AND at < ? ORDER BY note";
            conn.prepare_cached(sql)?.query_map([since, until], connection_event)?.collect()
        })
    }

    /// Everything about the events that match, oldest first, one at a time. An event that is removed meanwhile is
    /// left out. An id that was received several times has one item per reception.
    pub(crate) fn export(&self, filter: &EventFilter) -> Result<EventExport<'_>, HistoryError> {
        let keys = self.read(|conn| keys(conn, filter))?;
        Ok(EventExport { reader: self, keys })
    }

    /// An empty history gives the default.
    pub(super) fn read<T: Default>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, HistoryError> {
        let Some(conn) = &self.conn else { return Ok(T::default()) };
        let answer = record_batches::expand_to_read(conn).and_then(|()| {
            // One transaction, so that the result is consistent.
            let snapshot = conn.unchecked_transaction()?;
            self.interrupt.check()?;
            query(&snapshot)
        });
        answer.map_err(|error| HistoryError::from_sql(&self.path, &error))
    }
}

/// The events of [`HistoryReader::export`].
#[derive(Debug)]
pub(crate) struct EventExport<'a> {
    reader: &'a HistoryReader,
    /// Newest first: taken from the end.
    keys: Vec<i64>,
}

impl Iterator for EventExport<'_> {
    type Item = Result<EventDetail, HistoryError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let key = self.keys.pop()?;
            let found = self.reader.read(|conn| detail_of(conn, &[key]));
            if let Some(item) = found.transpose() {
                return Some(item);
            }
        }
    }
}

/// The ids with this suffix, newest first.
fn ids_with_suffix(conn: &Connection, end: &str) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT id FROM events WHERE substr(id, -length(?1)) = ?1
        GROUP BY id ORDER BY max(event) DESC LIMIT ?2";
    let limit = i64::try_from(MAX_AMBIGUOUS + 1).unwrap_or(i64::MAX);
    conn.prepare_cached(sql)?.query_map(params![end, limit], |row| row.get(0))?.collect()
}

/// The ids with this prefix, the exact one first, then the newest.
fn ids_with_prefix(conn: &Connection, start: &str) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT id FROM events WHERE substr(id, 1, length(?1)) = ?1
        GROUP BY id ORDER BY id = ?1 DESC, max(event) DESC LIMIT ?2";
    let limit = i64::try_from(MAX_AMBIGUOUS + 1).unwrap_or(i64::MAX);
    conn.prepare_cached(sql)?.query_map(params![start, limit], |row| row.get(0))?.collect()
}

pub(super) fn detail(conn: &Connection, id: &str) -> rusqlite::Result<Option<EventDetail>> {
    let mut statement = conn.prepare_cached("SELECT event FROM events WHERE id = ? ORDER BY event")?;
    let keys: Vec<i64> = statement.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    detail_of(conn, &keys)
}

/// Everything about the event that was received as each of `keys`.
pub(super) fn detail_of(conn: &Connection, keys: &[i64]) -> rusqlite::Result<Option<EventDetail>> {
    let (mut receptions, mut all_deliveries, mut all_attempts) = (Vec::new(), Vec::new(), Vec::new());
    for key in keys {
        receptions.extend(reception(conn, *key)?);
        all_deliveries.extend(deliveries(conn, *key)?);
        all_attempts.extend(attempts(conn, *key)?);
    }
    all_attempts.sort_by_key(|attempt: &StoredAttempt| attempt.started_at);
    let delivered = receptions.iter().rev().find(|reception: &&ReceivedRow| reception.skipped.is_none());
    let Some(main) = delivered.or(receptions.last()) else { return Ok(None) };
    for waiting in all_deliveries.iter_mut().filter(|delivery: &&mut DeliverySummary| {
        delivery.state == DeliveryState::Waiting && delivery.attempts == 0 && delivery.reason.is_none()
    }) {
        // A target that is down is only probed with the first of the events that wait for it.
        let since = main.at.checked_sub(RECENT_REFUSAL).unwrap_or(main.at);
        waiting.target_down_reason = last_refusal(conn, &waiting.target, since)?;
    }
    let (key, skipped) = (main.key, main.skipped.is_some());
    let sql = "SELECT id, type, request_id, webhook_id, received_at, body, origin, source_id
        FROM events WHERE event = ?";
    let found = conn.prepare_cached(sql)?.query_row([key.0], |row| {
        Ok(EventDetail {
            key,
            id: row.get(0)?,
            event_type: row.get(1)?,
            request_id: row.get(2)?,
            webhook_id: row.get(3)?,
            received_at: time(row.get(4)?),
            body: bytes(row, 5)?,
            state: EventState::from_deliveries(skipped, &all_deliveries),
            origin: EventOrigin::from_name(row.get_ref(6)?.as_str_or_null()?),
            source_id: row.get(7)?,
            receptions,
            deliveries: all_deliveries,
            attempts: all_attempts,
        })
    });
    found.optional()
}
