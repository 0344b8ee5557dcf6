//! Webhooks and their signing secrets.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::change::Change;
use super::tables::Tables;

/// A registered webhook, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Webhook {
    pub(crate) seq: i64,
    /// `whk_…`.
    pub(crate) id: String,
    pub(crate) spec: Spec,
    /// Consecutive failed attempts.
    pub(crate) failures: u64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// The members of a webhook that a caller sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spec {
    pub(crate) name: String,
    pub(crate) url: String,
    /// Types and patterns, at least one.
    pub(crate) events: Vec<String>,
    pub(crate) is_active: bool,
    /// Whether key members are repeated at the root of each body.
    pub(crate) is_flat: bool,
}

pub(crate) const COLUMNS: &str = "w.seq, w.id, w.name, w.url, w.events, w.active, w.flat, w.failures, \
                                  w.created_at, w.updated_at";

impl Tables<'_> {
    /// The webhooks of the environment, oldest first; only active or inactive ones if `active` is set.
    pub(crate) fn webhooks(&self, active: Option<bool>) -> rusqlite::Result<Vec<Webhook>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM webhooks w WHERE w.environment = ?1 \
             AND (?2 IS NULL OR w.active = ?2) ORDER BY w.seq"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        statement.query_map(params![self.environment.as_str(), active], webhook)?.collect()
    }

    pub(crate) fn webhook(&self, id: &str) -> rusqlite::Result<Option<Webhook>> {
        let sql = format!("SELECT {COLUMNS} FROM webhooks w WHERE w.environment = ?1 AND w.id = ?2");
        let mut statement = self.conn.prepare_cached(&sql)?;
        statement.query_row(params![self.environment.as_str(), id], webhook).optional()
    }
}

/// A signing secret, and when it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebhookSecret {
    pub(crate) secret: String,
    pub(crate) expires_at: Option<Timestamp>,
}

impl Tables<'_> {
    /// The secrets of a webhook, oldest first.
    pub(crate) fn webhook_secrets(&self, webhook: i64) -> rusqlite::Result<Vec<WebhookSecret>> {
        let sql = "SELECT secret, expires_at FROM webhook_secrets WHERE webhook = ?1 ORDER BY seq";
        let read = |row: &Row<'_>| {
            let expires_at: Option<i64> = row.get(1)?;
            let expires_at = expires_at.and_then(|at| Timestamp::from_millisecond(at).ok());
            Ok(WebhookSecret { secret: row.get(0)?, expires_at })
        };
        self.conn.prepare_cached(sql)?.query_map([webhook], read)?.collect()
    }
}

impl Change<'_> {
    /// Stores an imported webhook with its secrets, oldest first.
    pub(crate) fn restore_webhook(
        &mut self,
        webhook: &Webhook,
        secrets: &[WebhookSecret],
    ) -> rusqlite::Result<()> {
        let sql = "INSERT INTO webhooks \
                   (environment, id, name, url, events, active, flat, failures, created_at, updated_at) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        self.conn.prepare_cached(sql)?.execute(params![
            self.environment.as_str(),
            webhook.id,
            webhook.spec.name,
            webhook.spec.url,
            events_text(&webhook.spec),
            webhook.spec.is_active,
            webhook.spec.is_flat,
            webhook.failures,
            webhook.created_at.as_millisecond(),
            webhook.updated_at.as_millisecond()
        ])?;
        let seq = self.conn.last_insert_rowid();
        for WebhookSecret { secret, expires_at } in secrets {
            let sql = "INSERT INTO webhook_secrets (webhook, secret, expires_at) VALUES (?1, ?2, ?3)";
            let expires_at = expires_at.map(Timestamp::as_millisecond);
            self.conn.prepare_cached(sql)?.execute(params![seq, secret, expires_at])?;
        }
        Ok(())
    }

    /// Stores a new webhook with its first secret.
    pub(crate) fn insert_webhook(&mut self, id: &str, spec: Spec, secret: &str) -> rusqlite::Result<Webhook> {
        let now = self.meta.time;
        let sql = "INSERT INTO webhooks (environment, id, name, url, events, active, flat, created_at, updated_at) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)";
        self.conn.prepare_cached(sql)?.execute(params![
            self.environment.as_str(),
            id,
            spec.name,
            spec.url,
            events_text(&spec),
            spec.is_active,
            spec.is_flat,
            now.as_millisecond()
        ])?;
        let seq = self.conn.last_insert_rowid();
        self.insert_secret(seq, secret)?;
        Ok(Webhook { seq, id: id.to_owned(), spec, failures: 0, created_at: now, updated_at: now })
    }

    pub(crate) fn update_webhook(&mut self, webhook: &mut Webhook, spec: Spec) -> rusqlite::Result<()> {
        webhook.spec = spec;
        webhook.updated_at = self.meta.time;
        let sql = "UPDATE webhooks SET name = ?2, url = ?3, events = ?4, active = ?5, flat = ?6, updated_at = ?7 \
                   WHERE seq = ?1";
        self.conn.prepare_cached(sql)?.execute(params![
            webhook.seq,
            webhook.spec.name,
            webhook.spec.url,
            events_text(&webhook.spec),
            webhook.spec.is_active,
            webhook.spec.is_flat,
            webhook.updated_at.as_millisecond()
        ])?;
        // the deliveries of a paused webhook may be due by now
        self.enqueued += usize::from(webhook.spec.is_active);
        Ok(())
    }

    /// Removes a webhook with its secrets and deliveries.
    pub(crate) fn delete_webhook(&mut self, webhook: &Webhook) -> rusqlite::Result<()> {
        for sql in [
            "DELETE FROM attempts WHERE delivery IN (SELECT seq FROM deliveries WHERE webhook = ?1)",
            "DELETE FROM deliveries WHERE webhook = ?1",
            "DELETE FROM webhook_secrets WHERE webhook = ?1",
            "DELETE FROM webhooks WHERE seq = ?1",
        ] {
            self.conn.prepare_cached(sql)?.execute([webhook.seq])?;
        }
        Ok(())
    }

    /// Adds a new secret. The previous one stays valid until `overlap_ends`; older ones expire now.
    pub(crate) fn rotate_secret(
        &mut self,
        webhook: &mut Webhook,
        secret: &str,
        overlap_ends: Timestamp,
    ) -> rusqlite::Result<()> {
        let sql = "DELETE FROM webhook_secrets WHERE webhook = ?1 AND expires_at IS NOT NULL";
        self.conn.prepare_cached(sql)?.execute([webhook.seq])?;
        let sql = "UPDATE webhook_secrets SET expires_at = ?2 WHERE webhook = ?1";
        self.conn.prepare_cached(sql)?.execute([webhook.seq, overlap_ends.as_millisecond()])?;
        self.insert_secret(webhook.seq, secret)?;
        webhook.updated_at = self.meta.time;
        let sql = "UPDATE webhooks SET updated_at = ?2 WHERE seq = ?1";
        self.conn.prepare_cached(sql)?.execute([webhook.seq, webhook.updated_at.as_millisecond()]).map(drop)
    }

    fn insert_secret(&self, webhook: i64, secret: &str) -> rusqlite::Result<()> {
        let sql = "INSERT INTO webhook_secrets (webhook, secret) VALUES (?1, ?2)";
        self.conn.prepare_cached(sql)?.execute(params![webhook, secret]).map(drop)
    }
}

/// Reads [`COLUMNS`].
pub(crate) fn webhook(row: &Row<'_>) -> rusqlite::Result<Webhook> {
    let events: String = row.get(4)?;
    let spec = Spec {
        name: row.get(2)?,
        url: row.get(3)?,
        events: serde_json::from_str(&events).unwrap_or_default(),
        is_active: row.get(5)?,
        is_flat: row.get(6)?,
    };
    Ok(Webhook {
        seq: row.get(0)?,
        id: row.get(1)?,
        spec,
        failures: row.get(7)?,
        created_at: time(row, 8)?,
        updated_at: time(row, 9)?,
    })
}

/// Unix milliseconds.
pub(crate) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let milliseconds = row.get(column)?;
    Ok(Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH))
}

fn events_text(spec: &Spec) -> String {
    // an array of texts always serialises
    serde_json::to_string(&spec.events).unwrap_or_default()
}
