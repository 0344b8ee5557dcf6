//! When the writer commits: soon after a quiet time, and at most every 50 ms while records keep coming, because each
//! transaction costs several times as much as a record.

use std::time::{Duration, Instant};

/// The time between two commits while records keep coming.
pub(super) const INTERVAL: Duration = Duration::from_millis(50);
/// Commits that may follow each other without a pause after half a second of quiet. An event usually causes two: so a
/// program that waits for the lines of a few events, one after the other, waits for no pause.
const BURST: u32 = 10;

#[derive(Debug)]
pub(super) struct CommitPace {
    /// When all commits so far would have been made at the usual interval.
    paid: Instant,
}

impl CommitPace {
    pub(super) fn new(now: Instant) -> Self {
        Self { paid: now }
    }

    /// How long the next commit has to wait.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        self.paid.saturating_duration_since(now + INTERVAL * (BURST - 1))
    }

    /// A commit has been made.
    pub(super) fn committed(&mut self, now: Instant) {
        // Commits of full batches do not wait, and later ones do not wait longer because of them.
        self.paid = self.paid.max(now).min(now + INTERVAL * (BURST - 1)) + INTERVAL;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_are_spread_out() {
        let start = Instant::now();
        let mut pace = CommitPace::new(start);
        let mut at = start;
        let mut commit = |later: Duration| {
            at += later;
            let wait = pace.wait(at);
            at += wait;
            pace.committed(at);
            wait
        };
        let waits: Vec<Duration> = (0..2 * BURST).map(|_| commit(Duration::ZERO)).collect();
        let (first, later) = waits.split_at(BURST as usize);
        assert!(
            first.iter().all(Duration::is_zero) && later.iter().all(|wait| *wait == INTERVAL),
            "{waits:?}"
        );
        assert_eq!(commit(INTERVAL), Duration::ZERO, "it was quiet");
        assert_eq!(commit(INTERVAL / 2), INTERVAL / 2);
        assert_eq!(commit(INTERVAL * 100), Duration::ZERO);
    }

    #[test]
    fn full_batches_delay_nothing() {
        let now = Instant::now();
        let mut pace = CommitPace::new(now);
        for _ in 0..100 {
            pace.committed(now);
        }
        assert_eq!(pace.wait(now), INTERVAL);
    }
}
