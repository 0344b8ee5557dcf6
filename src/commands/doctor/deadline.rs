//! The time limit of all checks together.

use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Instant);

impl Deadline {
    pub(super) fn new(whole: Duration) -> Self {
        Self(Instant::now() + whole)
    }

    /// `wanted`, or the remaining time if that is less.
    pub(super) fn limit(self, wanted: Duration) -> Duration {
        wanted.min(self.0.saturating_duration_since(Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_step_exceeds_the_deadline() {
        let deadline = Deadline::new(Duration::from_secs(60));
        assert_eq!(deadline.limit(Duration::from_secs(3)), Duration::from_secs(3));
        assert!(deadline.limit(Duration::from_secs(90)) <= Duration::from_secs(60));
        assert_eq!(Deadline::new(Duration::ZERO).limit(Duration::from_secs(3)), Duration::ZERO);
    }
}
