//! Reports what happens: counts it, and emits it as activities. It decides nothing.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::job::Job;
use super::job_chaos::step_of;
use super::scheduler::Scheduler;
use super::shutdown::StopReason;
use crate::forward::activity::Activity;
use crate::forward::advice::{self, Refusal};
use crate::forward::attempt::{AttemptOutcome, AttemptResult};
use crate::forward::attempt_event::AttemptEvent;
use crate::forward::chaos::ChaosKind;
use crate::forward::details::AttemptDetails;
use crate::forward::plan::Plan;
use crate::forward::send::send;
use crate::forward::stats::Stats;
use crate::forward::summary::RunSummary;
use crate::host::clock::Clock;

/// Ids named in the last activity.
const MAX_UNDELIVERED: usize = 100;

#[derive(Debug)]
pub(super) struct Reporter {
    output: mpsc::Sender<Activity>,
    /// Activities of this turn. They are sent once its deliveries have started, because waking the thread that
    /// prints takes longer than a delivery.
    pending: Vec<Activity>,
    /// In the order of the plan.
    display_urls: Vec<Arc<str>>,
    pub(super) stats: Stats,
    clock: Clock,
    /// Whether activities may carry bodies, which can be large.
    carries_bodies: bool,
}

impl Reporter {
    pub(super) fn new(output: mpsc::Sender<Activity>, plan: &Plan, clock: Clock) -> Self {
        let display_urls = plan.targets.iter().map(|target| Arc::from(target.display_url())).collect();
        let carries_bodies = plan.details.any();
        Self {
            output,
            pending: Vec::new(),
            display_urls,
            stats: Stats::new(&plan.targets, plan.chaos.as_deref()),
            clock,
            carries_bodies,
        }
    }

    pub(super) fn output(&self) -> mpsc::Sender<Activity> {
        self.output.clone()
    }

    /// Keeps an activity for the end of this turn.
    pub(super) fn emit(&mut self, activity: Activity) {
        self.pending.push(activity);
    }

    /// Sends the activities of this turn. Waits while the reader is behind; if it is gone, the loop notices.
    pub(super) async fn flush(&mut self) {
        for activity in self.pending.drain(..) {
            if self.carries_bodies {
                let _ = send(&self.output, activity).await;
                continue;
            }
            if let Err(TrySendError::Full(activity)) = self.output.try_send(activity) {
                let _ = self.output.send(activity).await;
            }
        }
    }

    pub(super) fn delivered(
        &mut self,
        target: usize,
        job: &Job,
        result: &AttemptResult,
        details: Option<Box<AttemptDetails>>,
    ) {
        let attempt = self.attempt_event(target, job, result, details);
        self.emit(Activity::Delivered { attempt, remark: result.outcome.remark() });
    }

    pub(super) fn retrying(
        &mut self,
        target: usize,
        job: &Job,
        result: &AttemptResult,
        details: Option<Box<AttemptDetails>>,
        after: Duration,
    ) {
        let (attempt, outcome) = (self.attempt_event(target, job, result, details), &result.outcome);
        let (reason, answer) = (outcome.reason(), outcome.excerpt().map(str::to_owned));
        self.emit(Activity::Retrying { attempt, reason, answer, retry_in_ms: millis(after) });
    }

    pub(super) fn failed(
        &mut self,
        target: usize,
        job: &Job,
        result: &AttemptResult,
        details: Option<Box<AttemptDetails>>,
        refusal: Refusal,
    ) {
        self.stats.failed(target);
        let (attempt, outcome) = (self.attempt_event(target, job, result, details), &result.outcome);
        let (reason, answer) = (outcome.reason(), outcome.excerpt().map(str::to_owned));
        let hint = advice::advice_with(outcome, &attempt.target, refusal, advice::TARGET);
        let hint = match outcome.status() {
            Some(status) if Refusal::is_possible(status) => {
                hint.map(|hint| format!("{hint}; details: cstar why {}", job.id()))
            }
            _ => hint,
        };
        self.emit(Activity::Failed { attempt, reason, answer, hint });
    }

    /// An attempt that chaos added: which step it was, and what is wrong with the target.
    pub(super) fn chaos_attempt(
        &mut self,
        (target, job): (usize, &Job),
        result: &AttemptResult,
        (details, reason): (Option<Box<AttemptDetails>>, String),
        (step, finding): (ChaosKind, Option<&'static str>),
    ) {
        if finding.is_some() {
            self.stats.chaos.found(step, job.id());
        }
        let attempt = self.attempt_event(target, job, result, details);
        self.emit(Activity::Chaos { attempt, reason, finding });
    }

    fn attempt_event(
        &mut self,
        target: usize,
        job: &Job,
        result: &AttemptResult,
        details: Option<Box<AttemptDetails>>,
    ) -> AttemptEvent {
        let is_chaos_step = step_of(job, &result.outcome).is_some();
        let chaos = if is_chaos_step { job.chaos.marks() } else { job.chaos.marks_without_answer() };
        self.stats.chaos.attempted(chaos);
        AttemptEvent {
            chaos,
            at: self.clock.now(),
            event: Arc::clone(&job.event.received.meta),
            target: self.display_url(target),
            attempt: job.attempt,
            status: result.outcome.status(),
            exit_code: result.outcome.exit_code(),
            // Two decimals: a local answer often takes less than a millisecond.
            duration_ms: (result.took.as_secs_f64() * 100_000.0).round() / 100.0,
            details,
        }
    }

    /// A target went down.
    pub(super) fn waiting(&mut self, target: usize, waiting: usize, outcome: &AttemptOutcome) {
        let (at, target) = (self.clock.now(), self.display_url(target));
        let (reason, hint) = (outcome.reason(), advice::advice(outcome, &target, advice::TARGET));
        self.emit(Activity::Waiting { at, target, waiting, reason, hint });
    }

    /// A target is up again.
    pub(super) fn resumed(&mut self, target: usize, waiting: usize) {
        let (at, target) = (self.clock.now(), self.display_url(target));
        self.emit(Activity::Resumed { at, target, waiting });
    }

    /// The end of the run, with what is left in `scheduler`.
    pub(super) fn summary(&mut self, reason: &StopReason, scheduler: &Scheduler) -> RunSummary {
        let left: Vec<u64> = scheduler.unfinished().map(|count| count as u64).collect();
        let undelivered = distinct(scheduler.unfinished_ids(), MAX_UNDELIVERED);
        let (at, summary) = (self.clock.now(), self.stats.summary(&left, &scheduler.concurrency()));
        self.emit(Activity::Summary {
            at,
            reason: reason.name(),
            summary: Box::new(summary.clone()),
            undelivered,
            expectations: None,
        });
        summary
    }

    fn display_url(&self, target: usize) -> Arc<str> {
        self.display_urls.get(target).cloned().unwrap_or_default()
    }
}

/// The first `most` distinct ids. An event may wait for several targets.
fn distinct(ids: impl Iterator<Item = String>, most: usize) -> Vec<String> {
    let mut seen = HashSet::new();
    ids.filter(|id| seen.insert(id.clone())).take(most).collect()
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
