//! The events of a run that are not settled, as the writer keeps them in mind, with a way back.
//!
//! A transaction that fails must leave this as it was before: its records are written again later.

use std::collections::BTreeMap;

use super::store::Open;

/// Events under way, by sequence number. The numbers follow each other, so that a tree finds them without a hash.
#[derive(Debug, Default)]
pub(super) struct OpenEvents {
    now: BTreeMap<u64, Open>,
    /// What was there before the transaction, of all that it has touched.
    before: Option<BTreeMap<u64, Option<Open>>>,
}

impl OpenEvents {
    pub(super) fn get(&self, seq: u64) -> Option<&Open> {
        self.now.get(&seq)
    }

    pub(super) fn get_mut(&mut self, seq: u64) -> Option<&mut Open> {
        self.remember(seq);
        self.now.get_mut(&seq)
    }

    pub(super) fn insert(&mut self, seq: u64, open: Open) {
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
