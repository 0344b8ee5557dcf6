//! What a person at the terminal asks for: the last event again, a pause, the end.

use std::sync::atomic::Ordering;

use super::delivery::Job;
use super::{Engine, Phase, StopReason};
use crate::forward::activity::Activity;
use crate::forward::control::ControlCommand;
use crate::forward::queue::Queue;

/// The delivery that ended last, for a person who may want it again.
#[derive(Debug, Default)]
pub(super) struct Last {
    /// Whether there is such a person. Otherwise a large body would be kept for nothing.
    pub(super) is_wanted: bool,
    job: Option<Job>,
}

impl Last {
    /// One whose body is elsewhere cannot be made again without asking for it.
    pub(super) fn keep(&mut self, job: Job) {
        self.job = Some(job).filter(|job| self.is_wanted && !job.event.is_stored);
    }
}

impl Engine {
    pub(super) fn handle_command(&mut self, wish: ControlCommand) {
        match wish {
            ControlCommand::Quit => {
                self.close(StopReason::Interrupted);
                self.report_draining();
            }
            ControlCommand::TogglePause => self.toggle_pause(),
            ControlCommand::ReplayLast => self.replay_last(),
        }
    }

    /// Says how much is waited for before the end, if it is anything.
    pub(super) fn report_draining(&mut self) {
        let Phase::Closing { until, .. } = &self.phase else { return };
        // What waits for a target that is down, or before the first session, is not waited for.
        if self.signer.is_some() && self.queues.iter().any(|queue| queue.can_progress_by(*until)) {
            let deliveries = self.queues.iter().map(Queue::len).sum::<usize>() as u64;
            self.emit(Activity::Draining { at: self.clock.now(), deliveries });
        }
    }

    fn toggle_pause(&mut self) {
        self.paused = !self.paused;
        let (at, queued) = (self.clock.now(), self.backlog.events());
        self.emit(match self.paused {
            true => Activity::Paused { at, queued, reason: "asked" },
            false => Activity::Continued { at, queued },
        });
    }

    /// The same event id and bytes, a fresh signature, and the attempt counted on.
    fn replay_last(&mut self) {
        let at = self.clock.now();
        let Some(job) = self.last.job.take() else {
            return self.emit(Activity::Replaying { at, id: None, event: None });
        };
        let job = job.again();
        let (id, event) = (job.id().to_owned(), job.event.received.event_type.to_string());
        self.emit(Activity::Replaying { at, id: Some(id), event: Some(event) });
        let received = &job.event.received;
        let targets = self.targets_of(&received.event_type);
        if job.event.open.fetch_add(targets.len(), Ordering::Relaxed) == 0 {
            self.backlog.add(job.event.size);
        }
        self.stats.replayed(&targets);
        let key = self.lane(&received.event_type, &received.body);
        for target in targets {
            self.with_queue(target, |queue| queue.push(&key, job.clone()));
        }
        self.last.job = Some(job);
    }
}
