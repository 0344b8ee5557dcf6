//! What becomes of deliveries: attempts are started, and their results recorded, reported, retried or final.

use std::sync::Arc;
use std::time::Duration;

use super::attempts::AttemptEnd;
use super::job::{InFlight, Job};
use super::job_chaos::{duplicate, step_of};
use super::state::Engine;
use crate::forward::advice::Refusal;
use crate::forward::attempt::{AttemptResult, attempt};
use crate::forward::attempt_record::{AttemptChaos, AttemptContext};
use crate::forward::chaos::ChaosMarks;
use crate::forward::details::{AttemptDetails, answer_details, header_pairs};
use crate::forward::policy::{RetryDecision, decide};
use crate::forward::queue::Key;
use crate::forward::request::Signature;
use crate::history::DeliveryState;
use crate::net::RequestHeaders as _;

impl Engine {
    /// Starts every attempt that may start now and returns whether there was one.
    pub(super) fn start_attempts(&mut self) -> bool {
        // The first session brings the signer.
        let Some(signer) = &self.signer else { return false };
        if self.is_paused && self.is_open() {
            return false;
        }
        let (recorder, plan) = (&self.recorder, &self.plan);
        self.scheduler.start_ready(&self.clock, |flight, endpoint| {
            let (job, now, timeout) = (flight.job.clone(), flight.started_at, plan.timeout);
            let (signer, extra) = (Arc::clone(signer), Arc::clone(&plan.headers));
            let journal = recorder.journal().filter(|_| job.event.is_stored);
            let chaos = plan.chaos.clone();
            async move {
                let body = match journal {
                    None => job.event.received.body.clone(),
                    // Boxed, so that it does not enlarge the future of every attempt.
                    Some(journal) => match Box::pin(job.stored_body(journal)).await {
                        Ok(body) => body,
                        Err(reason) => return AttemptResult::impossible(reason),
                    },
                };
                let signature = Signature::new(&signer, &body, job.signed_at(now));
                let body = job.sent_body(chaos.as_deref(), body);
                attempt(&endpoint, &job.headers(&signature, &extra), body, timeout).await
            }
        })
    }

    /// Handles this result and all others that are there already.
    pub(super) fn on_attempts_finished(&mut self, end: AttemptEnd) {
        self.on_attempt_finished(end);
        while let Some(end) = self.scheduler.try_next_end() {
            self.on_attempt_finished(end);
        }
    }

    fn on_attempt_finished(&mut self, (flight, mut result): AttemptEnd) {
        if let Some(step) = step_of(&flight.job, &result.outcome) {
            return self.on_chaos_attempt(step, flight, result);
        }
        self.reporter.stats.attempted(flight.target, &result);
        let busy = self.scheduler.adapt_pace(&flight, &result);
        let details = self.details(&flight, &result);
        let decision = decide(&result.outcome, flight.job.policy_attempt(), self.plan.retries);
        let refusal = self.refusal(&flight, &result);
        self.record_attempt(&flight, &mut result, &decision);
        let InFlight { target, key, job, .. } = flight;
        if decision != RetryDecision::MarkDown
            && let Some(waiting) = self.scheduler.mark_up(target)
        {
            self.reporter.resumed(target, waiting);
        }
        match (decision, busy) {
            (RetryDecision::MarkDown, Some(wait)) => self.scheduler.retry(target, &key, job, wait),
            (RetryDecision::MarkDown, None) => {
                if let Some(waiting) = self.scheduler.mark_down(target, &key, job) {
                    self.reporter.waiting(target, waiting, &result.outcome);
                }
            }
            (RetryDecision::Retry { after }, _) => {
                self.reporter.retrying(target, &job, &result, details, after);
                self.scheduler.retry(target, &key, job.next_attempt(), after);
            }
            (RetryDecision::Delivered, _) => {
                self.reporter.delivered(target, &job, &result, details);
                match duplicate(job) {
                    Ok(job) => self.scheduler.retry(target, &key, job, Duration::ZERO),
                    Err(job) => {
                        self.reporter.stats.delivered(target);
                        self.finish(target, &key, job);
                    }
                }
            }
            (RetryDecision::GiveUp, _) => {
                self.reporter.failed(target, &job, &result, details, refusal);
                self.finish(target, &key, job);
            }
        }
    }

    pub(super) fn finish(&mut self, target: usize, key: &Key, job: Job) {
        self.scheduler.finish(target, key, &job);
        self.last.keep(job);
    }

    /// What is known about an answer that may refuse the signature: whether the signature was right, and more.
    fn refusal(&self, flight: &InFlight, result: &AttemptResult) -> Refusal {
        let refused = result.answer.as_ref().filter(|answer| Refusal::is_possible(answer.status));
        let (Some(answer), Some(signer), Some(verifier)) = (refused, &self.signer, &self.verifier) else {
            return Refusal::default();
        };
        let header = |name: &str| answer.headers.get(name)?.to_str().ok();
        let refusal = Refusal::new(header, self.clock.now());
        let (job, body) = (&flight.job, &flight.job.event.received.body);
        if job.event.is_stored {
            return refusal;
        }
        let signature = Signature::new(signer, body, flight.started_at);
        let sent = job.headers(&signature, &self.plan.headers).map();
        let verifier = verifier.clone().at(flight.started_at.as_second());
        let is_right = |name: &str| {
            let value = sent.get(name).and_then(|value| value.to_str().ok());
            verifier.verify(body, value).is_ok()
        };
        refusal.with_signature(is_right("x-signature") && is_right("cstar-signature"))
    }

    /// What was asked for with `--show` or `--include`, before the record takes the answer.
    pub(super) fn details(&self, flight: &InFlight, result: &AttemptResult) -> Option<Box<AttemptDetails>> {
        let wanted = self.plan.details;
        if !wanted.of_attempt() {
            return None;
        }
        // A body that waits in the history is not read again for this.
        let event = Some(&flight.job.event).filter(|event| !event.is_stored);
        let signer = self.signer.as_ref().filter(|_| wanted.headers);
        let request_headers = event.zip(signer).map(|(event, signer)| {
            let signed_at = flight.job.signed_at(flight.started_at);
            let signature = Signature::new(signer, &event.received.body, signed_at);
            header_pairs(&flight.job.headers(&signature, &self.plan.headers).map())
        });
        let body = event.filter(|_| wanted.body).map(|event| {
            let body = event.received.body.clone();
            wanted.part(&flight.job.sent_body(self.plan.chaos.as_deref(), body))
        });
        let answer = wanted.answer.then(|| answer_details(result, wanted));
        Some(Box::new(AttemptDetails { body, request_headers, answer }))
    }

    fn record_attempt(&mut self, flight: &InFlight, result: &mut AttemptResult, decision: &RetryDecision) {
        let marks = flight.job.chaos.marks_without_answer();
        let has_duplicate = flight.job.chaos.has_duplicate();
        let is_marked = !marks.is_empty() && *decision != RetryDecision::MarkDown;
        let chaos = (is_marked || has_duplicate).then(|| AttemptChaos {
            marks: if is_marked { marks } else { ChaosMarks::default() },
            reason: None,
            outcome: None,
            // The duplicate ends the delivery.
            settles: decision
                .recorded()
                .final_state()
                .filter(|state| !has_duplicate || *state != DeliveryState::Delivered),
        });
        self.record_with(flight, result, decision, chaos);
    }

    /// Records an attempt, and what chaos has done to it.
    pub(super) fn record_with(
        &mut self,
        flight: &InFlight,
        result: &mut AttemptResult,
        decision: &RetryDecision,
        chaos: Option<AttemptChaos>,
    ) {
        let (job, now) = (&flight.job, flight.started_at);
        let Some(target) = self.recorder.target_name(flight.target) else { return };
        // Headers follow from the event, the time and the secret, so those of a success are not recorded.
        let has_failed = !matches!(decision, RetryDecision::Delivered);
        let signer = self.signer.as_ref().filter(|_| has_failed && !job.event.is_stored);
        let request_headers = signer.map(|signer| {
            let signature = Signature::new(signer, &job.event.received.body, job.signed_at(now));
            job.headers(&signature, &self.plan.headers).map()
        });
        let context = AttemptContext {
            seq: job.event.seq,
            target,
            attempt: job.attempt,
            started_at: now,
            ended_at: self.clock.now(),
            request_headers,
            chaos,
        };
        self.recorder.attempted(context, result, decision);
    }
}
