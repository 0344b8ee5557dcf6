//! Looks up signing secrets for views, which cannot wait for a server that does not answer.
//!
//! A look-up continues when the view that began it stops waiting, is shared by all views, and its result is remembered for a
//! short time. Otherwise each event that is opened waits again for a server that cannot be reached.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::Secret;
use crate::history::RunScope;

/// A look-up that takes longer has failed.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a result is used again. Secrets that were found are kept elsewhere, for good.
const REMEMBERED: Duration = Duration::from_secs(15);

/// The look-ups that run, and the results that are remembered.
#[derive(Default)]
pub(super) struct LookUps(Mutex<Vec<LookUp>>);

struct LookUp {
    scope: RunScope,
    /// `None` while it runs.
    outcome: watch::Receiver<Option<Outcome>>,
}

struct Outcome {
    secret: Option<Secret>,
    at: Instant,
}

/// What a view knows of a secret.
pub(super) enum Found {
    Secret(Secret),
    /// It was not found.
    Nothing,
    /// The look-up takes longer than the view waits.
    Pending,
}

impl LookUps {
    /// The secret that events of `scope` are signed with, which `ask` looks up. Waits at most `wait` for it.
    pub(super) async fn secret(
        &self,
        scope: &RunScope,
        wait: Duration,
        ask: impl Future<Output = Option<Secret>> + Send + 'static,
    ) -> Found {
        let mut outcome = self.begun(scope, ask);
        match tokio::time::timeout(wait, outcome.wait_for(Option::is_some)).await {
            Err(_) => Found::Pending,
            Ok(Err(_)) => Found::Nothing,
            Ok(Ok(outcome)) => {
                let secret = outcome.as_ref().and_then(|outcome| outcome.secret.clone());
                secret.map_or(Found::Nothing, Found::Secret)
            }
        }
    }

    /// The look-up that runs or is remembered, or else a new one.
    fn begun(
        &self,
        scope: &RunScope,
        ask: impl Future<Output = Option<Secret>> + Send + 'static,
    ) -> watch::Receiver<Option<Outcome>> {
        let is_of_use = |outcome: &Option<Outcome>| {
            outcome.as_ref().is_none_or(|outcome| outcome.at.elapsed() < REMEMBERED)
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|look_up| look_up.outcome.has_changed().is_ok() || look_up.outcome.borrow().is_some());
        all.retain(|look_up| is_of_use(&look_up.outcome.borrow()));
        if let Some(found) = all.iter().find(|look_up| look_up.scope == *scope) {
            return found.outcome.clone();
        }
        let (sender, outcome) = watch::channel(None);
        all.push(LookUp { scope: scope.clone(), outcome: outcome.clone() });
        tokio::spawn(async move {
            let secret = tokio::time::timeout(TIMEOUT, ask).await.ok().flatten();
            sender.send_replace(Some(Outcome { secret, at: Instant::now() }));
        });
        outcome
    }
}
