//! Deliveries, written together with their event.

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::change::Change;
use super::event_log::entry::Entry;
use super::flat::flatten;
use super::space;
use super::tables::Tables;
use super::webhooks::{self, Webhook};
use crate::event::{self, Pattern};
use crate::host::random;

/// One event to one webhook.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) seq: i64,
    /// `dlv_…`.
    pub(crate) id: String,
    pub(crate) webhook: i64,
    pub(crate) event_id: String,
    pub(crate) event_type: String,
    /// Events about the same resource are sent one after the other.
    pub(crate) resource: String,
    pub(crate) request_id: String,
    /// The exact bytes to send.
    pub(crate) body: Bytes,
    pub(crate) created_at: Timestamp,
    pub(crate) status: Status,
    pub(crate) attempts: u32,
    /// How many attempts were scheduled ones.
    pub(crate) scheduled: u32,
    /// When the next scheduled attempt is due.
    pub(crate) due: Option<Timestamp>,
}

/// The state of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Another attempt will be made.
    Pending,
    Succeeded,
    /// The last attempt was made.
    Failed,
}

impl Status {
    pub(crate) const ALL: [Self; 3] = [Self::Pending, Self::Succeeded, Self::Failed];

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// The spelling in the store and in responses (ours).
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

/// Whether a failed delivery is retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryPolicy {
    Retry,
    Once,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct DeliveryPage {
    pub(crate) status: Option<Status>,
    pub(crate) limit: u64,
    /// Only those with a smaller `seq`.
    pub(crate) before: Option<i64>,
}

pub(crate) const COLUMNS: &str = "seq, id, webhook, event_id, type, resource, request_id, \
                       (SELECT body FROM bodies WHERE bodies.seq = deliveries.body_seq), created_at, status, \
                       attempts, scheduled, due";

impl Tables<'_> {
    fn subscribed(&self, event_type: &str) -> rusqlite::Result<Vec<Webhook>> {
        let wants = |webhook: &Webhook| {
            let mut patterns = webhook.spec.events.iter().filter_map(|text| Pattern::parse_any(text).ok());
            patterns.any(|pattern| pattern.matches(event_type))
        };
        let mut active = self.webhooks(Some(true))?;
        active.retain(wants);
        Ok(active)
    }

    /// The deliveries of a webhook, newest first.
    pub(crate) fn deliveries(
        &self,
        webhook: &Webhook,
        page: DeliveryPage,
    ) -> rusqlite::Result<Vec<Delivery>> {
        // one statement for each case, so that an index gives the order
        let status = if page.status.is_some() { "AND status = ?2" } else { "AND ?2 IS NULL" };
        let sql = format!(
            "SELECT {COLUMNS} FROM deliveries WHERE webhook = ?1 {status} AND seq < ?3 ORDER BY seq DESC LIMIT ?4"
        );
        let status = page.status.map(Status::as_str);
        let params = params![webhook.seq, status, page.before.unwrap_or(i64::MAX), page.limit];
        self.conn.prepare_cached(&sql)?.query_map(params, delivery)?.collect()
    }

    pub(crate) fn delivery(&self, webhook: &Webhook, id: &str) -> rusqlite::Result<Option<Delivery>> {
        let sql = format!("SELECT {COLUMNS} FROM deliveries WHERE webhook = ?1 AND id = ?2");
        self.conn.prepare_cached(&sql)?.query_row(params![webhook.seq, id], delivery).optional()
    }

    pub(crate) fn deliveries_of(&self, event_id: &str) -> rusqlite::Result<Vec<(Webhook, Delivery)>> {
        let sql = format!("SELECT {COLUMNS} FROM deliveries WHERE event_id = ?1 ORDER BY seq");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let found = statement.query_map([event_id], delivery)?.collect::<rusqlite::Result<Vec<_>>>()?;
        let all = self.webhooks(None)?;
        let with_webhook = |delivery: Delivery| {
            let webhook = all.iter().find(|webhook| webhook.seq == delivery.webhook)?;
            Some((webhook.clone(), delivery))
        };
        Ok(found.into_iter().filter_map(with_webhook).collect())
    }
}

impl Change<'_> {
    /// Adds the deliveries of a new event about `resource`, one for each subscribed webhook.
    pub(crate) fn enqueue(&mut self, entry: &Entry, resource: &str) -> rusqlite::Result<()> {
        // the body, and the flat one
        let mut bodies = [const { None }; 2];
        for webhook in self.subscribed(&entry.kind)? {
            let Some(known) = bodies.get_mut(usize::from(webhook.spec.is_flat)) else { continue };
            let kept = known.take().map_or_else(|| Body::keep(self.conn, &webhook, entry), Ok)?;
            let body = known.insert(kept).clone();
            self.add_delivery(&webhook, entry, (resource, body), RetryPolicy::Retry)?;
        }
        match bodies {
            [None, None] => Ok(()),
            _ => space::prune(self.conn, space::MAX_BYTES),
        }
    }

    /// How many deliveries this change makes due.
    pub(crate) fn enqueued(&self) -> usize {
        self.enqueued
    }

    /// Adds a delivery. Without retries it is not scheduled either: the caller attempts it.
    pub(crate) fn insert_delivery(
        &mut self,
        webhook: &Webhook,
        entry: &Entry,
        patience: RetryPolicy,
    ) -> rusqlite::Result<Delivery> {
        let resource = event::resource_key(&entry.kind, &entry.body);
        let body = Body::keep(self.conn, webhook, entry)?;
        let delivery = self.add_delivery(webhook, entry, (&resource, body), patience)?;
        space::prune(self.conn, space::MAX_BYTES)?;
        Ok(delivery)
    }

    fn add_delivery(
        &mut self,
        webhook: &Webhook,
        entry: &Entry,
        (resource, body): (&str, Body),
        patience: RetryPolicy,
    ) -> rusqlite::Result<Delivery> {
        let mut delivery = Delivery {
            seq: 0,
            id: format!("dlv_{}", random::alphanumeric::<12>()),
            webhook: webhook.seq,
            event_id: entry.id.clone(),
            event_type: entry.kind.clone(),
            resource: resource.to_owned(),
            request_id: entry.request_id.to_string(),
            body: body.bytes,
            created_at: self.meta.time,
            status: Status::Pending,
            attempts: 0,
            scheduled: 0,
            due: (patience == RetryPolicy::Retry).then_some(self.meta.time),
        };
        delivery.seq = insert(self.conn, &delivery, body.seq)?;
        self.enqueued += usize::from(delivery.due.is_some());
        Ok(delivery)
    }
}

/// A stored body.
#[derive(Clone)]
struct Body {
    seq: i64,
    bytes: Bytes,
}

impl Body {
    /// Stores what a webhook gets of an event.
    fn keep(conn: &Connection, webhook: &Webhook, entry: &Entry) -> rusqlite::Result<Self> {
        let bytes =
            if webhook.spec.is_flat { flatten(&entry.body).into() } else { Bytes::clone(&entry.body) };
        Ok(Self { seq: space::keep(conn, &entry.id, &bytes)?, bytes })
    }
}

/// Returns its `seq`. `OR FAIL`, because `OR ABORT` prepares to take back what the triggers of a failed statement
/// did: it copies every page that they change. The caller that gets an error takes back the whole change.
fn insert(conn: &Connection, delivery: &Delivery, body: i64) -> rusqlite::Result<i64> {
    let sql = "INSERT OR FAIL INTO deliveries \
               (webhook, id, event_id, type, resource, request_id, body_seq, created_at, status, due) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    conn.prepare_cached(sql)?.insert(params![
        delivery.webhook,
        delivery.id,
        delivery.event_id,
        delivery.event_type,
        delivery.resource,
        delivery.request_id,
        body,
        delivery.created_at.as_millisecond(),
        delivery.status.as_str(),
        delivery.due.map(Timestamp::as_millisecond)
    ])
}

pub(crate) fn delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    let status: String = row.get(9)?;
    let status = Status::parse(&status);
    let due: Option<i64> = row.get(12)?;
    Ok(Delivery {
        seq: row.get(0)?,
        id: row.get(1)?,
        webhook: row.get(2)?,
        event_id: row.get(3)?,
        event_type: row.get(4)?,
        resource: row.get(5)?,
        request_id: row.get(6)?,
        body: row.get::<_, Option<Vec<u8>>>(7)?.unwrap_or_default().into(),
        created_at: webhooks::time(row, 8)?,
        status: status.unwrap_or(Status::Failed),
        attempts: row.get(10)?,
        scheduled: row.get(11)?,
        due: due.and_then(|at| Timestamp::from_millisecond(at).ok()),
    })
}
