//! Reads single events and parts of them by their keys, for views that show a history page by page.

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::OptionalExtension;

use super::error::HistoryError;
use super::model::{EventKey, time};
use super::reader::{HistoryReader, detail, detail_of};
use super::selection::{all_keys, keys};
use super::summaries::summaries;
use super::views::{EventDetail, EventFilter, EventSummary};

/// Where to look from an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Before,
    After,
}

impl HistoryReader {
    /// The keys of the events that match, newest first.
    pub(crate) fn keys(&self, filter: &EventFilter) -> Result<Vec<EventKey>, HistoryError> {
        self.read(|conn| Ok(keys(conn, filter)?.into_iter().map(EventKey).collect()))
    }

    /// The keys of all events that match, newest first, whatever the filter says about order, offset and limit.
    pub(crate) fn all_keys(&self, filter: &EventFilter) -> Result<Vec<EventKey>, HistoryError> {
        self.read(|conn| Ok(all_keys(conn, filter)?.into_iter().map(EventKey).collect()))
    }

    /// These events in this order, without those that were removed meanwhile.
    pub(crate) fn summaries(&self, keys: &[EventKey]) -> Result<Vec<EventSummary>, HistoryError> {
        Ok(self.summaries_with_bodies(keys, 0)?.into_iter().map(|(event, _)| event).collect())
    }

    /// The same with the bodies that are not larger than `largest`, and empty ones for the others.
    pub(crate) fn summaries_with_bodies(
        &self,
        keys: &[EventKey],
        largest: usize,
    ) -> Result<Vec<(EventSummary, Bytes)>, HistoryError> {
        let keys: Vec<i64> = keys.iter().map(|key| key.0).collect();
        self.read(|conn| summaries(conn, &keys, largest))
    }

    /// When the event with this key was received; `None` if there is none.
    pub(crate) fn received_at(&self, key: EventKey) -> Result<Option<Timestamp>, HistoryError> {
        self.read(|conn| {
            let sql = "SELECT received_at FROM events WHERE event = ?";
            conn.prepare_cached(sql)?.query_row([key.0], |row| row.get(0).map(time)).optional()
        })
    }

    /// Everything about one event; `None` if it was removed.
    pub(crate) fn event(&self, key: EventKey) -> Result<Option<EventDetail>, HistoryError> {
        self.read(|conn| {
            let sql = "SELECT id FROM events WHERE event = ?";
            match conn.prepare_cached(sql)?.query_row([key.0], |row| row.get::<_, Option<String>>(0)) {
                Ok(Some(id)) => detail(conn, &id),
                Ok(None) => detail_of(conn, &[key.0]),
                Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    /// The nearest event before or after `key` of which `matches` accepts type and body. Looks at `limit` events, and not
    /// at bodies that are larger than `largest`.
    pub(crate) fn nearest(
        &self,
        (key, direction): (EventKey, Direction),
        (limit, largest): (usize, usize),
        mut matches: impl FnMut(&str, &[u8]) -> bool,
    ) -> Result<Option<EventKey>, HistoryError> {
        self.read(|conn| {
            let sql = match direction {
                Direction::Before => {
                    "SELECT event, type, body FROM events WHERE event < ? AND length(body) <= ?
                    ORDER BY event DESC LIMIT ?"
                }
                Direction::After => {
                    "SELECT event, type, body FROM events WHERE event > ? AND length(body) <= ?
                    ORDER BY event LIMIT ?"
                }
            };
            let number = |number| i64::try_from(number).unwrap_or(i64::MAX);
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([key.0, number(largest), number(limit)])?;
            while let Some(row) = rows.next()? {
                let event_type = row.get_ref(1)?.as_str_or_null()?.unwrap_or_default();
                if matches(event_type, row.get_ref(2)?.as_blob()?) {
                    return Ok(Some(EventKey(row.get(0)?)));
                }
            }
            Ok(None)
        })
    }

    /// Calls `visit` with key, type and body of the newest events that match, oldest first. Bodies that are larger than
    /// `largest` are empty.
    pub(crate) fn visit_bodies(
        &self,
        filter: &EventFilter,
        largest: usize,
        mut visit: impl FnMut(EventKey, &str, &[u8]),
    ) -> Result<(), HistoryError> {
        self.read(|conn| {
            let sql = "SELECT type, iif(length(body) <= ?, body, NULL) FROM events WHERE event = ?";
            let mut statement = conn.prepare_cached(sql)?;
            let largest = i64::try_from(largest).unwrap_or(i64::MAX);
            for key in keys(conn, filter)?.into_iter().rev() {
                let mut rows = statement.query([largest, key])?;
                while let Some(row) = rows.next()? {
                    let event_type = row.get_ref(0)?.as_str_or_null()?.unwrap_or_default();
                    let body = row.get_ref(1)?.as_blob_or_null()?.unwrap_or_default();
                    visit(EventKey(key), event_type, body);
                }
            }
            Ok(())
        })
    }
}
