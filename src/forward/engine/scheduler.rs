//! Owns every delivery that has not ended: the queues of the targets, the attempts in flight, the throttle of
//! each server, and the backlog. Decides what starts next. It neither reports nor records.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::attempts::{AttemptEnd, Attempts};
use super::backlog::Backlog;
use super::job::{InFlight, Job};
use super::job_chaos::hold;
use super::throttle::Throttles;
use crate::forward::attempt::AttemptResult;
use crate::forward::chaos::Chaos;
use crate::forward::endpoint::Endpoint;
use crate::forward::limiter::{Limiter, Started};
use crate::forward::plan::Plan;
use crate::forward::queue::{Key, Queue};
use crate::forward::summary::Concurrency;
use crate::host::clock::Clock;
use crate::net::TargetClient;

/// Queues and endpoints are in the order of the plan's targets.
#[derive(Debug)]
pub(super) struct Scheduler {
    queues: Vec<Queue<Job>>,
    endpoints: Vec<Arc<Endpoint>>,
    throttles: Throttles,
    /// The target whose queue is asked first. Targets take turns.
    turn: usize,
    attempts: Attempts,
    pub(super) backlog: Backlog,
    chaos: Option<Arc<Chaos>>,
}

impl Scheduler {
    pub(super) fn new(plan: &Plan, client: &TargetClient) -> Self {
        Self {
            queues: plan.targets.iter().map(|_| Queue::new(1)).collect(),
            endpoints: plan.targets.iter().map(|target| Arc::new(target.endpoint(client))).collect(),
            throttles: Throttles::new(&plan.targets, plan.concurrency),
            turn: 0,
            attempts: Attempts::default(),
            backlog: Backlog::default(),
            chaos: plan.chaos.clone(),
        }
    }

    pub(super) fn push(&mut self, target: usize, key: &Key, job: Job) {
        self.with_queue(target, |queue| queue.push(key, job));
    }

    /// Starts every attempt that may start now and returns whether there was one. `send` makes the attempt.
    pub(super) fn start_ready<F>(
        &mut self,
        clock: &Clock,
        send: impl Fn(&InFlight, Arc<Endpoint>) -> F,
    ) -> bool
    where
        F: Future<Output = AttemptResult> + Send + 'static,
    {
        let (now, before) = (Instant::now(), self.attempts.in_flight());
        self.turn += 1;
        for offset in 0..self.queues.len() {
            let target = (offset + self.turn) % self.queues.len();
            let Some(endpoint) = self.endpoints.get(target).map(Arc::clone) else { continue };
            while let Some((key, job, started)) = self.take(target, now) {
                if job.event.is_stored {
                    self.backlog.load(job.event.size.body);
                }
                let flight = InFlight { target, key, job, started, started_at: clock.now() };
                let attempt = send(&flight, Arc::clone(&endpoint));
                self.attempts.start(flight, attempt);
            }
        }
        self.attempts.in_flight() > before
    }

    /// The next delivery to this target, if the target can take another one now.
    fn take(&mut self, target: usize, now: Instant) -> Option<(Key, Job, Started)> {
        let in_flight: usize = self.throttles.neighbours(target, &self.queues).map(Queue::in_flight).sum();
        let throttle = self.throttles.of_target(target)?;
        if in_flight >= throttle.limiter.limit() {
            return None;
        }
        let queue = self.queues.get_mut(target)?;
        queue.limit(throttle.limiter.limit());
        if let Some(chaos) = &self.chaos {
            while queue.hold_front(now, |jobs| hold(chaos, jobs, now)) {}
        }
        let fits = |job: &Job| !job.event.is_stored || self.backlog.may_load(job.event.size.body);
        let (key, job) = queue.take_if(now, fits)?;
        Some((key, job, throttle.limiter.start(in_flight + 1)))
    }

    /// Lets the attempts that have started reach their sockets.
    pub(super) async fn advance(&mut self) {
        self.attempts.advance().await;
    }

    /// Waits for an attempt to end; `None` if none is running. Cancel safe. The queue of the job still counts it until
    /// [`finish`](Self::finish), [`retry`](Self::retry) or [`mark_down`](Self::mark_down).
    pub(super) async fn next_end(&mut self) -> Option<AttemptEnd> {
        let end = self.attempts.next_end().await?;
        Some(self.ended(end))
    }

    /// Another attempt that has ended already.
    pub(super) fn try_next_end(&mut self) -> Option<AttemptEnd> {
        let end = self.attempts.try_next_end()?;
        Some(self.ended(end))
    }

    fn ended(&mut self, end: AttemptEnd) -> AttemptEnd {
        let event = &end.0.job.event;
        if event.is_stored {
            self.backlog.unload(event.size.body);
        }
        end
    }

    /// Adapts the throttle of the target's server. Returns how long to wait with the delivery if the target was
    /// not reached because it is busy.
    pub(super) fn adapt_pace(&mut self, flight: &InFlight, result: &AttemptResult) -> Option<Duration> {
        let left: usize = self.throttles.neighbours(flight.target, &self.queues).map(Queue::len).sum();
        let (throttle, endpoint) =
            (self.throttles.of_target(flight.target)?, self.endpoints.get(flight.target)?);
        let (before, now) = (throttle.limiter.limit(), Instant::now());
        throttle.adapt(flight.started, result, now);
        let busy = throttle.busy(flight.started, &result.outcome, endpoint.has_requests(), now);
        let limit = throttle.limiter.limit();
        if throttle.limiter.is_serial() && left <= 1 {
            // While an idle connection occupies it, the server can serve no other client.
            endpoint.keep_idle(0);
        } else if limit < before {
            endpoint.keep_idle(limit);
        }
        busy
    }

    pub(super) fn retry(&mut self, target: usize, key: &Key, job: Job, after: Duration) {
        self.with_queue(target, |queue| queue.retry(key, job, Instant::now() + after));
    }

    /// The target refused a connection. Returns how many deliveries wait for it if it was up until now.
    pub(super) fn mark_down(&mut self, target: usize, key: &Key, job: Job) -> Option<usize> {
        let queue = self.queues.get_mut(target)?;
        queue.mark_down(key, job, Instant::now()).then(|| queue.len())
    }

    /// The target accepted a connection. Returns how many deliveries wait for it if it was down until now.
    pub(super) fn mark_up(&mut self, target: usize) -> Option<usize> {
        let queue = self.queues.get_mut(target)?;
        queue.mark_up().then(|| queue.len())
    }

    /// A delivery has ended.
    pub(super) fn finish(&mut self, target: usize, key: &Key, job: &Job) {
        self.with_queue(target, |queue| queue.done(key));
        let is_last = job.event.open.fetch_sub(1, Ordering::Relaxed) == 1;
        match job.event.is_stored {
            true if is_last => self.backlog.unspill(job.event.size),
            false if is_last => self.backlog.remove(job.event.size),
            _ => {}
        }
    }

    /// Aborts what is in flight.
    pub(super) fn abort(&mut self) {
        self.attempts.abort();
    }

    /// Deliveries to each target that have not ended.
    pub(super) fn unfinished(&self) -> impl Iterator<Item = usize> {
        self.queues.iter().map(Queue::len)
    }

    /// The event ids of all deliveries that have not ended. An id may occur repeatedly.
    pub(super) fn unfinished_ids(&self) -> impl Iterator<Item = String> {
        let in_flight = self.attempts.flights().map(|flight| &flight.job);
        in_flight.chain(self.queues.iter().flat_map(Queue::untaken)).map(|job| job.id().to_owned())
    }

    pub(super) fn concurrency(&self) -> Vec<Concurrency> {
        self.throttles.per_target().map(|throttle| Limiter::concurrency(&throttle.limiter)).collect()
    }

    pub(super) fn is_any_down(&self) -> bool {
        self.queues.iter().any(Queue::is_down)
    }

    pub(super) fn can_progress_by(&self, limit: Option<Instant>) -> bool {
        self.queues.iter().any(|queue| queue.can_progress_by(limit))
    }

    /// When [`start_ready`](Self::start_ready) is worth calling again even if nothing has ended.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        self.queues.iter().filter_map(Queue::wake_at).min()
    }

    fn with_queue(&mut self, target: usize, act: impl FnOnce(&mut Queue<Job>)) {
        if let Some(queue) = self.queues.get_mut(target) {
            act(queue);
        }
    }
}
