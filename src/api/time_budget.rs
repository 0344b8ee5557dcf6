//! The time that a command waits for the API: one limit for all attempts and requests, and a notice during long waits.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::net::BaseUrl;

/// For all requests of a command.
const COMMAND: Duration = Duration::from_secs(30);
/// Shorter requests are not counted, because long lists are many quick requests.
const QUICK: Duration = Duration::from_secs(2);
/// The notice is shown after this time.
const UNSHOWN: Duration = Duration::from_millis(1500);

/// Shows a notice until the result is dropped.
pub(crate) type WaitNotice = Arc<dyn Fn(&BaseUrl) -> Box<dyn Send> + Send + Sync>;

/// The time limit of a command. Clones share the remaining time.
#[derive(Clone)]
pub(super) struct TimeBudget {
    limit: Duration,
    spent: Arc<Mutex<Duration>>,
    show: Option<WaitNotice>,
}

impl fmt::Debug for TimeBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeBudget")
            .field("limit", &self.limit)
            .field("spent", &self.spent)
            .finish_non_exhaustive()
    }
}

impl Default for TimeBudget {
    fn default() -> Self {
        Self::new(COMMAND)
    }
}

impl TimeBudget {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, spent: Arc::default(), show: None }
    }

    /// Sets the notice.
    pub(super) fn with_notice(self, show: WaitNotice) -> Self {
        Self { show: Some(show), ..self }
    }

    /// Takes the notice of `other`.
    pub(super) fn with_notice_of(self, other: &Self) -> Self {
        Self { show: other.show.clone(), ..self }
    }

    /// The limit for the next request.
    pub(super) fn remaining(&self) -> Duration {
        self.limit.saturating_sub(*self.spent())
    }

    /// Waits for `work`, which must observe [`Self::remaining`], and charges the time.
    pub(super) async fn wait<T>(&self, base: &BaseUrl, work: impl Future<Output = T>) -> T {
        let began = Instant::now();
        let mut work = std::pin::pin!(work);
        let outcome = tokio::select! {
            biased;
            outcome = &mut work => outcome,
            () = sleep(UNSHOWN) => {
                let _shown = self.show.as_ref().map(|show| show(base));
                work.await
            }
        };
        self.charge(began.elapsed());
        outcome
    }

    fn charge(&self, took: Duration) {
        if took >= QUICK {
            *self.spent() += took;
        }
    }

    fn spent(&self) -> std::sync::MutexGuard<'_, Duration> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_slow_requests_are_charged() {
        let budget = TimeBudget::new(Duration::from_secs(30));
        for _ in 0..100 {
            budget.charge(Duration::from_secs(1));
        }
        assert_eq!(budget.remaining(), Duration::from_secs(30));
        budget.clone().charge(Duration::from_secs(20));
        assert_eq!(budget.remaining(), Duration::from_secs(10), "clones share it");
        budget.charge(Duration::from_secs(11));
        assert_eq!(budget.remaining(), Duration::ZERO);
        assert_eq!(TimeBudget::default().remaining(), COMMAND);
    }
}
