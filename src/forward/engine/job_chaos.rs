//! What chaos does to one delivery: holds it back, swaps it with the next one, changes its signature or body.

use std::collections::VecDeque;
use std::time::Instant;

use bytes::Bytes;
use jiff::Timestamp;

use super::job::Job;
use crate::forward::attempt::AttemptOutcome;
use crate::forward::chaos::{Chaos, ChaosKind, DeliveryChaos, PARTNER_WAIT, STALE};

/// Until when the first of these deliveries waits; `None` if it may start. May swap the first two.
pub(super) fn hold(chaos: &Chaos, jobs: &mut VecDeque<Job>, now: Instant) -> Option<Instant> {
    let has_partner = jobs.len() > 1;
    let first = jobs.front_mut()?;
    if first.chaos.is_reordered() {
        if has_partner {
            jobs.iter_mut().take(2).for_each(|job| job.chaos.swap());
            jobs.swap(0, 1);
        } else if first.chaos.waits_for_partner() {
            return Some(now + PARTNER_WAIT);
        }
    }
    let first = jobs.front_mut()?;
    first.chaos.is_delayed().then(|| now + chaos.delay_of(first.id()))
}

impl Job {
    /// The time of the signature of an attempt that starts at `now`.
    pub(super) fn signed_at(&self, now: Timestamp) -> Timestamp {
        match self.chaos.step() {
            Some(ChaosKind::Stale) => now.checked_sub(STALE).unwrap_or(now),
            _ => now,
        }
    }

    /// The body that the coming attempt sends. Its signature is that of `body`.
    pub(super) fn sent_body(&self, chaos: Option<&Chaos>, body: Bytes) -> Bytes {
        match (chaos, self.chaos.step()) {
            (Some(chaos), Some(ChaosKind::Tamper)) => chaos.tamper(self.id(), &body),
            _ => body,
        }
    }

    pub(super) fn after_chaos(self, chaos: DeliveryChaos) -> Self {
        Self { attempt: self.attempt + 1, chaos, ..self }
    }
}

/// The step of chaos that this attempt was; `None` if it is handled like any other.
pub(super) fn step_of(job: &Job, outcome: &AttemptOutcome) -> Option<ChaosKind> {
    let step = job.chaos.step()?;
    let is_answered = matches!(outcome, AttemptOutcome::Answered { .. } | AttemptOutcome::Exited(_));
    let is_handled = match outcome {
        AttemptOutcome::NotReached(_) => false,
        AttemptOutcome::Impossible { .. } => step == ChaosKind::Duplicate,
        _ => step != ChaosKind::DropAnswer || is_answered,
    };
    is_handled.then_some(step)
}

/// The delivery has succeeded. Returns it if it is sent once more.
pub(super) fn duplicate(job: Job) -> Result<Job, Job> {
    match job.chaos.has_duplicate() {
        true => {
            let chaos = job.chaos.duplicate();
            Ok(job.after_chaos(chaos))
        }
        false => Err(job),
    }
}
