//! Turns a batch of records into rows, in one transaction with few statements.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{CachedStatement, Transaction, params};

use super::attempt_rows::{INSERT_ATTEMPT, insert_attempt, is_truncated, micros, next_attempt, response};
use super::event_body;
use super::headers;
use super::model::{DeliveryState, MAX_ATTEMPTS, MAX_TARGETS, RecordedOutcome, RunId, delivery_key};
use super::open_events::{OpenDelivery, OpenEvent, OpenEvents};
use super::record::{
    AttemptRecord, LocalOrigin, ReceivedRecord, Record, SettledDelivery, SkippedEvent, truncate_text,
};

pub(super) struct Batch<'a> {
    tx: &'a Transaction<'a>,
    run: i64,
    open: &'a mut OpenEvents,
    records: &'a [Record],
    /// Events with deliveries that have no row yet.
    unsaved: Vec<u64>,
    committed: Committed,
    insert_event: CachedStatement<'a>,
    insert_attempt: CachedStatement<'a>,
    settle: CachedStatement<'a>,
}

#[derive(Debug, Default)]
pub(super) struct Committed {
    pub(super) events: usize,
    /// The highest number of an event.
    pub(super) seq: Option<u64>,
}

const INSERT_EVENT: &str = "INSERT INTO events
    (run, id, type, request_id, webhook_id, received_at, skipped, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
const INSERT_DELIVERY: &str = "INSERT OR IGNORE INTO deliveries (delivery, run, target, state, ended_at,
    attempted_at, duration_us, status, response_headers, response_body, truncated)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const SETTLE: &str = "UPDATE deliveries SET state = ?, ended_at = ? WHERE delivery = ? AND target = ?";
const DELIVERED_FIRST_TRY: &str = "UPDATE deliveries SET state = ?, ended_at = ?, attempted_at = ?,
    duration_us = ?, status = ?, response_headers = ?, response_body = ?, truncated = ?
    WHERE delivery = ? AND target = ?";
const REFUSED_AGAIN: &str = "UPDATE attempts SET repeats = repeats + 1, duration_us = ? WHERE slot = ?";
const INSERT_CONNECTION_EVENT: &str =
    "INSERT INTO notes (run, at, kind, reason, after, since, retry_in_ms) VALUES (?, ?, ?, ?, ?, ?, ?)";

impl<'a> Batch<'a> {
    pub(super) fn new(
        tx: &'a Transaction<'a>,
        run: RunId,
        open: &'a mut OpenEvents,
        records: &'a [Record],
    ) -> rusqlite::Result<Self> {
        Ok(Self {
            tx,
            run: run.0,
            open,
            records,
            unsaved: Vec::new(),
            committed: Committed::default(),
            insert_event: tx.prepare_cached(INSERT_EVENT)?,
            insert_attempt: tx.prepare_cached(INSERT_ATTEMPT)?,
            settle: tx.prepare_cached(SETTLE)?,
        })
    }

    pub(super) fn write(&mut self, index: usize) -> rusqlite::Result<()> {
        let Some(record) = self.records.get(index) else { return Ok(()) };
        match record {
            Record::Received(record) => self.received(record),
            Record::Skipped(event) => self.skipped(event),
            Record::Attempt(attempt) => self.attempt(attempt, index),
            Record::Settled(settled) => self.settled(settled),
            Record::BeganAt(cursor) => {
                let sql = "UPDATE runs SET cursor = ? WHERE run = ?";
                self.tx.prepare_cached(sql)?.execute(params![cursor, self.run]).map(drop)
            }
            Record::Gap(gap) => {
                let since = gap.since.map(|since| since.as_millisecond());
                let at = gap.at.as_millisecond();
                let (reason, after) = (truncate_text(&gap.reason), gap.after.as_deref().map(truncate_text));
                let row = params![self.run, at, "gap", reason, after, since, None::<i64>];
                self.tx.prepare_cached(INSERT_CONNECTION_EVENT)?.execute(row).map(drop)
            }
            Record::Disconnected(end) => {
                let retry = i64::try_from(end.retry_in.as_millis()).ok();
                let (at, none) = (end.at.as_millisecond(), None::<String>);
                let row = params![
                    self.run,
                    at,
                    "disconnected",
                    truncate_text(&end.reason),
                    none,
                    None::<i64>,
                    retry
                ];
                self.tx.prepare_cached(INSERT_CONNECTION_EVENT)?.execute(row).map(drop)
            }
        }
    }

    fn received(&mut self, record: &ReceivedRecord) -> rusqlite::Result<()> {
        let ReceivedRecord { seq, event, targets, local } = record;
        self.insert_event.execute(params![
            self.run,
            event.id,
            event.event_type,
            event.request_id.as_deref().map(truncate_text),
            event.webhook_id.as_deref().map(truncate_text),
            event.received_at.as_millisecond(),
            None::<String>,
            event_body::Column(&event.body),
        ])?;
        let targets = targets.iter().take(MAX_TARGETS);
        let deliveries = targets.map(|target| OpenDelivery::new(Arc::clone(target), false)).collect();
        let open = OpenEvent { event: self.tx.last_insert_rowid(), attempts: 0, deliveries, reopened: false };
        event_body::fill(self.tx, open.event, &event.body)?;
        if let Some(local) = local {
            self.set_origin(open.event, local)?;
        }
        self.open.insert(*seq, open);
        self.unsaved.push(*seq);
        self.committed.events += 1;
        self.committed.seq = self.committed.seq.max(Some(*seq));
        Ok(())
    }

    /// Not part of the insertion, which would bind two more values for every event of the stream.
    fn set_origin(&self, event: i64, local: &LocalOrigin) -> rusqlite::Result<()> {
        let sql = "UPDATE events SET origin = ?, source_id = ? WHERE event = ?";
        let source = local.source_id.as_deref().map(truncate_text);
        self.tx.execute(sql, params![local.origin.as_str(), source, event]).map(drop)
    }

    fn skipped(&mut self, event: &SkippedEvent) -> rusqlite::Result<()> {
        self.committed.events += 1;
        let none = None::<String>;
        let at = event.at.as_millisecond();
        let (id, event_type) =
            (event.id.as_deref().map(truncate_text), event.event_type.as_deref().map(truncate_text));
        let reason = truncate_text(&event.reason);
        let row = params![self.run, id, event_type, none, none, at, reason, None::<Vec<u8>>];
        self.insert_event.execute(row).map(drop)
    }

    fn attempt(&mut self, attempt: &AttemptRecord, index: usize) -> rusqlite::Result<()> {
        // An event that is not open was settled before.
        let Some(open) = self.open.get_mut(attempt.seq) else { return Ok(()) };
        let reopened = open.reopened;
        let Some(delivery) = open.delivery(&attempt.target) else { return Ok(()) };
        // The row of a delivery has no column for a reason, or for chaos.
        let is_plain = attempt.reason.is_none() && attempt.chaos.is_none();
        let first_try = !delivery.tried && !reopened && attempt.attempt == 1 && is_plain;
        if let (Some((DeliveryState::Delivered, at)), true) = (attempt.settles, first_try) {
            return self.delivered_first_try(attempt, index, at);
        }
        delivery.tried = true;
        if !delivery.stored {
            self.unsaved.push(attempt.seq);
        }
        self.write_attempt(attempt)?;
        match attempt.settles {
            Some((state, at)) => {
                let target = Arc::clone(&attempt.target);
                self.settled(&SettledDelivery { seq: attempt.seq, target, state, at })
            }
            None => Ok(()),
        }
    }

    /// The usual case, which needs only the row of the delivery.
    fn delivered_first_try(
        &mut self,
        attempt: &AttemptRecord,
        index: usize,
        at: Timestamp,
    ) -> rusqlite::Result<()> {
        let seq = attempt.seq;
        let Some(open) = self.open.get_mut(seq) else { return Ok(()) };
        let Some((position, delivery)) = open.indexed(&attempt.target) else { return Ok(()) };
        let at = at.as_millisecond();
        delivery.settled = Some((DeliveryState::Delivered, at));
        if !delivery.stored {
            delivery.first_try = Some(index);
            self.unsaved.push(seq);
            return Ok(());
        }
        self.tx.prepare_cached(DELIVERED_FIRST_TRY)?.execute(params![
            DeliveryState::Delivered.as_str(),
            at,
            attempt.started_at.as_millisecond(),
            micros(attempt.duration),
            attempt.status,
            headers::to_text(&attempt.response_headers),
            response(attempt),
            is_truncated(attempt),
            delivery_key(open.event, position),
            attempt.target,
        ])?;
        if open.is_done() {
            self.open.remove(seq);
        }
        Ok(())
    }

    fn write_attempt(&mut self, attempt: &AttemptRecord) -> rusqlite::Result<()> {
        let Some(open) = self.open.get_mut(attempt.seq) else { return Ok(()) };
        let Some(delivery) = open.delivery(&attempt.target) else { return Ok(()) };
        let started_at = attempt.started_at.as_millisecond();
        let refused = attempt.outcome == RecordedOutcome::Refused;
        if let (true, Some((slot, since))) = (refused, delivery.refused) {
            let took = (started_at - since).saturating_mul(1000).saturating_add(micros(attempt.duration));
            return self.tx.prepare_cached(REFUSED_AGAIN)?.execute(params![took, slot]).map(drop);
        }
        delivery.refused = None;
        let mut slot = open.event * MAX_ATTEMPTS + open.attempts;
        if open.attempts >= MAX_ATTEMPTS {
            return Ok(());
        }
        if insert_attempt(&mut self.insert_attempt, slot, attempt)? == 0 {
            // Another process has replayed the same event meanwhile.
            open.attempts = next_attempt(self.tx, open.event)?;
            slot = open.event * MAX_ATTEMPTS + open.attempts.min(MAX_ATTEMPTS - 1);
            insert_attempt(&mut self.insert_attempt, slot, attempt)?;
        }
        open.attempts += 1;
        if let Some(delivery) = open.delivery(&attempt.target) {
            delivery.refused = refused.then_some((slot, started_at));
        }
        Ok(())
    }

    fn settled(&mut self, settled: &SettledDelivery) -> rusqlite::Result<()> {
        let Some(open) = self.open.get_mut(settled.seq) else { return Ok(()) };
        let at = settled.at.as_millisecond();
        let Some((index, delivery)) = open.indexed(&settled.target) else { return Ok(()) };
        delivery.settled = Some((settled.state, at));
        if !delivery.stored {
            self.unsaved.push(settled.seq);
            return Ok(());
        }
        let key = delivery_key(open.event, index);
        self.settle.execute(params![settled.state.as_str(), at, key, settled.target])?;
        if open.is_done() {
            self.open.remove(settled.seq);
        }
        Ok(())
    }

    /// Inserts the rows of new deliveries in their current state.
    pub(super) fn finish(self) -> rusqlite::Result<Committed> {
        let mut insert = self.tx.prepare_cached(INSERT_DELIVERY)?;
        for seq in self.unsaved {
            let Some(open) = self.open.get_mut(seq) else { continue };
            for (index, delivery) in open.deliveries.iter_mut().enumerate().filter(|(_, d)| !d.stored) {
                if open.reopened && delivery.settled.is_none() {
                    continue;
                }
                let key = delivery_key(open.event, index);
                let state = delivery.settled.map_or("waiting", |(state, _)| state.as_str());
                let ended_at = delivery.settled.map(|(_, at)| at);
                let attempt = match delivery.first_try.take().and_then(|index| self.records.get(index)) {
                    Some(Record::Attempt(attempt)) => Some(&**attempt),
                    _ => None,
                };
                insert.execute(params![
                    key,
                    self.run,
                    delivery.target,
                    state,
                    ended_at,
                    attempt.map(|attempt| attempt.started_at.as_millisecond()),
                    attempt.map(|attempt| micros(attempt.duration)),
                    attempt.and_then(|attempt| attempt.status),
                    attempt.map(|attempt| headers::to_text(&attempt.response_headers)),
                    attempt.map(response),
                    attempt.map(is_truncated),
                ])?;
                delivery.stored = true;
            }
            if open.is_done() {
                self.open.remove(seq);
            }
        }
        Ok(self.committed)
    }
}
