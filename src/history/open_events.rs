//! The events of a run that are not settled, as the writer tracks them.
//!
//! Changes can be rolled back together with a transaction, because its records are written again later.

pub(super) mod codec;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{DeliveryState, MAX_TARGETS};

/// Open events by sequence number. In a tree, because consecutive numbers make it faster than a hash map.
#[derive(Debug, Default)]
pub(super) struct OpenEvents {
    now: BTreeMap<u64, OpenEvent>,
    /// Higher than every number so far.
    next: u64,
    before: Option<Before>,
}

/// The state before a transaction.
#[derive(Debug)]
struct Before {
    /// Events with this number or a higher one were added by the transaction. Most of a burst are, and end in it too.
    next: u64,
    /// The others that it has changed.
    changed: BTreeMap<u64, Option<OpenEvent>>,
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
        self.next = self.next.max(seq.saturating_add(1));
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
        self.before = Some(Before { next: self.next, changed: BTreeMap::new() });
    }

    /// Keeps the changes since [`OpenEvents::begin`].
    pub(super) fn commit(&mut self) {
        self.before = None;
    }

    /// Undoes the changes since [`OpenEvents::begin`].
    pub(super) fn roll_back(&mut self) {
        let Some(Before { next, changed }) = self.before.take() else { return };
        self.now.split_off(&next);
        self.next = next;
        for (seq, open) in changed {
            match open {
                Some(open) => self.now.insert(seq, open),
                None => self.now.remove(&seq),
            };
        }
    }

    fn save_state(&mut self, seq: u64) {
        if let Some(before) = &mut self.before
            && seq < before.next
        {
            before.changed.entry(seq).or_insert_with(|| self.now.get(&seq).cloned());
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

#[cfg(test)]
mod tests {
    use super::*;

    fn open(event: i64) -> OpenEvent {
        OpenEvent { event, attempts: 0, deliveries: Vec::new(), reopened: false }
    }

    #[test]
    fn failed_transaction_changes_no_event() {
        let mut events = OpenEvents::default();
        for seq in [3, 4, 5] {
            events.insert(seq, open(seq as i64));
        }
        let change = |events: &mut OpenEvents| {
            events.begin();
            events.get_mut(3).unwrap().attempts = 7;
            events.remove(4);
            events.insert(6, open(6));
            events.get_mut(6).unwrap().attempts = 7;
            events.insert(7, open(7));
            events.remove(7);
            // A leftover of an earlier run may have a lower number.
            events.insert(1, open(1));
        };
        let state = |events: &OpenEvents| -> Vec<(u64, i64)> {
            (0..9).filter_map(|seq| Some((seq, events.get(seq)?.attempts))).collect()
        };
        for _ in 0..2 {
            change(&mut events);
            assert_eq!(state(&events), [(1, 0), (3, 7), (5, 0), (6, 7)]);
            events.roll_back();
            assert_eq!(state(&events), [(3, 0), (4, 0), (5, 0)]);
        }
        change(&mut events);
        events.commit();
        assert_eq!(state(&events), [(1, 0), (3, 7), (5, 0), (6, 7)]);
        events.roll_back();
        assert_eq!(state(&events), [(1, 0), (3, 7), (5, 0), (6, 7)]);
    }
}
