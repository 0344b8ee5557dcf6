//! Deliveries that earlier runs left unfinished, queued before those of this run.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use bytes::Bytes;

use super::job::{AcceptedEvent, Job, event_size};
use super::state::Engine;
use crate::event::ReceivedEvent;
use crate::forward::chaos::DeliveryChaos;
use crate::history::{Journal, StoredDelivery};

/// Where this run is recorded, and what it resumes from earlier runs.
#[derive(Debug)]
pub(crate) struct ResumeState {
    /// `None` if nothing is recorded.
    pub(crate) journal: Option<Arc<Journal>>,
    /// The number of the first event of this run.
    pub(crate) next_seq: u64,
    /// Deliveries to make before those of this run, in the order received.
    pub(crate) leftover: Vec<StoredDelivery>,
    /// The events that the webhook of this run delivered to earlier runs, oldest first.
    pub(crate) known_ids: Vec<String>,
}

impl ResumeState {
    /// No history.
    pub(crate) fn none() -> Self {
        Self { journal: None, next_seq: 1, leftover: Vec::new(), known_ids: Vec::new() }
    }
}

impl Engine {
    /// Queues the leftover of earlier runs. The history has assigned every delivery to a target of this run.
    pub(super) async fn requeue_leftover(&mut self, leftover: Vec<StoredDelivery>) {
        let mut events: BTreeMap<u64, Vec<StoredDelivery>> = BTreeMap::new();
        for delivery in leftover {
            events.entry(delivery.seq).or_default().push(delivery);
        }
        for deliveries in events.into_values() {
            let attempts: Vec<(usize, u32)> = deliveries
                .iter()
                .filter_map(|delivery| Some((self.target_index(delivery)?, delivery.attempts_so_far + 1)))
                .collect();
            if let (Some(first), false) = (deliveries.into_iter().next(), attempts.is_empty()) {
                self.requeue(first, &attempts).await;
            }
        }
    }

    fn target_index(&self, delivery: &StoredDelivery) -> Option<usize> {
        self.plan.targets.iter().position(|target| target.display_url() == *delivery.target)
    }

    /// Queues one event with the next attempt for each target.
    async fn requeue(&mut self, stored: StoredDelivery, attempts: &[(usize, u32)]) {
        let targets: Vec<usize> = attempts.iter().map(|(target, _)| *target).collect();
        // A body that was not loaded stays in the history. It is read once here, because the key of its lane
        // follows from it.
        let is_stored = stored.body.is_none();
        let body = match stored.body {
            Some(body) => body,
            None => self.recorder.body(stored.seq).await,
        };
        let key = self.lane(&stored.meta.event_type, &body);
        let size = event_size(&stored.meta, body.len(), &key, targets.len());
        match is_stored {
            true => self.scheduler.backlog.spill(size),
            false => self.scheduler.backlog.add(size),
        }
        self.reporter.stats.accepted(&targets);
        let body = if is_stored { Bytes::new() } else { body };
        let event = Arc::new(AcceptedEvent {
            received: ReceivedEvent { meta: stored.meta, body },
            open: AtomicUsize::new(targets.len()),
            seq: stored.seq,
            size,
            is_stored,
        });
        let decided = self.chaos_of(&event.received.id);
        for (target, attempt) in attempts {
            // What has begun in an earlier run is only delivered.
            let chaos = if *attempt == 1 { decided } else { DeliveryChaos::default() };
            self.scheduler.push(*target, &key, Job { event: Arc::clone(&event), attempt: *attempt, chaos });
        }
    }
}
