//! The loop of a run: one task that accepts events, starts attempts, and handles their results.
//!
//! Reading the stream, detecting a dead peer and delivering do not wait for each other: the stream is read by
//! its own task, the loop drives the attempts, and it only waits for the first of them.

use std::time::Instant;

use tokio::sync::mpsc;

use super::shutdown::StopReason;
use super::state::{DRAIN, Engine, Phase};
use crate::forward::activity::Activity;
use crate::forward::control::Control;
use crate::forward::summary::RunSummary;
use crate::host::signals::Interrupts;
use crate::stream::subscription::StreamItem;

impl Engine {
    /// Forwards until something ends the run.
    pub(super) async fn forward(
        &mut self,
        mut stream: mpsc::Receiver<StreamItem>,
        mut interrupts: Interrupts,
        mut control: Control,
    ) -> StopReason {
        let output = self.reporter.output();
        self.last.is_wanted = control.is_open();
        loop {
            let is_open = self.is_open();
            let is_reading = is_open && self.has_capacity();
            self.start_and_flush().await;
            if let Some(reason) = self.ended() {
                return reason;
            }
            let wake = self.wake_at();
            tokio::select! {
                biased;
                () = interrupts.next() => {
                    if let Some(reason) = self.interrupted() { return reason }
                }
                command = control.next() => self.handle_command(command),
                Some(end) = self.scheduler.next_end() => self.on_attempts_finished(end),
                change = self.recorder.next_change(&self.clock) => self.reporter.emit(change),
                () = output.closed() => return StopReason::OutputClosed,
                () = sleep_until(self.deadline), if is_open => self.close(StopReason::TimeUp),
                () = sleep_until(wake) => {}
                item = stream.recv(), if is_reading => match item {
                    Some(item) => self.handle_items(item, &mut stream).await,
                    // A subscription reports why it ends before it ends.
                    None => self.close(StopReason::StreamGone),
                },
            }
        }
    }

    /// Starts what may start and lets it reach its socket; then records and reports what has happened.
    async fn start_and_flush(&mut self) {
        // A body that waits in the history must be there before an attempt reads it.
        if self.scheduler.backlog.has_spilled() {
            self.flush().await;
        }
        if self.start_attempts() {
            self.scheduler.advance().await;
        }
        self.flush().await;
    }

    /// Whether another event may be accepted. Reports once when it becomes false.
    fn has_capacity(&mut self) -> bool {
        // The session has to be read first: it brings the signer, without which a large leftover of earlier
        // runs would fill the backlog forever.
        if self.signer.is_none() {
            return true;
        }
        // While a target is down its events wait in the history: memory does not grow, and reading continues.
        let backlog = &mut self.scheduler.backlog;
        if backlog.may_spill() && self.scheduler.is_any_down() && self.recorder.can_store_bodies() {
            return true;
        }
        let backlog = &mut self.scheduler.backlog;
        if backlog.just_filled() {
            let (at, queued) = (self.clock.now(), backlog.events());
            self.reporter.emit(Activity::Paused { at, queued, reason: "full" });
        }
        self.scheduler.backlog.has_capacity()
    }

    fn interrupted(&mut self) -> Option<StopReason> {
        match self.phase {
            Phase::Open => self.close(StopReason::Interrupted),
            // While `--count` waits for its deliveries, an interrupt starts the bounded drain.
            Phase::Closing { reason: StopReason::CountReached, .. } => {
                let until = Some(Instant::now() + DRAIN);
                self.phase = Phase::Closing { reason: StopReason::Interrupted, until };
            }
            Phase::Closing { .. } => return Some(StopReason::Aborted),
        }
        self.report_draining();
        None
    }

    /// The reason to end, once nothing is left that is worth waiting for.
    fn ended(&mut self) -> Option<StopReason> {
        let Phase::Closing { until, reason } = &self.phase else { return None };
        let is_over = until.is_some_and(|until| until <= Instant::now());
        // Before the first session nothing can be signed, so nothing can be finished either.
        let can_sign = self.signer.is_some();
        // A target that is down may still come up while `--count` has time left.
        let until = until.filter(|_| !matches!(reason, StopReason::CountReached));
        let is_unfinished = can_sign && self.scheduler.can_progress_by(until);
        if is_unfinished && !is_over {
            return None;
        }
        match std::mem::replace(&mut self.phase, Phase::Open) {
            // The events came, but `--for` ended before they were delivered.
            Phase::Closing { reason: StopReason::CountReached, .. } if is_unfinished => {
                Some(StopReason::TimeUp)
            }
            Phase::Closing { reason, .. } => Some(reason),
            Phase::Open => None,
        }
    }

    fn wake_at(&self) -> Option<Instant> {
        let (until, is_idle) = match &self.phase {
            Phase::Closing { until, .. } => (*until, false),
            Phase::Open => (None, self.is_paused),
        };
        let scheduled = if is_idle { None } else { self.scheduler.wake_at() };
        scheduled.into_iter().chain(until).min()
    }

    /// Abandons what is left and reports the end.
    pub(super) async fn stop(&mut self, reason: &StopReason) -> RunSummary {
        self.scheduler.abort();
        let summary = self.reporter.summary(reason, &self.scheduler);
        self.flush().await;
        summary
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
