//! What an earlier run left undone, taken over by this one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use bytes::Bytes;

use super::Engine;
use super::delivery::{Accepted, Job};
use super::intake::size;
use crate::event::ReceivedEvent;
use crate::history::{Journal, StoredDelivery};

/// The history of this run and what it takes over from earlier ones.
#[derive(Debug)]
pub(crate) struct ResumeState {
    /// Where this run is recorded; nowhere without one.
    pub(crate) journal: Option<Arc<Journal>>,
    /// The number of the first event of this run.
    pub(crate) next_seq: u64,
    /// Deliveries to make before those of this run, in the order received.
    pub(crate) leftover: Vec<StoredDelivery>,
}

impl ResumeState {
    /// No history.
    pub(crate) fn none() -> Self {
        Self { journal: None, next_seq: 1, leftover: Vec::new() }
    }
}

impl Engine {
    /// Queues what earlier runs left. The history has assigned every delivery to a target of this run.
    pub(super) async fn requeue_leftover(&mut self, leftover: Vec<StoredDelivery>) {
        let mut events: BTreeMap<u64, Vec<StoredDelivery>> = BTreeMap::new();
        for delivery in leftover {
            events.entry(delivery.seq).or_default().push(delivery);
        }
        for deliveries in events.into_values() {
            let placed: Vec<(usize, u32)> = deliveries
                .iter()
                .filter_map(|delivery| Some((self.place(delivery)?, delivery.attempts_so_far + 1)))
                .collect();
            if let (Some(first), false) = (deliveries.into_iter().next(), placed.is_empty()) {
                self.requeue(first, &placed).await;
            }
        }
    }

    fn place(&self, delivery: &StoredDelivery) -> Option<usize> {
        self.plan.targets.iter().position(|target| target.display_url() == *delivery.target)
    }

    async fn requeue(&mut self, stored: StoredDelivery, placed: &[(usize, u32)]) {
        let targets: Vec<usize> = placed.iter().map(|(target, _)| *target).collect();
        // A body that was not read along stays in the history. It is looked at once: it says what the event
        // has to stay in order with.
        let is_stored = stored.body.is_none();
        let body = match stored.body {
            Some(body) => body,
            None => self.recorder.body(stored.seq).await,
        };
        let key = self.lane(&stored.meta.event_type, &body);
        let size = size(&stored.meta, body.len(), &key, targets.len());
        match is_stored {
            true => self.backlog.spill(size),
            false => self.backlog.add(size),
        }
        self.stats.accepted(&targets);
        let body = if is_stored { Bytes::new() } else { body };
        let event = Arc::new(Accepted {
            received: ReceivedEvent { meta: stored.meta, body },
            open: AtomicUsize::new(targets.len()),
            seq: stored.seq,
            size,
            is_stored,
        });
        for (target, attempt) in placed {
            let job = Job { event: Arc::clone(&event), attempt: *attempt };
            self.with_queue(*target, |queue| queue.push(&key, job));
        }
    }
}
