//! Tracks outages: their start, the number of attempts, and when to report them. Pure: times are arguments.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::stream::backoff::STABLE_AFTER;
use crate::stream::disconnect::Disconnect;

/// A period without a stable session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outage {
    pub(crate) since: Timestamp,
    /// How long it has lasted, by the monotonic clock.
    pub(crate) lasted: Duration,
    /// Connections tried since then.
    pub(crate) attempts: u32,
    /// Why the latest one ended or failed.
    pub(crate) reason: Disconnect,
}

/// Reports an outage once per interval.
pub(super) struct Outages {
    interval: Duration,
    current: Option<Current>,
}

struct Current {
    began: Instant,
    reported: Instant,
    so_far: Outage,
}

impl Outages {
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, current: None }
    }

    /// Counts a connection attempt.
    pub(super) fn tried(&mut self) {
        if let Some(current) = &mut self.current {
            current.so_far.attempts = current.so_far.attempts.saturating_add(1);
        }
    }

    /// Records that a connection ended or failed. The first one begins an outage; a stable session ends it.
    pub(super) fn ended(
        &mut self,
        session: Option<Duration>,
        reason: &Disconnect,
        now: Instant,
        since: Timestamp,
    ) {
        if session.is_some_and(|lasted| lasted >= STABLE_AFTER) {
            self.current = None;
        }
        let current = self.current.get_or_insert_with(|| Current {
            began: now,
            reported: now,
            so_far: Outage { since, lasted: Duration::ZERO, attempts: 0, reason: reason.clone() },
        });
        current.so_far.reason.clone_from(reason);
    }

    pub(super) fn due(&mut self, now: Instant) -> Option<Outage> {
        let current = self.current.as_mut()?;
        if now.saturating_duration_since(current.reported) < self.interval {
            return None;
        }
        current.reported = now;
        Some(Outage { lasted: now.saturating_duration_since(current.began), ..current.so_far.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_outages_are_reported_regularly() {
        let began = Instant::now();
        let mut outages = Outages::new(Duration::from_secs(30));
        let at = |seconds| began + Duration::from_secs(seconds);
        assert_eq!(outages.due(at(100)), None);
        outages.ended(None, &Disconnect::Ended, at(100), Timestamp::UNIX_EPOCH);
        outages.tried();
        outages.ended(Some(Duration::from_secs(1)), &Disconnect::Buffered, at(110), Timestamp::MAX);
        assert_eq!(outages.due(at(129)), None);
        let expected = Outage {
            since: Timestamp::UNIX_EPOCH,
            lasted: Duration::from_secs(31),
            attempts: 1,
            reason: Disconnect::Buffered,
        };
        assert_eq!(outages.due(at(131)), Some(expected));
        assert_eq!(outages.due(at(160)), None);
        assert_eq!(outages.due(at(161)).map(|outage| outage.lasted), Some(Duration::from_secs(61)));
    }

    #[test]
    fn stable_session_ends_an_outage() {
        let began = Instant::now();
        let mut outages = Outages::new(Duration::from_secs(30));
        outages.ended(None, &Disconnect::Ended, began, Timestamp::UNIX_EPOCH);
        outages.tried();
        let later = began + Duration::from_secs(60);
        outages.ended(Some(STABLE_AFTER), &Disconnect::Ended, later, Timestamp::MAX);
        assert_eq!(outages.due(later), None);
        let report = outages.due(later + Duration::from_secs(30)).unwrap();
        assert_eq!((report.since, report.attempts), (Timestamp::MAX, 0));
    }
}
