//! When each event is due, and the thread that builds it and waits for that time.
//!
//! The timers of Tokio fire up to a millisecond late, which is as long as a fast handler takes. A thread that sleeps is
//! late by some 50 µs.

use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::event::{EventType, ReceivedEvent};
use crate::forward::CLI_WEBHOOK_ID;
use crate::host::clock::Clock;
use crate::sandbox_info;

/// Events that are due and not taken yet.
const CHANNEL: usize = 1024;

/// A constant rate for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// Events a second.
    pub(crate) rate: u32,
    pub(crate) duration: Duration,
}

impl Schedule {
    /// The number of events: at least one.
    pub(crate) fn events(self) -> u64 {
        let nanos = self.duration.as_nanos().saturating_mul(self.rate.into()) / 1_000_000_000;
        u64::try_from(nanos).unwrap_or(u64::MAX).max(1)
    }

    /// When event `index` is due after the start. Computed from the start, so that no rounding adds up.
    pub(super) fn due(self, index: u64) -> Duration {
        let nanos = u128::from(index) * 1_000_000_000 / u128::from(self.rate.max(1));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// An event that is due.
#[derive(Debug)]
pub(super) struct DueEvent {
    pub(super) event: ReceivedEvent,
    pub(super) due: Instant,
}

/// Sends each event of the schedule when it is due, of each type in turn. Ends when the receiver is dropped.
pub(super) fn start(
    schedule: Schedule,
    types: Vec<&'static EventType>,
    clock: Clock,
) -> std::io::Result<mpsc::Receiver<DueEvent>> {
    let (sender, receiver) = mpsc::channel(CHANNEL);
    thread::Builder::new().name("bench-pace".to_owned()).spawn(move || {
        let start = Instant::now();
        for (index, event_type) in (0..schedule.events()).zip(types.iter().cycle()) {
            let now = clock.now();
            let event = sandbox_info::sample(event_type, now);
            let event = ReceivedEvent::from_event(&event, CLI_WEBHOOK_ID, now);
            let due = start + schedule.due(index);
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if sender.blocking_send(DueEvent { event, due }).is_err() {
                return;
            }
        }
    })?;
    Ok(receiver)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedule_has_rate_times_duration() {
        let schedule = |rate, millis| Schedule { rate, duration: Duration::from_millis(millis) };
        for (rate, millis, events) in [
            (200, 10_000, 2_000),
            (1, 100, 1),
            (3, 1_000, 3),
            (10_000, 3_600_000, 36_000_000),
            (7, 1_500, 10),
        ] {
            assert_eq!(schedule(rate, millis).events(), events, "{rate} {millis}");
        }
        // A third of a second is not rounded 3,000 times.
        assert_eq!(schedule(3, 1_000_000).due(3_000), Duration::from_secs(1_000));
        assert_eq!(schedule(200, 1_000).due(1), Duration::from_millis(5));
    }
}
