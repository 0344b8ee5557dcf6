//! Remembers the ids of recent events, to detect duplicates.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// A bounded set of ids that drops the oldest first.
#[derive(Debug)]
pub(crate) struct RecentIds {
    capacity: usize,
    ids: HashSet<Arc<str>>,
    order: VecDeque<Arc<str>>,
}

impl RecentIds {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, ids: HashSet::new(), order: VecDeque::new() }
    }

    /// Adds `id`; false if it was present.
    pub(crate) fn insert(&mut self, id: &str) -> bool {
        // Nearly every id is new, so it is looked up and inserted in one step.
        let id: Arc<str> = id.into();
        if !self.ids.insert(Arc::clone(&id)) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > self.capacity
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_new_only_once() {
        let mut seen = RecentIds::new(10);
        assert!(seen.insert("a") && seen.insert("b"));
        assert!(!seen.insert("a") && !seen.insert("b"));
    }

    #[test]
    fn oldest_ids_are_forgotten() {
        let mut seen = RecentIds::new(3);
        for id in ["a", "b", "c", "d"] {
            assert!(seen.insert(id));
        }
        assert!(!seen.insert("b") && !seen.insert("d"));
        assert!(seen.insert("a"));
        assert_eq!((seen.ids.len(), seen.order.len()), (3, 3));
    }
}
