//! What becomes of deliveries: attempts are started, and their results recorded, reported, retried or final.

use std::sync::Arc;

use super::job::{InFlight, Job};
use super::scheduler::TaskEnd;
use super::state::Engine;
use crate::forward::advice::Refusal;
use crate::forward::attempt::{AttemptResult, attempt};
use crate::forward::attempt_record::AttemptContext;
use crate::forward::details::{AttemptDetails, answer_details, header_pairs};
use crate::forward::policy::{RetryDecision, decide};
use crate::forward::queue::Key;
use crate::forward::request::Signature;
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
            async move {
                let body = match job.body(journal).await {
                    Ok(body) => body,
                    Err(reason) => return AttemptResult::impossible(reason),
                };
                let signature = Signature::new(&signer, &body, now);
                attempt(&endpoint, &job.headers(&signature, &extra), body, timeout).await
            }
        })
    }

    /// Handles this result and all others that are there already.
    pub(super) fn on_attempts_finished(&mut self, end: TaskEnd) {
        self.on_attempt_finished(end);
        while let Some(end) = self.scheduler.try_next_end() {
            self.on_attempt_finished(end);
        }
    }

    fn on_attempt_finished(&mut self, end: TaskEnd) {
        let Some((flight, mut result)) = self.scheduler.end_attempt(end) else { return };
        self.reporter.stats.attempted(flight.target, &result);
        let busy = self.scheduler.adapt_pace(&flight, &result);
        let details = self.details(&flight, &result);
        let decision = decide(&result.outcome, flight.job.attempt, self.plan.retries);
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
                self.finish(target, &key, job);
            }
            (RetryDecision::GiveUp, _) => {
                self.reporter.failed(target, &job, &result, details, refusal);
                self.finish(target, &key, job);
            }
        }
    }

    fn finish(&mut self, target: usize, key: &Key, job: Job) {
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
    fn details(&self, flight: &InFlight, result: &AttemptResult) -> Option<Box<AttemptDetails>> {
        let wanted = self.plan.details;
        if !wanted.of_attempt() {
            return None;
        }
        // A body that waits in the history is not read again for this.
        let event = Some(&flight.job.event).filter(|event| !event.is_stored);
        let signer = self.signer.as_ref().filter(|_| wanted.headers);
        let request_headers = event.zip(signer).map(|(event, signer)| {
            let signature = Signature::new(signer, &event.received.body, flight.started_at);
            header_pairs(&flight.job.headers(&signature, &self.plan.headers).map())
        });
        let body = event.filter(|_| wanted.body).map(|event| wanted.part(&event.received.body));
        let answer = wanted.answer.then(|| answer_details(result, wanted));
        Some(Box::new(AttemptDetails { body, request_headers, answer }))
    }

    fn record_attempt(&mut self, flight: &InFlight, result: &mut AttemptResult, decision: &RetryDecision) {
        let (job, now) = (&flight.job, flight.started_at);
        let Some(target) = self.recorder.target_name(flight.target) else { return };
        // Headers follow from the event, the time and the secret, so those of a success are not recorded.
        let has_failed = !matches!(decision, RetryDecision::Delivered);
        let signer = self.signer.as_ref().filter(|_| has_failed && !job.event.is_stored);
        let request_headers = signer.map(|signer| {
            let signature = Signature::new(signer, &job.event.received.body, now);
            job.headers(&signature, &self.plan.headers).map()
        });
        let context = AttemptContext {
            seq: job.event.seq,
            target,
            attempt: job.attempt,
            started_at: now,
            ended_at: self.clock.now(),
            request_headers,
        };
        self.recorder.attempted(context, result, decision);
    }
}
