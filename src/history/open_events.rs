//! The events of a run that are not settled, as the writer tracks them.
//!
//! Changes can be rolled back together with a transaction, because its records are written again later.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{DeliveryState, MAX_TARGETS};

/// Open events by sequence number. In a tree, because consecutive numbers make it faster than a hash map.
#[derive(Debug, Default)]
pub(super) struct OpenEvents {
    now: BTreeMap<u64, OpenEvent>,
    /// The state before the transaction of every event that it has changed.
    before: Option<BTreeMap<u64, Option<OpenEvent>>>,
}

impl OpenEvents {
    pub(super) fn get(&self, seq: u64) -> Option<&OpenEvent> {
        self.now.get(&seq)
    }

    pub(super) fn get_mut(&mut self, seq: u64) -> Option<&mut OpenEvent> {
        self.save_state(seq);
        self.now.get_mut(&seq)
    }

    pub(super) fn insert(&mut self, seq: u64, open: OpenEvent) {
        self.save_state(seq);
        self.now.insert(seq, open);
    }

    pub(super) fn remove(&mut self, seq: u64) {
        self.save_state(seq);
        self.now.remove(&seq);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.now.len()
    }

    pub(super) fn seq_of(&self, event: i64) -> Option<u64> {
        self.now.iter().find(|(_, open)| open.event == event).map(|(seq, _)| *seq)
    }

    /// From here on, changes can be rolled back.
    pub(super) fn begin(&mut self) {
        self.before = Some(BTreeMap::new());
    }

    /// Keeps the changes since [`OpenEvents::begin`].
    pub(super) fn commit(&mut self) {
        self.before = None;
    }

    /// Undoes the changes since [`OpenEvents::begin`].
    pub(super) fn roll_back(&mut self) {
        for (seq, open) in self.before.take().unwrap_or_default() {
            match open {
                Some(open) => self.now.insert(seq, open),
                None => self.now.remove(&seq),
            };
        }
    }

    fn save_state(&mut self, seq: u64) {
        if let Some(before) = &mut self.before {
            before.entry(seq).or_insert_with(|| self.now.get(&seq).cloned());
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct OpenEvent {
    pub(super) event: i64,
    /// Slots used by attempts.
    pub(super) attempts: i64,
    pub(super) deliveries: Vec<OpenDelivery>,
    /// Whether the event had ended and is replayed. A delivery to a new target then gets its row only when it
    /// ends, because it must not wait in the history.
    pub(super) reopened: bool,
}

/// An open delivery. Its index among the deliveries of the event is part of its key.
#[derive(Clone, Debug)]
pub(super) struct OpenDelivery {
    pub(super) target: Arc<str>,
    pub(super) settled: Option<(DeliveryState, i64)>,
    /// Whether it has a row. Rows are inserted at the end of the batch, so that a delivery that settles within
    /// the batch is written once.
    pub(super) stored: bool,
    /// Whether an attempt has its own row.
    pub(super) tried: bool,
    /// The index in the batch of the first attempt if it delivered the event, until the row is inserted.
    pub(super) first_try: Option<usize>,
    /// The slot of a refused connection and when it was first refused, if that was the last attempt.
    pub(super) refused: Option<(i64, i64)>,
}

impl OpenDelivery {
    pub(super) fn new(target: Arc<str>, stored: bool) -> Self {
        Self { target, settled: None, stored, tried: stored, first_try: None, refused: None }
    }
}

impl OpenEvent {
    /// The delivery to `target`, which may be new: a replay can have another target.
    pub(super) fn delivery(&mut self, target: &Arc<str>) -> Option<&mut OpenDelivery> {
        self.indexed(target).map(|(_, delivery)| delivery)
    }

    pub(super) fn indexed(&mut self, target: &Arc<str>) -> Option<(usize, &mut OpenDelivery)> {
        let known = self.deliveries.iter().position(|delivery| delivery.target == *target);
        let index = known.unwrap_or(self.deliveries.len());
        if known.is_none() && index < MAX_TARGETS {
            self.deliveries.push(OpenDelivery::new(Arc::clone(target), false));
        }
        self.deliveries.get_mut(index).map(|delivery| (index, delivery))
    }

    pub(super) fn is_done(&self) -> bool {
        self.deliveries.iter().all(|delivery| delivery.settled.is_some() && delivery.stored)
    }
}
