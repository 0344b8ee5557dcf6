//! What becomes of accepted events: attempts started, judged, repeated, held, and brought to an end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;
use tokio::task::{Id, JoinError};

use super::attempt_event;
use super::backlog::Size;
use super::{Engine, Phase};
use crate::event::ReceivedEvent;
use crate::forward::activity::Activity;
use crate::forward::advice;
use crate::forward::attempt::{AttemptOutcome, AttemptResult, attempt};
use crate::forward::attempt_record::AttemptContext;
use crate::forward::limiter::Started;
use crate::forward::policy::{RetryDecision, decide};
use crate::forward::queue::{Key, Queue};
use crate::forward::request::{self, Signing};
use crate::history::Journal;
use crate::signature::Signer;

/// An accepted event.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) received: ReceivedEvent,
    /// Deliveries that have not ended.
    pub(super) open: AtomicUsize,
    /// Its number in the history.
    pub(super) seq: u64,
    pub(super) size: Size,
    /// Whether the body waits in the history instead of in memory.
    pub(super) is_stored: bool,
}

/// One event on its way to one target.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) event: Arc<Accepted>,
    /// From 1. One that did not reach the target is not an attempt.
    pub(super) attempt: u32,
}

impl Job {
    pub(super) fn first(event: &Arc<Accepted>) -> Self {
        Self { event: Arc::clone(event), attempt: 1 }
    }

    /// The next attempt at the same.
    pub(super) fn again(self) -> Self {
        Self { attempt: self.attempt + 1, ..self }
    }

    pub(super) fn id(&self) -> &str {
        &self.event.received.id
    }

    /// The exact bytes, from memory or from the history.
    async fn body(&self, journal: Option<Arc<Journal>>) -> Result<Bytes, String> {
        let Some(journal) = journal else { return Ok(self.event.received.body.clone()) };
        let found = journal.bodies(vec![self.event.seq]).await.map_err(|error| error.to_string())?;
        let body = found.into_iter().next().map(|(_, body)| body);
        body.ok_or_else(|| "its body is no longer in the history".to_owned())
    }

    fn headers(&self, signing: Signing<'_>, body: &[u8], extra: &HeaderMap) -> HeaderMap {
        request::headers(&self.event.received, self.attempt, signing, body, extra)
    }
}

/// A job whose attempt is running. It stays here meanwhile, so that not even a panic can lose it.
#[derive(Debug)]
pub(super) struct InFlight {
    target: usize,
    key: Key,
    pub(super) job: Job,
    started: Started,
    started_at: Timestamp,
}

impl Engine {
    /// Starts every attempt that may start now; says whether there was one.
    pub(super) fn start_what_may_start(&mut self) -> bool {
        // There is nothing to start before the first session, which brings the signer.
        let Some(signer) = self.signer.clone() else { return false };
        if self.paused && matches!(self.phase, Phase::Open) {
            return false;
        }
        let (now, before) = (Instant::now(), self.in_flight.len());
        self.turn += 1;
        for place in 0..self.queues.len() {
            let target = (place + self.turn) % self.queues.len();
            while let Some((key, job, started)) = self.take(target, now) {
                self.start(&signer, InFlight { target, key, job, started, started_at: self.clock.now() });
            }
        }
        self.in_flight.len() > before
    }

    /// The next delivery to this target, when it can take another one now.
    fn take(&mut self, target: usize, now: Instant) -> Option<(Key, Job, Started)> {
        let under_way: usize = self.paces.neighbours(target, &self.queues).map(Queue::in_flight).sum();
        let pace = self.paces.of(target)?;
        if under_way >= pace.limiter.limit() {
            return None;
        }
        let queue = self.queues.get_mut(target)?;
        queue.limit(pace.limiter.limit());
        let fits = |job: &Job| !job.event.is_stored || self.backlog.may_lend(job.event.size.body);
        let (key, job) = queue.take_if(now, fits)?;
        Some((key, job, pace.limiter.start(under_way + 1)))
    }

    fn start(&mut self, signer: &Arc<Signer>, flight: InFlight) {
        // There are as many endpoints as queues.
        let Some(endpoint) = self.endpoints.get(flight.target).map(Arc::clone) else { return };
        let (job, now, timeout) = (flight.job.clone(), flight.started_at, self.plan.timeout);
        let (signer, extra) = (Arc::clone(signer), Arc::clone(&self.plan.headers));
        let journal = self.recorder.journal().filter(|_| job.event.is_stored);
        if job.event.is_stored {
            self.backlog.lend(job.event.size.body);
        }
        let handle = self.attempts.spawn(async move {
            let body = match job.body(journal).await {
                Ok(body) => body,
                Err(reason) => return AttemptResult::impossible(reason),
            };
            let headers = job.headers(Signing { signer: &signer, now }, &body, &extra);
            attempt(&endpoint, headers, body, timeout).await
        });
        self.in_flight.insert(handle.id(), flight);
    }

    /// Accounts for this attempt and for all others that have ended meanwhile.
    pub(super) fn on_attempts_finished(&mut self, done: Result<(Id, AttemptResult), JoinError>) {
        self.on_attempt_finished(done);
        while let Some(done) = self.attempts.try_join_next_with_id() {
            self.on_attempt_finished(done);
        }
    }

    /// Accounts for an attempt that has ended.
    fn on_attempt_finished(&mut self, done: Result<(Id, AttemptResult), JoinError>) {
        let (id, mut tried) = match done {
            Ok(ended) => ended,
            // A defect of ours: it is reported as a failed delivery.
            Err(error) => (error.id(), AttemptResult::impossible(format!("internal error: {error}"))),
        };
        let Some(flight) = self.in_flight.remove(&id) else { return };
        if flight.job.event.is_stored {
            self.backlog.give_back(flight.job.event.size.body);
        }
        self.stats.attempted(flight.target, &tried);
        let busy = self.learn(&flight, &tried);
        let decision = decide(&tried.outcome, flight.job.attempt, self.plan.retries);
        self.record_attempt(&flight, &mut tried, &decision);
        if decision != RetryDecision::MarkDown {
            self.mark_up(flight.target);
        }
        let attempt = attempt_event::facts(self, flight.target, &flight.job, &tried);
        let InFlight { target, key, job, .. } = flight;
        match decision {
            RetryDecision::MarkDown => match busy {
                Some(wait) => self.with_queue(target, |queue| queue.retry(&key, job, Instant::now() + wait)),
                None => self.mark_down(target, &key, job, &tried.outcome),
            },
            RetryDecision::Retry { after } => {
                self.emit(attempt_event::retrying(attempt, &tried.outcome, after));
                self.with_queue(target, |queue| queue.retry(&key, job.again(), Instant::now() + after));
            }
            RetryDecision::Delivered { .. } => {
                self.stats.delivered(target);
                self.emit(attempt_event::delivered(attempt, &tried.outcome));
                self.finish(target, &key, job);
            }
            RetryDecision::GiveUp => {
                self.stats.failed(target);
                self.emit(attempt_event::failed(attempt, &tried.outcome));
                self.finish(target, &key, job);
            }
        }
    }

    /// Adapts the pace of the target to how an attempt ended. How long to wait with the delivery, when the
    /// target was not reached because it is busy.
    fn learn(&mut self, flight: &InFlight, tried: &AttemptResult) -> Option<Duration> {
        let left: usize = self.paces.neighbours(flight.target, &self.queues).map(Queue::len).sum();
        let (pace, endpoint) = (self.paces.of(flight.target)?, self.endpoints.get(flight.target)?);
        let (before, now) = (pace.limiter.limit(), Instant::now());
        pace.settled(flight.started, tried, now);
        let busy = pace.busy(flight.started, &tried.outcome, endpoint.has_requests(), now);
        let limit = pace.limiter.limit();
        if pace.limiter.is_serial() && left <= 1 {
            // It cannot serve anybody else while it waits for us.
            endpoint.keep_idle(0);
        } else if limit < before {
            endpoint.keep_idle(limit);
        }
        busy
    }

    fn record_attempt(&mut self, flight: &InFlight, tried: &mut AttemptResult, decision: &RetryDecision) {
        let (job, now) = (&flight.job, flight.started_at);
        let Some(target) = self.recorder.target_name(flight.target) else { return };
        // The same values give the same headers: they are not kept for attempts that succeeded.
        let has_succeeded = matches!(decision, RetryDecision::Delivered { .. });
        let signer = self.signer.as_ref().filter(|_| !has_succeeded && !job.event.is_stored);
        let request_headers = signer
            .map(|signer| job.headers(Signing { signer, now }, &job.event.received.body, &self.plan.headers));
        let context = AttemptContext {
            seq: job.event.seq,
            target,
            attempt: job.attempt,
            started_at: now,
            ended_at: self.clock.now(),
            request_headers,
        };
        self.recorder.attempted(context, tried, decision);
    }

    fn mark_down(&mut self, target: usize, key: &Key, job: Job, outcome: &AttemptOutcome) {
        let Some(queue) = self.queues.get_mut(target) else { return };
        if queue.mark_down(key, job, Instant::now()) {
            let waiting = queue.len();
            let (at, target) = (self.clock.now(), self.display_url(target));
            let (reason, hint) = (outcome.reason(), advice::advice(outcome, advice::TARGET));
            self.emit(Activity::Waiting { at, target, waiting, reason, hint });
        }
    }

    fn mark_up(&mut self, target: usize) {
        let Some(queue) = self.queues.get_mut(target) else { return };
        if queue.mark_up() {
            let waiting = queue.len();
            let (at, target) = (self.clock.now(), self.display_url(target));
            self.emit(Activity::Resumed { at, target, waiting });
        }
    }

    fn finish(&mut self, target: usize, key: &Key, job: Job) {
        self.with_queue(target, |queue| queue.done(key));
        let last = job.event.open.fetch_sub(1, Ordering::Relaxed) == 1;
        match job.event.is_stored {
            true if last => self.backlog.unspill(job.event.size),
            false if last => self.backlog.remove(job.event.size),
            _ => {}
        }
        self.last.keep(job);
    }

    pub(super) fn with_queue(&mut self, target: usize, act: impl FnOnce(&mut Queue<Job>)) {
        if let Some(queue) = self.queues.get_mut(target) {
            act(queue);
        }
    }
}
