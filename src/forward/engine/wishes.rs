//! What a person at the terminal asks for: the last event again, a pause, the end.

use std::sync::atomic::Ordering;

use super::{End, Engine};
use crate::forward::activity::Activity;
use crate::forward::control::Wish;

impl Engine {
    pub(super) fn grant(&mut self, wish: Wish) {
        match wish {
            Wish::Quit => self.close(End::Interrupted),
            Wish::TogglePause => self.toggle_pause(),
            Wish::ReplayLast => self.replay_last(),
        }
    }

    fn toggle_pause(&mut self) {
        self.paused = !self.paused;
        let (at, queued) = (self.clock.now(), self.backlog.events());
        self.say(match self.paused {
            true => Activity::Paused { at, queued, reason: "asked" },
            false => Activity::Continued { at, queued },
        });
    }

    /// The same event id and bytes, a fresh signature, and the attempt counted on.
    fn replay_last(&mut self) {
        let Some(job) = self.last.take() else { return };
        let job = job.again();
        let received = &job.event.received;
        let targets = self.targets_of(&received.event_type);
        if job.event.open.fetch_add(targets.len(), Ordering::Relaxed) == 0 {
            self.backlog.add(received.body.len());
        }
        self.ledger.replayed(&targets);
        let key = self.lane(&received.event_type, &received.body);
        for target in targets {
            self.with_queue(target, |queue| queue.push(&key, job.clone()));
        }
        self.last = Some(job);
    }
}
