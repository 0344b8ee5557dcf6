//! The activities about one attempt.

use std::time::Duration;

use super::Engine;
use super::delivery::Job;
use crate::forward::activity::{Activity, AttemptEvent};
use crate::forward::advice;
use crate::forward::attempt::{AttemptOutcome, AttemptResult};

/// The attempt of a job, as activities report it.
pub(super) fn facts(engine: &Engine, target: usize, job: &Job, tried: &AttemptResult) -> AttemptEvent {
    AttemptEvent {
        at: engine.clock.now(),
        id: job.event.received.id.clone(),
        event: job.event.received.event_type.clone(),
        target: engine.display_url(target),
        attempt: job.attempt,
        status: tried.outcome.status(),
        // Two decimals: a local answer often takes less than a millisecond.
        duration_ms: (tried.took.as_secs_f64() * 100_000.0).round() / 100.0,
    }
}

pub(super) fn delivered(attempt: AttemptEvent, outcome: &AttemptOutcome) -> Activity {
    Activity::Delivered { attempt, remark: outcome.remark() }
}

pub(super) fn retrying(attempt: AttemptEvent, outcome: &AttemptOutcome, after: Duration) -> Activity {
    let answer = outcome.excerpt().map(str::to_owned);
    let retry_in_ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
    Activity::Retrying { attempt, reason: outcome.reason(), answer, retry_in_ms }
}

pub(super) fn failed(attempt: AttemptEvent, outcome: &AttemptOutcome) -> Activity {
    let answer = outcome.excerpt().map(str::to_owned);
    let hint = advice::advice(outcome, advice::TARGET);
    Activity::Failed { attempt, reason: outcome.reason(), answer, hint }
}
