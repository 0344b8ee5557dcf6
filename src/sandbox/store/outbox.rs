//! The outbox: which deliveries are due, across all webhooks, and the outcome of their attempts.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::watch;

use super::Store;
use super::attempts::{Attempt, Headers};
use super::batch::Fate;
use super::deliveries::{self, Delivery, Status};
use super::in_flight::InFlight;
use super::space;
use super::webhooks::{self, Webhook};
use crate::sandbox::caller::Environment;
use crate::sandbox::request_meta::RequestMeta;

/// How many finished deliveries of each webhook are kept.
const KEPT: i64 = 1_000;
/// The oldest are dropped after this many deliveries.
const PRUNE_EVERY: i64 = 64;
/// How many due deliveries are considered: some wait for another one about the same resource.
const LOOKAHEAD: i64 = 64;

/// A delivery with everything that an attempt needs.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) webhook: Webhook,
    pub(crate) delivery: Delivery,
    /// The signing secrets, newest first.
    pub(crate) secrets: Vec<String>,
}

/// The state of a delivery after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeliveryUpdate {
    pub(crate) status: Status,
    pub(crate) due: Option<Timestamp>,
    /// How many attempts were scheduled ones.
    pub(crate) scheduled: u32,
}

impl Store {
    /// Changes when deliveries are added or become due.
    pub(crate) fn outbox(&self) -> watch::Receiver<u64> {
        self.outbox.subscribe()
    }

    /// Claims the deliveries that can go out now; also returns when the next one is due.
    pub(crate) fn due(
        &self,
        now: Timestamp,
        in_flight: &InFlight,
    ) -> rusqlite::Result<(Vec<Outgoing>, Option<Timestamp>)> {
        let conn = &self.settled().conn;
        let (mut ready, mut next) = (Vec::new(), None);
        for webhook in active(conn)? {
            if in_flight.has_capacity(webhook.seq) {
                let found = claimed(conn, &webhook, now, in_flight)?;
                let secrets = if found.is_empty() { Vec::new() } else { secrets(conn, &webhook, now)? };
                for seq in found {
                    let delivery = delivery(conn, seq)?;
                    let of =
                        |delivery| Outgoing { webhook: webhook.clone(), delivery, secrets: secrets.clone() };
                    ready.extend(delivery.map(of));
                }
            }
            let later = next_due(conn, webhook.seq, now)?;
            next = [next, later].into_iter().flatten().min();
        }
        Ok((ready, next))
    }

    /// When the next delivery is due, or was: it may be in flight.
    pub(crate) fn next_due(&self) -> rusqlite::Result<Option<Timestamp>> {
        let sql = "SELECT min(d.due) FROM webhooks w JOIN deliveries d ON d.webhook = w.seq \
                   WHERE w.active AND d.due IS NOT NULL";
        let conn = &self.settled().conn;
        let found: Option<i64> = conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        Ok(found.and_then(|at| Timestamp::from_millisecond(at).ok()))
    }

    /// One delivery, whether it is due or not.
    pub(crate) fn outgoing(&self, delivery: i64, now: Timestamp) -> rusqlite::Result<Option<Outgoing>> {
        outgoing(&self.settled().conn, delivery, now)
    }

    /// Stores an attempt and the new state of its delivery, unless the webhook is gone.
    pub(crate) async fn record(
        &self,
        delivery: &Delivery,
        attempt: &Attempt,
        verdict: DeliveryUpdate,
    ) -> rusqlite::Result<()> {
        let meta = RequestMeta::of(delivery.request_id.as_str(), attempt.at);
        loop {
            // the environment is that of the webhook
            let ((), change) = self
                .join(Environment::Test, &meta, |change| record(change.conn, delivery, attempt, verdict))?;
            if change.committed().await? == Fate::Committed {
                return Ok(());
            }
        }
    }

    /// Gives up deliveries without retries that an earlier run did not finish.
    pub(crate) fn abandon(&self) -> rusqlite::Result<()> {
        let sql = "UPDATE deliveries SET status = 'failed' WHERE status = 'pending' AND due IS NULL";
        self.settled().conn.execute(sql, []).map(drop)
    }
}

fn active(conn: &Connection) -> rusqlite::Result<Vec<Webhook>> {
    let sql = format!("SELECT {} FROM webhooks w WHERE w.active ORDER BY w.seq", webhooks::COLUMNS);
    conn.prepare_cached(&sql)?.query_map([], webhooks::webhook)?.collect()
}

/// In the order in which they became due.
fn claimed(
    conn: &Connection,
    webhook: &Webhook,
    now: Timestamp,
    in_flight: &InFlight,
) -> rusqlite::Result<Vec<i64>> {
    let sql =
        "SELECT seq, resource FROM deliveries WHERE webhook = ?1 AND due <= ?2 ORDER BY due, seq LIMIT ?3";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params![webhook.seq, now.as_millisecond(), LOOKAHEAD])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (seq, resource): (i64, String) = (row.get(0)?, row.get(1)?);
        if in_flight.claim(webhook.seq, seq, &resource) {
            found.push(seq);
        }
        if !in_flight.has_capacity(webhook.seq) {
            break;
        }
    }
    Ok(found)
}

fn outgoing(conn: &Connection, delivery: i64, now: Timestamp) -> rusqlite::Result<Option<Outgoing>> {
    let Some(delivery) = self::delivery(conn, delivery)? else { return Ok(None) };
    let sql = format!("SELECT {} FROM webhooks w WHERE w.seq = ?1", webhooks::COLUMNS);
    let webhook = conn.prepare_cached(&sql)?.query_row([delivery.webhook], webhooks::webhook).optional()?;
    let Some(webhook) = webhook else { return Ok(None) };
    let secrets = secrets(conn, &webhook, now)?;
    Ok(Some(Outgoing { webhook, delivery, secrets }))
}

fn delivery(conn: &Connection, seq: i64) -> rusqlite::Result<Option<Delivery>> {
    let sql = format!("SELECT {} FROM deliveries WHERE seq = ?1", deliveries::COLUMNS);
    conn.prepare_cached(&sql)?.query_row([seq], deliveries::delivery).optional()
}

/// Those that are valid, newest first.
fn secrets(conn: &Connection, webhook: &Webhook, now: Timestamp) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT secret FROM webhook_secrets WHERE webhook = ?1 \
               AND (expires_at IS NULL OR expires_at > ?2) ORDER BY seq DESC";
    let mut statement = conn.prepare_cached(sql)?;
    statement.query_map([webhook.seq, now.as_millisecond()], |row| row.get(0))?.collect()
}

fn record(
    conn: &Connection,
    delivery: &Delivery,
    attempt: &Attempt,
    verdict: DeliveryUpdate,
) -> rusqlite::Result<()> {
    let sql = "UPDATE OR FAIL deliveries SET status = ?2, due = ?3, attempts = ?4, scheduled = ?5 \
               WHERE seq = ?1 AND id = ?6";
    let due = verdict.due.map(Timestamp::as_millisecond);
    let status = verdict.status.as_str();
    // with its id: after a restore the number may be another delivery's
    let params = params![delivery.seq, status, due, attempt.number, verdict.scheduled, delivery.id];
    if conn.prepare_cached(sql)?.execute(params)? == 0 {
        return Ok(());
    }
    insert_attempt(conn, delivery.seq, attempt)?;
    space::prune(conn, space::MAX_BYTES)?;
    let sql = if attempt.succeeded() {
        "UPDATE webhooks SET failures = 0 WHERE seq = ?1 AND failures > 0"
    } else {
        "UPDATE webhooks SET failures = failures + 1 WHERE seq = ?1"
    };
    conn.prepare_cached(sql)?.execute([delivery.webhook])?;
    if delivery.seq % PRUNE_EVERY == 0 {
        prune(conn, delivery.webhook)?;
    }
    Ok(())
}

fn insert_attempt(conn: &Connection, delivery: i64, attempt: &Attempt) -> rusqlite::Result<()> {
    // not REPLACE, which would not subtract the bytes of the old row
    let sql = "INSERT OR IGNORE INTO attempts (delivery, number, at, milliseconds, status, error, \
               request_headers, response_headers, response_body, truncated) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let mut insert = conn.prepare_cached(sql)?;
    let (request_headers, response_headers) =
        (headers_text(&attempt.request_headers), headers_text(&attempt.response_headers));
    let mut insert = || {
        insert.execute(params![
            delivery,
            attempt.number,
            attempt.at.as_millisecond(),
            attempt.milliseconds,
            attempt.status,
            attempt.error,
            request_headers,
            response_headers,
            attempt.response_body,
            attempt.truncated
        ])
    };
    if insert()? == 0 {
        let sql = "DELETE FROM attempts WHERE delivery = ?1 AND number = ?2";
        conn.prepare_cached(sql)?.execute(params![delivery, attempt.number])?;
        insert()?;
    }
    Ok(())
}

/// Drops the oldest finished deliveries of a webhook.
fn prune(conn: &Connection, webhook: i64) -> rusqlite::Result<()> {
    let sql = "SELECT seq FROM deliveries WHERE webhook = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2";
    let oldest =
        conn.prepare_cached(sql)?.query_row([webhook, KEPT], |row| row.get::<_, i64>(0)).optional()?;
    let Some(oldest) = oldest else { return Ok(()) };
    let sql = "DELETE FROM deliveries WHERE webhook = ?1 AND seq <= ?2 AND status <> 'pending'";
    conn.prepare_cached(sql)?.execute([webhook, oldest]).map(drop)
}

/// When the next delivery of a webhook becomes due after `now`.
fn next_due(conn: &Connection, webhook: i64, now: Timestamp) -> rusqlite::Result<Option<Timestamp>> {
    let sql = "SELECT min(due) FROM deliveries WHERE webhook = ?1 AND due > ?2";
    let found: Option<i64> =
        conn.prepare_cached(sql)?.query_row(params![webhook, now.as_millisecond()], |row| row.get(0))?;
    Ok(found.and_then(|at| Timestamp::from_millisecond(at).ok()))
}

fn headers_text(headers: &Headers) -> String {
    // pairs of texts always serialise
    serde_json::to_string(headers).unwrap_or_default()
}
