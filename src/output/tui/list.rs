//! The list of events: which there are, which one is selected, and which rows are visible.
//!
//! It knows the keys of all events that match, 8 bytes each, and has the rows near the visible ones only.

use std::collections::{HashMap, HashSet};

use crate::history::{EventKey, EventSummary};

/// Rows kept in memory.
const MOST_ROWS: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct EventList {
    /// Oldest first, so that new events change no index.
    keys: Vec<EventKey>,
    /// Index of the selected event.
    selected: usize,
    /// Index of the first visible event; it is the newest of the visible ones.
    top: usize,
    height: usize,
    /// New events are selected as they arrive.
    is_following: bool,
    rows: HashMap<EventKey, EventSummary>,
    /// Rows that have changed since they were read.
    stale: HashSet<EventKey>,
    /// Rows that are being read.
    requested: bool,
}

impl EventList {
    pub(super) fn new() -> Self {
        Self { is_following: true, ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn is_following(&self) -> bool {
        self.is_following
    }

    /// Events that are newer than the visible ones.
    pub(super) fn above(&self) -> usize {
        (self.len()).saturating_sub(self.top + 1)
    }

    /// The place of the selected event, from 1 for the newest; 0 for none.
    pub(super) fn place(&self) -> usize {
        self.len().saturating_sub(self.selected)
    }

    pub(super) fn selected(&self) -> Option<EventKey> {
        self.keys.get(self.selected).copied()
    }

    pub(super) fn row(&self, key: EventKey) -> Option<&EventSummary> {
        self.rows.get(&key)
    }

    /// The visible events, newest first, and whether each is the selected one.
    pub(super) fn visible(&self) -> impl Iterator<Item = (EventKey, bool)> {
        let first = self.len().saturating_sub(self.top + 1);
        let shown = self.keys.iter().enumerate().rev().skip(first).take(self.height);
        shown.map(|(at, key)| (*key, at == self.selected))
    }

    /// Replaces all keys; they are oldest first. The selected event stays selected, or the next older one is.
    pub(super) fn replace(&mut self, keys: Vec<EventKey>) {
        let (selected, above) = (self.selected(), self.selected.abs_diff(self.top));
        self.keys = keys;
        self.selected = match selected {
            Some(key) if !self.is_following => {
                let place = self.keys.partition_point(|other| *other <= key);
                place.saturating_sub(1)
            }
            _ => self.len().saturating_sub(1),
        };
        self.top = self.selected + above;
        self.settle();
    }

    /// Adds newer events, oldest first.
    pub(super) fn add(&mut self, keys: &[EventKey]) {
        let newest = self.keys.last().copied();
        self.keys.extend(keys.iter().filter(|key| newest.is_none_or(|newest| **key > newest)));
        if self.is_following {
            self.first();
        }
        self.settle();
    }

    /// Reads these rows again when they are visible.
    pub(super) fn invalidate(&mut self, keys: &[EventKey]) {
        self.stale.extend(keys.iter().filter(|key| self.rows.contains_key(key)));
    }

    pub(super) fn invalidate_all(&mut self) {
        self.stale.extend(self.rows.keys());
    }

    /// The rows to read now.
    pub(super) fn wanted(&mut self) -> Option<Vec<EventKey>> {
        if self.requested || self.keys.is_empty() {
            return None;
        }
        let near = self.near(self.height);
        let is_missing = |key: &&EventKey| !self.rows.contains_key(key) || self.stale.contains(key);
        let wanted: Vec<EventKey> = near.iter().filter(is_missing).copied().collect();
        self.requested = !wanted.is_empty();
        self.requested.then_some(wanted)
    }

    /// The keys of the visible rows, and `margin` more on each side.
    fn near(&self, margin: usize) -> &[EventKey] {
        let end = (self.top + 1 + margin).min(self.len());
        let start = (self.top + 1).saturating_sub(self.height + margin).min(end);
        self.keys.get(start..end).unwrap_or_default()
    }

    /// The rows that were asked for. Those that are missing were removed from the history; returns whether there are
    /// such.
    pub(super) fn loaded(&mut self, asked: &[EventKey], rows: Vec<EventSummary>) -> bool {
        self.requested = false;
        for key in asked {
            self.stale.remove(key);
        }
        let found: HashSet<EventKey> = rows.iter().map(|row| row.key).collect();
        self.rows.extend(rows.into_iter().map(|row| (row.key, row)));
        let gone: HashSet<&EventKey> = asked.iter().filter(|key| !found.contains(key)).collect();
        if !gone.is_empty() {
            let keys = self.keys.iter().filter(|key| !gone.contains(key)).copied().collect();
            self.replace(keys);
        }
        if self.rows.len() > MOST_ROWS {
            let near: HashSet<EventKey> = self.near(MOST_ROWS / 4).iter().copied().collect();
            self.rows.retain(|key, _| near.contains(key));
            self.stale.retain(|key| near.contains(key));
        }
        !gone.is_empty()
    }

    pub(super) fn resize(&mut self, height: usize) {
        self.height = height;
        self.settle();
    }

    pub(super) fn page(&self) -> usize {
        self.height.saturating_sub(1).max(1)
    }

    /// Towards newer events.
    pub(super) fn up(&mut self, rows: usize) {
        self.selected = self.selected.saturating_add(rows);
        self.settle();
    }

    /// Towards older events.
    pub(super) fn down(&mut self, rows: usize) {
        self.is_following = false;
        self.selected = self.selected.saturating_sub(rows);
        self.settle();
    }

    /// Selects the newest event and follows.
    pub(super) fn first(&mut self) {
        self.is_following = true;
        self.selected = self.len().saturating_sub(1);
        self.top = self.selected;
        self.settle();
    }

    pub(super) fn last(&mut self) {
        self.is_following = false;
        self.selected = 0;
        self.settle();
    }

    /// Keeps the selected event selected when new ones arrive.
    pub(super) fn hold(&mut self) {
        self.is_following = false;
    }

    /// Keeps the indices valid and the selected event visible.
    fn settle(&mut self) {
        let newest = self.len().saturating_sub(1);
        self.selected = self.selected.min(newest);
        let lowest = (self.selected + self.height).saturating_sub(1).max(self.selected);
        self.top = self.top.clamp(self.selected, lowest);
        // No empty rows below the oldest event while there are newer ones.
        self.top = self.top.max(self.height.saturating_sub(1)).min(newest);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(range: std::ops::RangeInclusive<i64>) -> Vec<EventKey> {
        range.map(EventKey).collect()
    }

    fn visible(list: &EventList) -> Vec<i64> {
        list.visible().map(|(key, _)| key.0).collect()
    }

    #[test]
    fn newest_event_is_first_and_followed() {
        let mut list = EventList::new();
        list.resize(3);
        list.replace(keys(1..=5));
        assert_eq!((visible(&list), list.selected()), (vec![5, 4, 3], Some(EventKey(5))));
        list.add(&keys(6..=6));
        assert_eq!((visible(&list), list.selected()), (vec![6, 5, 4], Some(EventKey(6))));
        list.down(1);
        list.add(&keys(7..=9));
        assert_eq!((visible(&list), list.selected(), list.above()), (vec![6, 5, 4], Some(EventKey(5)), 3));
        list.last();
        assert_eq!((visible(&list), list.place()), (vec![3, 2, 1], 9));
        list.first();
        assert_eq!((visible(&list), list.above(), list.is_following()), (vec![9, 8, 7], 0, true));
    }

    #[test]
    fn selection_survives_another_query() {
        let mut list = EventList::new();
        list.resize(4);
        list.replace(keys(1..=20));
        list.down(10);
        assert_eq!(list.selected(), Some(EventKey(10)));
        list.replace(vec![EventKey(2), EventKey(9), EventKey(10), EventKey(15)]);
        assert_eq!(list.selected(), Some(EventKey(10)));
        list.replace(vec![EventKey(2), EventKey(9), EventKey(15)]);
        assert_eq!(list.selected(), Some(EventKey(9)));
        list.replace(Vec::new());
        assert_eq!((list.selected(), visible(&list)), (None, Vec::new()));
    }

    #[test]
    fn rows_in_memory_are_bounded() {
        let mut list = EventList::new();
        list.resize(50);
        list.replace(keys(1..=100_000));
        for _ in 0..200 {
            if let Some(wanted) = list.wanted() {
                let rows = wanted.iter().map(|key| super::super::samples::summary(*key)).collect();
                list.loaded(&wanted, rows);
            }
            assert!(list.rows.len() <= MOST_ROWS + 150, "{}", list.rows.len());
            list.down(40);
        }
    }

    proptest! {
        #[test]
        fn selection_is_always_visible(steps in proptest::collection::vec((0..9_u8, 0..40_usize), 0..80)) {
            let (mut list, mut newest) = (EventList::new(), 0);
            for (step, size) in steps {
                match step {
                    0 => list.up(size),
                    1 => list.down(size),
                    2 => list.first(),
                    3 => list.last(),
                    4 => list.resize(size),
                    5 => list.replace(keys(1..=i64::try_from(size).unwrap())),
                    6 => list.hold(),
                    7 => {
                        if let Some(wanted) = list.wanted() {
                            // Half of them were removed.
                            let kept = wanted.iter().filter(|key| key.0 % 2 == 0);
                            let rows = kept.map(|key| super::super::samples::summary(*key)).collect();
                            list.loaded(&wanted, rows);
                        }
                    }
                    _ => {
                        newest = newest.max(list.keys.last().map_or(0, |key| key.0)) + 1;
                        list.add(&keys(newest..=newest + i64::try_from(size).unwrap()));
                    }
                }
                let shown: Vec<(EventKey, bool)> = list.visible().collect();
                prop_assert_eq!(shown.len(), list.len().min(list.height));
                prop_assert!(list.height == 0 || list.len() == 0 || shown.iter().any(|(_, selected)| *selected));
                prop_assert_eq!(list.selected().is_some(), list.len() > 0);
                prop_assert!(list.place() <= list.len());
            }
        }
    }
}
