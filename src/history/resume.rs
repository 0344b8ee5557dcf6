//! Reopens stored deliveries: a leftover that a new run adopts, or an event that is replayed.

use std::sync::Arc;

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::assignment::{Assignment, Candidates};
use super::attempt_rows::next_attempt;
use super::error::HistoryError;
use super::event_body;
use super::model::{Adopted, DeliveryState, EventKey, Leftover, MAX_TARGETS, RunId, StoredDelivery, time};
use super::open_events::{OpenDelivery, OpenEvent};
use super::record_batches;
use super::store::Store;
use crate::event::EventMeta;

/// Bodies loaded with a leftover. The others are loaded when they are needed.
const MAX_ADOPTED_BYTES: usize = 16 * 1024 * 1024;

impl Store {
    pub(super) fn adopt(
        &mut self,
        leftover: &Leftover,
        candidates: &Candidates,
    ) -> Result<Adopted, HistoryError> {
        let run = self.run()?;
        let taken = self.move_to(run, leftover, candidates).and_then(|taken| self.track(taken, false));
        let deliveries = taken.map_err(|error| self.error(&error))?;
        Ok(Adopted { deliveries, next_seq: self.next_seq })
    }

    fn move_to(
        &mut self,
        into: RunId,
        leftover: &Leftover,
        candidates: &Candidates,
    ) -> rusqlite::Result<Vec<StoredDelivery>> {
        let now = self.settings.clock.now().as_millisecond();
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut keys: Vec<i64> = Vec::new();
        for run in leftover.runs.iter().filter(|run| **run != into) {
            let sql = "SELECT delivery FROM deliveries WHERE run = ? AND state = 'waiting'";
            let mut statement = tx.prepare_cached(sql)?;
            keys.extend(statement.query_map([run.0], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?);
        }
        keys.sort_unstable();
        let mut assignment = Assignment::new(&tx, into, now);
        let places = MAX_TARGETS as i64;
        for of_one_event in keys.chunk_by(|a, b| a / places == b / places) {
            assignment.assign(of_one_event, candidates)?;
        }
        let mut taken = Vec::with_capacity(keys.len());
        for key in assignment.assigned {
            taken.extend(load(&tx, key)?);
        }
        fill_bodies(&tx, &mut taken)?;
        tx.commit()?;
        Ok(taken)
    }

    /// Numbers stored deliveries, event by event, and opens them. An event that is open already keeps its number.
    fn track(
        &mut self,
        mut stored: Vec<StoredDelivery>,
        reopened: bool,
    ) -> rusqlite::Result<Vec<StoredDelivery>> {
        for same in stored.chunk_by_mut(|a, b| a.event == b.event) {
            let Some(event) = same.first().map(|delivery| delivery.event.0) else { continue };
            let known = if reopened { self.open.seq_of(event) } else { None };
            let seq = known.unwrap_or(self.next_seq);
            if seq == self.next_seq {
                let open = open_event(&self.conn, event, same)?;
                self.open.insert(seq, OpenEvent { reopened, ..open });
                self.next_seq += 1;
            }
            same.iter_mut().for_each(|delivery| delivery.seq = seq);
        }
        Ok(stored)
    }

    pub(super) fn reopen(&mut self, events: &[EventKey]) -> Result<Vec<StoredDelivery>, HistoryError> {
        self.run()?;
        let stored = self.load_all(events).and_then(|stored| self.track(stored, true));
        stored.map_err(|error| self.error(&error))
    }

    fn load_all(&self, events: &[EventKey]) -> rusqlite::Result<Vec<StoredDelivery>> {
        let places = MAX_TARGETS as i64;
        let mut stored = Vec::new();
        for event in events {
            let sql = "SELECT delivery FROM deliveries WHERE delivery BETWEEN ? AND ? ORDER BY delivery";
            let range = [event.0 * places, event.0 * places + places - 1];
            let mut statement = self.conn.prepare_cached(sql)?;
            let keys: Vec<i64> = statement.query_map(range, |row| row.get(0))?.collect::<Result<_, _>>()?;
            if keys.is_empty() {
                stored.extend(load_undelivered(&self.conn, event.0)?);
            }
            for key in keys {
                stored.extend(load(&self.conn, key)?);
            }
        }
        fill_bodies(&self.conn, &mut stored)?;
        Ok(stored)
    }

    pub(super) fn bodies(&self, seqs: &[u64]) -> Result<Vec<(u64, Bytes)>, HistoryError> {
        let bodies = seqs
            .iter()
            .filter_map(|seq| self.body(*seq).map(|body| body.map(|body| (*seq, body))).transpose());
        bodies.collect::<Result<_, _>>().map_err(|error| self.error(&error))
    }

    fn body(&self, seq: u64) -> rusqlite::Result<Option<Bytes>> {
        match (self.open.get(seq), self.batched, &self.current) {
            (Some(open), ..) => event_body::read(&self.conn, open.event),
            // The batches could not be expanded, because the file cannot be written.
            (None, Some(_), Some((run, _))) => record_batches::body(&self.conn, *run, seq),
            _ => Ok(None),
        }
    }
}

/// The delivery with this key, without number and body. Attempts of deliveries that were moved to another target
/// count for the other deliveries of the event.
fn load(conn: &Connection, delivery: i64) -> rusqlite::Result<Option<StoredDelivery>> {
    let sql = "SELECT event, id, type, request_id, webhook_id, received_at, target,
         coalesce((SELECT max(attempt) FROM attempts
          WHERE slot BETWEEN events.event * 1024 AND events.event * 1024 + 1023
          AND outcome <> 'refused' AND (attempts.target = deliveries.target OR attempts.target IN
          (SELECT target FROM deliveries AS earlier WHERE state = 'moved'
           AND earlier.delivery BETWEEN events.event * 256 AND events.event * 256 + 255))),
          attempted_at IS NOT NULL)
         FROM deliveries JOIN events USING (event) WHERE delivery = ?";
    conn.prepare_cached(sql)?.query_row([delivery], stored_delivery).optional()
}

/// An event that has no deliveries, because it was only printed: one to no target represents them.
fn load_undelivered(conn: &Connection, event: i64) -> rusqlite::Result<Option<StoredDelivery>> {
    let sql = "SELECT event, id, type, request_id, webhook_id, received_at, '', 0 FROM events
         WHERE event = ? AND skipped IS NULL";
    conn.prepare_cached(sql)?.query_row([event], stored_delivery).optional()
}

fn stored_delivery(row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredDelivery> {
    Ok(StoredDelivery {
        seq: 0,
        event: EventKey(row.get(0)?),
        meta: Arc::new(EventMeta {
            id: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
            event_type: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
            request_id: row.get(3)?,
            webhook_id: row.get(4)?,
            received_at: time(row.get(5)?),
        }),
        body: None,
        target: row.get::<_, Arc<str>>(6)?,
        attempts_so_far: row.get::<_, Option<u32>>(7)?.unwrap_or_default(),
    })
}

/// Loads the bodies, one per event, up to [`MAX_ADOPTED_BYTES`].
fn fill_bodies(conn: &Connection, stored: &mut [StoredDelivery]) -> rusqlite::Result<()> {
    let mut bytes = 0;
    for same in stored.chunk_by_mut(|a, b| a.event == b.event) {
        let Some(event) = same.first().map(|delivery| delivery.event.0) else { continue };
        let Some(body) = event_body::read(conn, event)? else { continue };
        bytes += body.len();
        // A larger one is loaded alone.
        if bytes > MAX_ADOPTED_BYTES && bytes != body.len() {
            break;
        }
        for delivery in same {
            delivery.body = Some(body.clone());
        }
    }
    Ok(())
}

/// A stored event as the writer tracks it. It has all deliveries, so that new ones get free keys, but only those
/// to `targets` are open.
fn open_event(conn: &Connection, event: i64, targets: &[StoredDelivery]) -> rusqlite::Result<OpenEvent> {
    let sql =
        "SELECT target, state, ended_at FROM deliveries WHERE delivery BETWEEN ? AND ? ORDER BY delivery";
    let places = MAX_TARGETS as i64;
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([event * places, event * places + places - 1], |row| {
        let mut delivery = OpenDelivery::new(row.get::<_, Arc<str>>(0)?, true);
        if !targets.iter().any(|followed| followed.target == delivery.target) {
            let state = if row.get_ref(1)?.as_str()? == "delivered" {
                DeliveryState::Delivered
            } else {
                DeliveryState::Failed
            };
            delivery.settled = Some((state, row.get::<_, Option<i64>>(2)?.unwrap_or_default()));
        }
        Ok(delivery)
    })?;
    let deliveries = rows.collect::<Result<_, _>>()?;
    Ok(OpenEvent { event, attempts: next_attempt(conn, event)?, deliveries, reopened: false })
}
