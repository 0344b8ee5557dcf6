//! How long a command waits for the API: one limit over all tries and all requests, and a sign on the terminal
//! while it waits.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::net::BaseUrl;

/// For all tries of a command.
const COMMAND: Duration = Duration::from_secs(30);
/// A request that took less is not held against the command: long lists are many quick requests.
const QUICK: Duration = Duration::from_secs(2);
/// From then on the wait is shown.
const UNSHOWN: Duration = Duration::from_millis(1500);

/// Shows what is waited for, until the answer is dropped.
pub(crate) type WaitNotice = Arc<dyn Fn(&BaseUrl) -> Box<dyn Send> + Send + Sync>;

/// See the module. Clones share what is left.
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
    /// So much and no more, from now on.
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, spent: Arc::default(), show: None }
    }

    /// The same, shown by `show`.
    pub(super) fn with_notice(self, show: WaitNotice) -> Self {
        Self { show: Some(show), ..self }
    }

    /// What is left for the next request.
    pub(super) fn remaining(&self) -> Duration {
        self.limit.saturating_sub(*self.spent())
    }

    /// Waits for `work`, which keeps to what is left by itself.
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
    fn only_slow_requests_use_up_the_limit() {
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
