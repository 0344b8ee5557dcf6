//! Counts and durations of a time, by type, minute and target.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

use super::error::HistoryError;
use super::model::{DeliveryState, MAX_ATTEMPTS, MAX_TARGETS, time};
use super::reader::HistoryReader;
use super::rows::last_refusal;

const MINUTE: i64 = 60_000;

/// What happened to the events received since a time.
#[derive(Debug, Default)]
pub(crate) struct Statistics {
    pub(crate) total: u64,
    /// Events of which all deliveries that are over succeeded, and at least one is.
    pub(crate) succeeded: u64,
    /// Events with a failed delivery.
    pub(crate) failed: u64,
    /// By name.
    pub(crate) types: BTreeMap<String, TypeStatistics>,
    /// By start, without those in which nothing happened.
    pub(crate) minutes: BTreeMap<Timestamp, MinuteStatistics>,
    /// By target.
    pub(crate) waiting: BTreeMap<String, WaitingStatistics>,
}

#[derive(Debug, Default)]
pub(crate) struct TypeStatistics {
    pub(crate) count: u64,
    /// Events with a failed delivery.
    pub(crate) failed: u64,
    /// Of attempts that reached the target, in ascending order.
    pub(super) durations: Vec<u64>,
}

#[derive(Debug, Default)]
pub(crate) struct MinuteStatistics {
    /// Events.
    pub(crate) received: u64,
    /// Deliveries that ended.
    pub(crate) delivered: u64,
    pub(crate) failed: u64,
}

#[derive(Debug, Default)]
pub(crate) struct WaitingStatistics {
    pub(crate) count: u64,
    /// When the oldest of the events was received.
    pub(crate) since: Timestamp,
    /// Why the target was not reached the last time.
    pub(crate) reason: Option<String>,
}

impl TypeStatistics {
    /// The duration that this part of the attempts did not exceed; `None` without attempts.
    pub(crate) fn percentile(&self, part: f64) -> Option<Duration> {
        let rank = (self.durations.len() as f64 * part).ceil();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the length")]
        let place = (rank as usize).saturating_sub(1);
        self.durations.get(place).copied().map(Duration::from_micros)
    }

    /// How many attempts reached the target.
    pub(crate) fn attempts(&self) -> usize {
        self.durations.len()
    }

    pub(crate) fn slower_than(&self, limit: Duration) -> usize {
        let limit = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX);
        self.durations.iter().rev().take_while(|duration| **duration > limit).count()
    }
}

struct Seen {
    event_type: String,
    received_at: i64,
    is_failed: bool,
    is_delivered: bool,
}

impl HistoryReader {
    /// Reads each row of that time once.
    pub(crate) fn statistics(&self, since: Option<Timestamp>) -> Result<Statistics, HistoryError> {
        let since = since.map_or(i64::MIN, Timestamp::as_millisecond);
        self.read(|conn| {
            let mut statistics = Statistics::default();
            let mut events = events(conn, since, &mut statistics)?;
            let first = events.keys().min().copied().unwrap_or(i64::MAX / MAX_ATTEMPTS);
            deliveries(conn, first, &mut events, &mut statistics)?;
            attempts(conn, first, &events, &mut statistics)?;
            for event in events.into_values() {
                statistics.failed += u64::from(event.is_failed);
                statistics.succeeded += u64::from(event.is_delivered && !event.is_failed);
                if let Some(of_type) = statistics.types.get_mut(&event.event_type) {
                    of_type.failed += u64::from(event.is_failed);
                }
            }
            statistics.types.values_mut().for_each(|of_type| of_type.durations.sort_unstable());
            for (target, waiting) in &mut statistics.waiting {
                waiting.reason = last_refusal(conn, target, Timestamp::UNIX_EPOCH)?;
            }
            Ok(statistics)
        })
    }
}

fn minute(millis: i64) -> Timestamp {
    time(millis - millis.rem_euclid(MINUTE))
}

fn events(conn: &Connection, since: i64, into: &mut Statistics) -> rusqlite::Result<HashMap<i64, Seen>> {
    let sql = "SELECT event, coalesce(type, ''), received_at FROM events WHERE received_at >= ?";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([since])?;
    let mut events = HashMap::new();
    while let Some(row) = rows.next()? {
        let (event_type, received_at): (String, i64) = (row.get(1)?, row.get(2)?);
        into.total += 1;
        into.types.entry(event_type.clone()).or_default().count += 1;
        into.minutes.entry(minute(received_at)).or_default().received += 1;
        let seen = Seen { event_type, received_at, is_failed: false, is_delivered: false };
        events.insert(row.get(0)?, seen);
    }
    Ok(events)
}

fn deliveries(
    conn: &Connection,
    first: i64,
    events: &mut HashMap<i64, Seen>,
    into: &mut Statistics,
) -> rusqlite::Result<()> {
    let sql = "SELECT delivery, state, ended_at, target, iif(attempted_at IS NULL, NULL, duration_us)
        FROM deliveries WHERE delivery >= ?";
    let most = MAX_TARGETS as i64;
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([first.saturating_mul(most)])?;
    while let Some(row) = rows.next()? {
        let Some(event) = events.get_mut(&(row.get::<_, i64>(0)? / most)) else { continue };
        if let Some(took) = row.get::<_, Option<u64>>(4)? {
            into.types.entry(event.event_type.clone()).or_default().durations.push(took);
        }
        let state = DeliveryState::from_name(row.get_ref(1)?.as_str()?);
        event.is_failed |= state == DeliveryState::Failed;
        event.is_delivered |= state == DeliveryState::Delivered;
        if state == DeliveryState::Waiting {
            let received_at = time(event.received_at);
            let waiting = into.waiting.entry(row.get(3)?).or_default();
            waiting.since = if waiting.count == 0 { received_at } else { waiting.since.min(received_at) };
            waiting.count += 1;
        }
        let Some(ended_at) = row.get::<_, Option<i64>>(2)? else { continue };
        match state {
            DeliveryState::Delivered => into.minutes.entry(minute(ended_at)).or_default().delivered += 1,
            DeliveryState::Failed => into.minutes.entry(minute(ended_at)).or_default().failed += 1,
            _ => {}
        }
    }
    Ok(())
}

fn attempts(
    conn: &Connection,
    first: i64,
    events: &HashMap<i64, Seen>,
    into: &mut Statistics,
) -> rusqlite::Result<()> {
    let sql = "SELECT slot, duration_us FROM attempts WHERE slot >= ? AND outcome <> 'refused'";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([first.saturating_mul(MAX_ATTEMPTS)])?;
    while let Some(row) = rows.next()? {
        let Some(event) = events.get(&(row.get::<_, i64>(0)? / MAX_ATTEMPTS)) else { continue };
        into.types.entry(event.event_type.clone()).or_default().durations.push(row.get(1)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_durations_that_occurred() {
        let of = |durations: Vec<u64>| TypeStatistics { durations, ..TypeStatistics::default() };
        let many = of((1..=100).collect());
        let micros = |part| many.percentile(part).map(|duration| duration.as_micros());
        assert_eq!((micros(0.5), micros(0.95), micros(1.0)), (Some(50), Some(95), Some(100)));
        assert_eq!(many.slower_than(Duration::from_micros(98)), 2);
        assert_eq!(of(vec![7]).percentile(0.5), Some(Duration::from_micros(7)));
        assert_eq!(of(Vec::new()).percentile(0.95), None);
    }
}
