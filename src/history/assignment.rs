//! Assigns leftover deliveries to the targets of a new run, which may have other targets.
//!
//! A delivery never has two owners. If it gets another target, its row changes to the state `moved`, and the row
//! of the new target waits instead. Both changes are one transaction, so that a killed run leaves one delivery,
//! never two and never none.

use std::collections::HashSet;
use std::sync::Arc;

use rusqlite::{OptionalExtension, Transaction, params};

use super::model::{MAX_TARGETS, RunId};

/// The targets of the new run that may get a delivery, given its target and event type; the best first.
pub(crate) type Candidates = Box<dyn Fn(&str, &str) -> Vec<Arc<str>> + Send>;

pub(super) struct Assignment<'a> {
    tx: &'a Transaction<'a>,
    into: RunId,
    now: i64,
    /// Keys of the deliveries that the run makes, in the order of their events.
    pub(super) assigned: Vec<i64>,
    /// The deliveries of this run by id and target. An id may have been received more than once.
    covered: HashSet<(String, Arc<str>)>,
}

struct Row {
    key: i64,
    target: Arc<str>,
    state: String,
}

impl<'a> Assignment<'a> {
    pub(super) fn new(tx: &'a Transaction<'a>, into: RunId, now: i64) -> Self {
        Self { tx, into, now, assigned: Vec::new(), covered: HashSet::new() }
    }

    /// Assigns the leftover deliveries of one event. A delivery without a candidate is left unchanged.
    pub(super) fn assign(&mut self, keys: &[i64], candidates: &Candidates) -> rusqlite::Result<()> {
        let places = MAX_TARGETS as i64;
        let Some(event) = keys.first().map(|key| key / places) else { return Ok(()) };
        let sql = "SELECT coalesce(id, ''), coalesce(type, '') FROM events WHERE event = ?";
        let mut statement = self.tx.prepare_cached(sql)?;
        let known: Option<(String, String)> =
            statement.query_row([event], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((id, event_type)) = known else { return Ok(()) };
        let mut rows = self.rows(event)?;
        let mut taken = Vec::new();
        for key in keys {
            let Some(own) = rows.iter().find(|row| row.key == *key).map(|row| Arc::clone(&row.target)) else {
                continue;
            };
            for target in candidates(&own, &event_type) {
                let covered = !id.is_empty() && self.covered.contains(&(id.clone(), Arc::clone(&target)));
                let found = rows.iter().position(|row| row.target == target);
                let state = found.and_then(|index| rows.get(index)).map(|row| (row.key, row.state.as_str()));
                let place = match state {
                    _ if covered => None,
                    Some((there, _)) if there == *key => Some(there),
                    // Another leftover delivery of the same event goes there.
                    Some((there, _)) if keys.contains(&there) || taken.contains(&there) => None,
                    Some((there, "moved")) => Some(there),
                    // It was delivered there before, and ended.
                    Some(_) => continue,
                    None => match self.next_key(&rows, event) {
                        Some(free) => Some(free),
                        None => continue,
                    },
                };
                if place != Some(*key) {
                    self.set_moved(*key)?;
                }
                if let Some(place) = place {
                    self.set_waiting(place, &target)?;
                    taken.push(place);
                    if found.is_none() {
                        let state = "waiting".to_owned();
                        rows.push(Row { key: place, target: Arc::clone(&target), state });
                    }
                    self.covered.insert((id.clone(), target));
                }
                break;
            }
        }
        taken.sort_unstable();
        self.assigned.extend(taken);
        Ok(())
    }

    fn rows(&self, event: i64) -> rusqlite::Result<Vec<Row>> {
        let sql = "SELECT delivery, target, state FROM deliveries
            WHERE delivery BETWEEN ?1 * 256 AND ?1 * 256 + 255 ORDER BY delivery";
        let mut statement = self.tx.prepare_cached(sql)?;
        let rows = statement.query_map([event], |row| {
            Ok(Row { key: row.get(0)?, target: row.get(1)?, state: row.get(2)? })
        })?;
        rows.collect()
    }

    /// The next free delivery key of the event, if any.
    fn next_key(&self, rows: &[Row], event: i64) -> Option<i64> {
        let places = MAX_TARGETS as i64;
        let next = rows.last().map_or(event * places, |row| row.key + 1);
        (next / places == event).then_some(next)
    }

    fn set_moved(&self, key: i64) -> rusqlite::Result<()> {
        let sql = "UPDATE deliveries SET state = 'moved', ended_at = ? WHERE delivery = ?";
        self.tx.prepare_cached(sql)?.execute([self.now, key]).map(drop)
    }

    fn set_waiting(&self, key: i64, target: &str) -> rusqlite::Result<()> {
        let sql = "INSERT INTO deliveries (delivery, run, target, state) VALUES (?, ?, ?, 'waiting')
            ON CONFLICT (delivery) DO UPDATE SET run = excluded.run, state = 'waiting', ended_at = NULL";
        self.tx.prepare_cached(sql)?.execute(params![key, self.into.0, target]).map(drop)
    }
}
