//! The keys of `listen`: repeat the last event, pause, quit.

use std::sync::atomic::Ordering;

use super::shutdown::StopReason;
use super::state::{Engine, Phase};
use crate::forward::activity::Activity;
use crate::forward::control::ControlCommand;

impl Engine {
    pub(super) fn handle_command(&mut self, command: ControlCommand) {
        match command {
            ControlCommand::Quit => {
                self.close(StopReason::Interrupted);
                self.report_draining();
            }
            ControlCommand::Finish(reason) => self.close(StopReason::Finished(reason)),
            ControlCommand::TogglePause => self.toggle_pause(),
            ControlCommand::ReplayLast => self.replay_last(),
        }
    }

    /// Reports how many deliveries the end waits for, if any.
    pub(super) fn report_draining(&mut self) {
        let Phase::Closing { until, .. } = &self.phase else { return };
        // The drain does not wait for a target that is down, or for the first session.
        if self.signer.is_some() && self.scheduler.can_progress_by(*until) {
            let deliveries = self.scheduler.unfinished().sum::<usize>() as u64;
            self.reporter.emit(Activity::Draining { at: self.clock.now(), deliveries });
        }
    }

    fn toggle_pause(&mut self) {
        self.is_paused = !self.is_paused;
        let (at, queued) = (self.clock.now(), self.scheduler.backlog.events());
        self.reporter.emit(match self.is_paused {
            true => Activity::Paused { at, queued, reason: "asked" },
            false => Activity::Continued { at, queued },
        });
    }

    /// Delivers the same id and bytes again, with a fresh signature and the next attempt number.
    fn replay_last(&mut self) {
        let at = self.clock.now();
        let Some(job) = self.last.job.take() else {
            return self.reporter.emit(Activity::Replaying { at, id: None, event: None });
        };
        let job = job.next_attempt();
        let received = &job.event.received;
        let (id, event) = (Some(received.id.clone()), Some(received.event_type.clone()));
        self.reporter.emit(Activity::Replaying { at, id, event });
        let targets = self.targets_of(&received.event_type);
        if job.event.open.fetch_add(targets.len(), Ordering::Relaxed) == 0 {
            self.scheduler.backlog.add(job.event.size);
        }
        self.reporter.stats.replayed(&targets);
        let key = self.lane(&received.event_type, &received.body);
        for target in targets {
            self.scheduler.push(target, &key, job.clone());
        }
        self.last.job = Some(job);
    }
}
