//! Handles the attempts that chaos adds to deliveries. The true delivery always follows, and those attempts do not count
//! as retries.

use std::time::Duration;

use super::job::InFlight;
use super::state::Engine;
use crate::forward::attempt::{AttemptOutcome, AttemptResult};
use crate::forward::attempt_record::AttemptChaos;
use crate::forward::chaos::{ChaosKind, DeliveryChaos};
use crate::forward::policy::RetryDecision;
use crate::history::{DeliveryState, RecordedOutcome};

/// The wait before the attempt that follows a dropped answer, as before any second attempt.
const AFTER_DROP: Duration = Duration::from_millis(500);

impl Engine {
    /// What happens to the delivery of a new event.
    pub(super) fn chaos_of(&self, id: &str) -> DeliveryChaos {
        let decided = self.plan.chaos.as_ref().map(|chaos| chaos.decide(id));
        decided.map(DeliveryChaos::new).unwrap_or_default()
    }

    /// Handles an attempt that chaos added.
    pub(super) fn on_chaos_attempt(&mut self, step: ChaosKind, flight: InFlight, mut result: AttemptResult) {
        self.scheduler.adapt_pace(&flight, &result);
        let details = self.details(&flight, &result);
        let finding = finding(step, &result.outcome);
        let is_last = step == ChaosKind::Duplicate;
        let after = if step == ChaosKind::DropAnswer { AFTER_DROP } else { Duration::ZERO };
        let decision = if is_last { RetryDecision::Delivered } else { RetryDecision::Retry { after } };
        let failed = (is_last && !result.outcome.is_success()).then_some(RecordedOutcome::Failed);
        let reason = match step {
            ChaosKind::DropAnswer => Some(format!("{}, which was dropped", result.outcome.reason())),
            _ => finding.map(|finding| format!("{}, and it {finding}", result.outcome.reason())),
        };
        let chaos = AttemptChaos {
            marks: flight.job.chaos.marks(),
            reason: reason.clone(),
            outcome: failed,
            settles: is_last.then_some(DeliveryState::Delivered),
        };
        self.record_with(&flight, &mut result, &decision, Some(chaos));
        let InFlight { target, key, job, .. } = flight;
        if let Some(waiting) = self.scheduler.mark_up(target) {
            self.reporter.resumed(target, waiting);
        }
        let reason = reason.unwrap_or_else(|| result.outcome.reason());
        self.reporter.chaos_attempt((target, &job), &result, (details, reason), (step, finding));
        if is_last {
            self.reporter.stats.delivered(target);
            return self.finish(target, &key, job);
        }
        let chaos = job.chaos.after(step);
        self.scheduler.retry(target, &key, job.after_chaos(chaos), after);
    }
}

/// What is wrong with a receiver that answers this attempt like that.
fn finding(step: ChaosKind, outcome: &AttemptOutcome) -> Option<&'static str> {
    match (step, outcome.is_success()) {
        (ChaosKind::Stale, true) => Some("accepted a signature that is an hour old"),
        (ChaosKind::Tamper, true) => Some("accepted a body that does not match its signature"),
        (ChaosKind::Duplicate, false) => Some("refused an event that it had accepted before"),
        _ => None,
    }
}
