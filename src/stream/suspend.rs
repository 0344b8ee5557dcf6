//! Detects that the machine was suspended: the wall clock advanced and the monotonic clock did not.
//!
//! A connection rarely survives that, and waiting for missed heartbeats would only delay the reconnection. Setting the
//! wall clock forward has the same effect and causes one reconnection; setting it back causes none.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::host::clock::Clock;

/// Smaller differences are clock jitter.
const LEAST: Duration = Duration::from_secs(5);

/// Compares the two clocks on every call.
#[derive(Debug)]
pub(super) struct SuspendDetector {
    clock: Clock,
    wall: Timestamp,
    monotonic: Instant,
}

impl SuspendDetector {
    pub(super) fn new(clock: Clock) -> Self {
        Self { wall: clock.now(), clock, monotonic: Instant::now() }
    }

    /// Whether the clocks were compared within the last `interval`.
    pub(super) fn is_fresh(&self, now: Instant, interval: Duration) -> bool {
        now.saturating_duration_since(self.monotonic) < interval
    }

    /// How long the machine was suspended since the last call. Every jump is reported once.
    pub(super) fn suspended_for(&mut self, now: Instant) -> Option<Duration> {
        let wall = self.clock.now();
        let by_wall = wall.duration_since(self.wall);
        let awake = now.saturating_duration_since(self.monotonic);
        (self.wall, self.monotonic) = (wall, now);
        // Negative when the clock was set back.
        let by_wall = Duration::try_from(by_wall).ok()?;
        by_wall.checked_sub(awake).filter(|slept| *slept >= LEAST)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;

    #[test]
    fn forward_jumps_are_reported_once() {
        let clock = Clock::fixed(1_000_000);
        let Clock::Fixed(wall) = clock.clone() else { unreachable!() };
        let mut suspend = SuspendDetector::new(clock);
        let start = suspend.monotonic;
        let mut at = |millis: u64, moved: i64| {
            wall.fetch_add(moved, Ordering::Relaxed);
            suspend.suspended_for(start + Duration::from_millis(millis))
        };
        assert_eq!(at(1000, 1000), None, "both clocks advanced");
        assert_eq!(at(2000, 1000 + 4999), None, "a small step");
        assert_eq!(at(3000, 1000 + 5000), Some(Duration::from_secs(5)));
        assert_eq!(at(4000, 1000), None, "reported before");
        assert_eq!(at(5000, 1000 - 3_600_000), None, "set back");
        assert_eq!(at(6000, 1000), None);
        assert_eq!(at(7000, 1000 + 3_600_000), Some(Duration::from_secs(3600)));
        assert_eq!(at(100_000, 0), None, "a stopped wall clock is not a suspension");
    }
}
