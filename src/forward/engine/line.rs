//! The activities about one attempt.

use std::time::Duration;

use jiff::Timestamp;

use super::Engine;
use super::delivery::Job;
use crate::forward::activity::Activity;
use crate::forward::advice;
use crate::forward::attempt::Attempted;

/// What the activities about one attempt have in common.
pub(super) struct Line {
    at: Timestamp,
    id: String,
    event: String,
    target: String,
    attempt: u32,
    duration_ms: f64,
}

impl Line {
    pub(super) fn new(engine: &Engine, target: usize, job: &Job, took: Duration) -> Self {
        Self {
            at: engine.clock.now(),
            id: job.event.received.id.clone(),
            event: job.event.received.event_type.clone(),
            target: engine.shown(target),
            attempt: job.attempt,
            // Two decimals: a local answer often takes less than a millisecond.
            duration_ms: (took.as_secs_f64() * 100_000.0).round() / 100.0,
        }
    }

    pub(super) fn delivered(self, status: u16, outcome: &Attempted) -> Activity {
        let Self { at, id, event, target, attempt, duration_ms } = self;
        let remark = outcome.remark();
        Activity::Delivered { at, id, event, target, attempt, status, duration_ms, remark }
    }

    pub(super) fn retrying(self, outcome: &Attempted, after: Duration) -> Activity {
        let Self { at, id, event, target, attempt, duration_ms } = self;
        let (status, reason) = (outcome.status(), outcome.reason());
        let retry_in_ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        let answer = outcome.excerpt().map(str::to_owned);
        Activity::Retrying {
            at,
            id,
            event,
            target,
            attempt,
            status,
            reason,
            answer,
            duration_ms,
            retry_in_ms,
        }
    }

    pub(super) fn failed(self, outcome: &Attempted) -> Activity {
        let Self { at, id, event, target, attempt, duration_ms } = self;
        let (status, reason) = (outcome.status(), outcome.reason());
        let answer = outcome.excerpt().map(str::to_owned);
        let hint = advice::advice(outcome, advice::TARGET);
        Activity::Failed { at, id, event, target, attempt, status, reason, answer, hint, duration_ms }
    }
}
