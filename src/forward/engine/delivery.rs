//! What becomes of accepted events: attempts started, judged, repeated, held, and brought to an end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::{Id, JoinError};

use super::Engine;
use crate::forward::activity::Activity;
use crate::forward::attempt::{Attempted, attempt};
use crate::forward::policy::{Verdict, judge};
use crate::forward::queue::{Key, Queue};
use crate::forward::request::{self, Identity, Signing};
use crate::signature::Signer;
use crate::stream::subscription::Received;

/// An accepted event.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) received: Received,
    /// The endpoint that the session it came by stands for.
    pub(super) webhook_id: Option<Arc<str>>,
    /// Deliveries that have not ended.
    pub(super) open: AtomicUsize,
}

/// One event on its way to one target.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) event: Arc<Accepted>,
    /// From 1. A refused connection is not an attempt.
    attempt: u32,
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
}

/// A job whose attempt is running. It stays here meanwhile, so that not even a panic can lose it.
#[derive(Debug)]
pub(super) struct InFlight {
    target: usize,
    key: Key,
    pub(super) job: Job,
}

impl Engine {
    /// Starts every attempt that may start now.
    pub(super) fn start_what_may_start(&mut self) {
        // There is nothing to start before the first session, which brings the signer.
        let Some(signer) = self.signer.clone() else { return };
        let now = Instant::now();
        for target in 0..self.queues.len() {
            while let Some((key, job)) = self.queues.get_mut(target).and_then(|queue| queue.take(now)) {
                self.start(&signer, InFlight { target, key, job });
            }
        }
    }

    fn start(&mut self, signer: &Signer, flight: InFlight) {
        // There are as many endpoints as queues.
        let Some(endpoint) = self.endpoints.get(flight.target).map(Arc::clone) else { return };
        let event = &flight.job.event;
        let identity = Identity {
            id: &event.received.id,
            event_type: &event.received.event_type,
            webhook_id: event.webhook_id.as_deref(),
            request_id: event.received.request_id.as_deref(),
            attempt: flight.job.attempt,
        };
        let signing = Signing { signer, now: self.clock.now() };
        let headers = request::headers(identity, signing, &event.received.body, &self.plan.headers);
        let body = event.received.body.clone();
        let timeout = self.plan.timeout;
        let handle = self.attempts.spawn(async move { attempt(&endpoint, headers, body, timeout).await });
        self.in_flight.insert(handle.id(), flight);
    }

    /// Accounts for an attempt that has ended.
    pub(super) async fn settle(&mut self, done: Result<(Id, (Attempted, Duration)), JoinError>) {
        let (id, outcome, took) = match done {
            Ok((id, (outcome, took))) => (id, outcome, took),
            // A defect of ours: it is told as a failed delivery.
            Err(error) => {
                let reason = format!("internal error: {error}");
                (error.id(), Attempted::Impossible { reason }, Duration::ZERO)
            }
        };
        let Some(InFlight { target, key, job }) = self.in_flight.remove(&id) else { return };
        self.ledger.attempted(target, &outcome, took);
        let verdict = judge(&outcome, job.attempt, self.plan.retries);
        if verdict != Verdict::Hold {
            self.reopen(target).await;
        }
        let line = Line::new(self, target, &job, took);
        match verdict {
            Verdict::Hold => self.hold(target, &key, job).await,
            Verdict::Retry { after } => {
                self.say(line.retrying(&outcome, after)).await;
                self.with_queue(target, |queue| queue.retry(&key, job.again(), Instant::now() + after));
            }
            Verdict::Delivered { status } => {
                self.ledger.delivered(target);
                self.say(line.delivered(status)).await;
                self.finish(target, &key, &job);
            }
            Verdict::Failed => {
                self.ledger.failed(target);
                self.say(line.failed(&outcome)).await;
                self.finish(target, &key, &job);
            }
        }
    }

    async fn hold(&mut self, target: usize, key: &Key, job: Job) {
        let Some(queue) = self.queues.get_mut(target) else { return };
        if queue.hold(key, job, Instant::now()) {
            let waiting = queue.len();
            let (at, target) = (self.clock.now(), self.shown(target));
            self.say(Activity::Waiting { at, target, waiting }).await;
        }
    }

    async fn reopen(&mut self, target: usize) {
        let Some(queue) = self.queues.get_mut(target) else { return };
        if queue.open() {
            let waiting = queue.len();
            let (at, target) = (self.clock.now(), self.shown(target));
            self.say(Activity::Resumed { at, target, waiting }).await;
        }
    }

    fn finish(&mut self, target: usize, key: &Key, job: &Job) {
        self.with_queue(target, |queue| queue.done(key));
        if job.event.open.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.backlog.remove(job.event.received.body.len());
        }
        self.last = Some(job.clone());
    }

    pub(super) fn with_queue(&mut self, target: usize, act: impl FnOnce(&mut Queue<Job>)) {
        if let Some(queue) = self.queues.get_mut(target) {
            act(queue);
        }
    }
}

/// What the activities about one attempt have in common.
struct Line {
    at: jiff::Timestamp,
    id: String,
    event: String,
    target: String,
    attempt: u32,
    duration_ms: f64,
}

impl Line {
    fn new(engine: &Engine, target: usize, job: &Job, took: Duration) -> Self {
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

    fn delivered(self, status: u16) -> Activity {
        let Self { at, id, event, target, attempt, duration_ms } = self;
        Activity::Delivered { at, id, event, target, attempt, status, duration_ms }
    }

    fn retrying(self, outcome: &Attempted, after: Duration) -> Activity {
        let Self { at, id, event, target, attempt, duration_ms } = self;
        let (status, reason) = (outcome.status(), outcome.reason());
        let retry_in_ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        Activity::Retrying { at, id, event, target, attempt, status, reason, duration_ms, retry_in_ms }
    }

    fn failed(self, outcome: &Attempted) -> Activity {
        let Self { at, id, event, target, attempt, duration_ms } = self;
        let (status, reason) = (outcome.status(), outcome.reason());
        Activity::Failed { at, id, event, target, attempt, status, reason, duration_ms }
    }
}
