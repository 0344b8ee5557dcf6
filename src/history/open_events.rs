//! The events of a run that are not settled, as the writer keeps them in mind, with a way back.
//!
//! A transaction that fails must leave this as it was before: its records are written again later.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{DeliveryState, MAX_TARGETS};

/// Events under way, by sequence number. The numbers follow each other, so that a tree finds them without a hash.
#[derive(Debug, Default)]
pub(super) struct OpenEvents {
    now: BTreeMap<u64, OpenEvent>,
    /// What was there before the transaction, of all that it has touched.
    before: Option<BTreeMap<u64, Option<OpenEvent>>>,
}

impl OpenEvents {
    pub(super) fn get(&self, seq: u64) -> Option<&OpenEvent> {
        self.now.get(&seq)
    }

    pub(super) fn get_mut(&mut self, seq: u64) -> Option<&mut OpenEvent> {
        self.remember(seq);
        self.now.get_mut(&seq)
    }

    pub(super) fn insert(&mut self, seq: u64, open: OpenEvent) {
        self.remember(seq);
        self.now.insert(seq, open);
    }

    pub(super) fn remove(&mut self, seq: u64) {
        self.remember(seq);
        self.now.remove(&seq);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.now.len()
    }

    /// The number of an event that is under way.
    pub(super) fn seq_of(&self, event: i64) -> Option<u64> {
        self.now.iter().find(|(_, open)| open.event == event).map(|(seq, _)| *seq)
    }

    /// From here on every change can be taken back.
    pub(super) fn begin(&mut self) {
        self.before = Some(BTreeMap::new());
    }

    /// Keeps the changes since [`OpenEvents::begin`].
    pub(super) fn commit(&mut self) {
        self.before = None;
    }

    /// Takes the changes since [`OpenEvents::begin`] back.
    pub(super) fn roll_back(&mut self) {
        for (seq, open) in self.before.take().unwrap_or_default() {
            match open {
                Some(open) => self.now.insert(seq, open),
                None => self.now.remove(&seq),
            };
        }
    }

    fn remember(&mut self, seq: u64) {
        if let Some(before) = &mut self.before {
            before.entry(seq).or_insert_with(|| self.now.get(&seq).cloned());
        }
    }
}

/// An event with deliveries under way.
#[derive(Clone, Debug)]
pub(super) struct OpenEvent {
    pub(super) event: i64,
    /// Places taken by attempts.
    pub(super) attempts: i64,
    pub(super) deliveries: Vec<OpenDelivery>,
    /// Whether it had ended and is delivered again. A delivery to a new target then gets its row when it
    /// ends: it was never promised to anyone, so it does not wait.
    pub(super) reopened: bool,
}

/// A delivery under way; its place among its event's is its key.
#[derive(Clone, Debug)]
pub(super) struct OpenDelivery {
    pub(super) target: Arc<str>,
    pub(super) settled: Option<(DeliveryState, i64)>,
    /// Whether there is a row. It is made at the end of the batch, so that one that settles at once is
    /// written once.
    pub(super) stored: bool,
    /// Whether an attempt stands in a row of its own.
    pub(super) tried: bool,
    /// The place in the batch of the attempt that delivered it at once, until the row is made.
    pub(super) first_try: Option<usize>,
    /// Where a refused connection was noted, and since when it is refused, while that is the last thing.
    pub(super) refused: Option<(i64, i64)>,
}

impl OpenDelivery {
    pub(super) fn new(target: Arc<str>, stored: bool) -> Self {
        Self { target, settled: None, stored, tried: stored, first_try: None, refused: None }
    }
}

impl OpenEvent {
    /// The delivery to `target`. It may be a new one: a replay can go elsewhere.
    pub(super) fn delivery(&mut self, target: &Arc<str>) -> Option<&mut OpenDelivery> {
        self.place(target).map(|(_, delivery)| delivery)
    }

    /// The same, with its place among the deliveries of the event.
    pub(super) fn place(&mut self, target: &Arc<str>) -> Option<(usize, &mut OpenDelivery)> {
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
