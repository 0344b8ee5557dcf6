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
pub(crate) type ShowWaiting = Arc<dyn Fn(&BaseUrl) -> Box<dyn Send> + Send + Sync>;

/// See the module. Clones share what is left.
#[derive(Clone)]
pub(super) struct Patience {
    limit: Duration,
    spent: Arc<Mutex<Duration>>,
    show: Option<ShowWaiting>,
}

impl fmt::Debug for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patience")
            .field("limit", &self.limit)
            .field("spent", &self.spent)
            .finish_non_exhaustive()
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self::of(COMMAND)
    }
}

impl Patience {
    /// So much and no more, from now on.
    pub(super) fn of(limit: Duration) -> Self {
        Self { limit, spent: Arc::default(), show: None }
    }

    /// The same, shown by `show`.
    pub(super) fn shown(self, show: ShowWaiting) -> Self {
        Self { show: Some(show), ..self }
    }

    /// What is left for the next request.
    pub(super) fn left(&self) -> Duration {
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
        let patience = Patience::of(Duration::from_secs(30));
        for _ in 0..100 {
            patience.charge(Duration::from_secs(1));
        }
        assert_eq!(patience.left(), Duration::from_secs(30));
        patience.clone().charge(Duration::from_secs(20));
        assert_eq!(patience.left(), Duration::from_secs(10), "clones share it");
        patience.charge(Duration::from_secs(11));
        assert_eq!(patience.left(), Duration::ZERO);
        assert_eq!(Patience::default().left(), COMMAND);
    }
}
