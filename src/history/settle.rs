//! Settles deliveries without sending them: after a replay to another target, or by `history dismiss`.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Row, Transaction, TransactionBehavior, params, params_from_iter};

use super::error::HistoryError;
use super::model::{DeliveryState, EventKey};
use super::runs::reap;
use super::schema;
use super::store::Store;

/// A delivery that is waiting or has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnsettledDelivery {
    key: i64,
    pub(crate) id: Option<String>,
    pub(crate) event_type: Option<String>,
    pub(crate) target: String,
    pub(crate) state: DeliveryState,
    /// Of the active run that will make it.
    pub(crate) pid: Option<u32>,
    /// Where its event came from; `None` once the run was removed.
    pub(crate) base_url: Option<String>,
}

/// Which unsettled deliveries to find.
#[derive(Clone, Copy, Debug)]
pub(crate) enum UnsettledFilter<'a> {
    /// Those of these events.
    Events(&'a [EventKey]),
    /// Those that wait after their run has ended.
    Leftover,
}

/// The unsettled deliveries, oldest first; none if there is no file.
pub(crate) fn unsettled(
    path: &Path,
    now: Timestamp,
    which: UnsettledFilter<'_>,
) -> Result<Vec<UnsettledDelivery>, HistoryError> {
    change(path, now, |tx| find(tx, which))
}

/// Settles these deliveries and returns how many were still unsettled.
pub(crate) fn dismiss(path: &Path, now: Timestamp, these: &[UnsettledDelivery]) -> Result<u64, HistoryError> {
    change(path, now, |tx| {
        // Another process may have adopted or made it since.
        let sql = "UPDATE deliveries SET state = 'dismissed', ended_at = ?1 WHERE delivery = ?2
            AND (state = 'failed' OR (state = 'waiting' AND NOT EXISTS
                (SELECT 1 FROM runs WHERE runs.run = deliveries.run AND ended_at IS NULL)))";
        let mut statement = tx.prepare(sql)?;
        let mut dismissed = 0;
        for one in these {
            dismissed += statement.execute([now.as_millisecond(), one.key])? as u64;
        }
        Ok(dismissed)
    })
}

/// Runs `act` in one writing transaction, after recording the end of killed runs.
fn change<T: Default>(
    path: &Path,
    now: Timestamp,
    act: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> Result<T, HistoryError> {
    let Some(mut conn) = schema::open_to_write(path)? else { return Ok(T::default()) };
    let done = (|| {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        reap(&tx, path, now.as_millisecond())?;
        let value = act(&tx)?;
        tx.commit()?;
        Ok(value)
    })();
    done.map_err(|error| HistoryError::from_sql(path, &error))
}

fn find(tx: &Transaction<'_>, which: UnsettledFilter<'_>) -> rusqlite::Result<Vec<UnsettledDelivery>> {
    let condition = match which {
        UnsettledFilter::Leftover => {
            "state = 'waiting' AND (runs.run IS NULL OR runs.ended_at IS NOT NULL)".to_owned()
        }
        UnsettledFilter::Events(events) => {
            let places = vec!["?"; events.len()].join(", ");
            format!("state IN ('waiting', 'failed') AND event IN ({places})")
        }
    };
    let sql = format!(
        "SELECT delivery, id, type, target, state, runs.pid, runs.ended_at IS NULL, receiver.base_url
         FROM deliveries JOIN events USING (event) LEFT JOIN runs ON runs.run = deliveries.run
         LEFT JOIN runs AS receiver ON receiver.run = events.run WHERE {condition} ORDER BY delivery"
    );
    let keys = match which {
        UnsettledFilter::Events(events) => events.iter().map(|event| event.0).collect(),
        UnsettledFilter::Leftover => Vec::new(),
    };
    let mut statement = tx.prepare(&sql)?;
    statement.query_map(params_from_iter(keys), unsettled_row)?.collect()
}

fn unsettled_row(row: &Row<'_>) -> rusqlite::Result<UnsettledDelivery> {
    let state = DeliveryState::from_name(row.get_ref(4)?.as_str()?);
    let (pid, is_active): (Option<u32>, bool) = (row.get(5)?, row.get(6)?);
    Ok(UnsettledDelivery {
        key: row.get(0)?,
        id: row.get(1)?,
        event_type: row.get(2)?,
        target: row.get(3)?,
        state,
        pid: pid.filter(|_| is_active && state == DeliveryState::Waiting),
        base_url: row.get(7)?,
    })
}

impl Store {
    pub(super) fn settle_others(
        &mut self,
        event: EventKey,
        target: &Arc<str>,
        all_targets: bool,
    ) -> Result<(), HistoryError> {
        let settings = &self.settings;
        let now = settings.clock.now().as_millisecond();
        let done = (|| {
            let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            reap(&tx, &settings.path, now)?;
            let sql = "UPDATE deliveries SET state = 'moved', ended_at = ?1
                WHERE event IN (SELECT event FROM events WHERE id = (SELECT id FROM events WHERE event = ?2))
                AND (state = 'failed' OR (state = 'waiting' AND NOT EXISTS
                    (SELECT 1 FROM runs WHERE runs.run = deliveries.run AND ended_at IS NULL)))
                AND (?4 OR target = ?3) AND NOT (event = ?2 AND target = ?3)";
            tx.prepare_cached(sql)?.execute(params![now, event.0, target, all_targets])?;
            tx.commit()
        })();
        done.map_err(|error| self.error(&error))
    }
}
