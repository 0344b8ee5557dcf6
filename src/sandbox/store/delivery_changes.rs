//! The order in which deliveries changed: created, attempted, or given up. Each change gives its delivery the next number.

use rusqlite::params;

use super::deliveries::{self, Delivery};
use super::tables::Tables;
use super::webhooks::Webhook;

/// How far the numbers of the changes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeliveryChanges {
    /// Distinguishes the numbers of this state from those of another.
    pub(crate) tag: String,
    pub(crate) newest: i64,
    /// The newest change of a delivery that is gone.
    pub(crate) gone: i64,
}

impl Tables<'_> {
    pub(crate) fn delivery_changes(&self) -> rusqlite::Result<DeliveryChanges> {
        let sql = "SELECT tag, newest, gone FROM delivery_changes";
        self.conn.prepare_cached(sql)?.query_row([], |row| {
            Ok(DeliveryChanges { tag: row.get(0)?, newest: row.get(1)?, gone: row.get(2)? })
        })
    }

    /// At most `limit` deliveries that are `wanted` and changed after the number `after`, in the order of their last change,
    /// and the number of the last one that was looked at.
    pub(crate) fn changed_deliveries(
        &self,
        after: i64,
        limit: usize,
        wanted: impl Fn(&Webhook, &Delivery) -> bool,
    ) -> rusqlite::Result<(Vec<(Webhook, Delivery)>, i64)> {
        let webhooks = self.webhooks(None)?;
        let sql = format!(
            "SELECT {}, changed FROM deliveries WHERE changed > ?1 ORDER BY changed",
            deliveries::COLUMNS
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params![after])?;
        let (mut found, mut reached) = (Vec::new(), after);
        while found.len() < limit
            && let Some(row) = rows.next()?
        {
            let delivery = deliveries::delivery(row)?;
            reached = row.get("changed")?;
            let webhook = webhooks.iter().find(|webhook| webhook.seq == delivery.webhook);
            if let Some(webhook) = webhook.filter(|webhook| wanted(webhook, &delivery)) {
                found.push((webhook.clone(), delivery));
            }
        }
        if found.len() < limit {
            reached = self.delivery_changes()?.newest;
        }
        Ok((found, reached))
    }
}
