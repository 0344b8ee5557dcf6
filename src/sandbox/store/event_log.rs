//! The event log of one environment: a bounded ring that listeners read at their own pace. It is a window
//! in memory on the events in the store, from which it is filled at the start.
//!
//! A listener is a [`cursor::Cursor`] into the ring, not a subscriber of a channel: a slow listener falls behind
//! and costs no memory. It loses its position only when the ring has moved past it, and gets an error then.
//!
//! When the whole state is replaced, the events of the earlier state are no longer found. A listener that has not read
//! them yet still gets them, then skips what the new state came with, and continues with what happens next.
//!
//! Counting the listeners of an event and appending it happen under one lock, so that the number a
//! trigger reports is the number of listeners that will see it.

pub(crate) mod cursor;
pub(crate) mod entry;

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::watch;

use self::entry::{Entry, Logged};
use crate::event::Pattern;
use crate::sandbox::lock::locked;

/// The most bytes of event bodies in the ring.
pub(crate) const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Which events a listener receives: those that match a pattern, or all without patterns.
#[derive(Debug, Default)]
pub(crate) struct Filter(Vec<Pattern>);

impl Filter {
    pub(crate) fn new(patterns: Vec<Pattern>) -> Self {
        Self(patterns)
    }

    /// Whether an event of this type passes.
    pub(crate) fn admits(&self, kind: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| pattern.matches(kind))
    }
}

/// The events that a log starts with.
#[derive(Debug)]
pub(crate) struct Past {
    /// The id of the event before the first one, or an id that stands for the beginning.
    pub(crate) before_first: String,
    /// Oldest first.
    pub(crate) entries: Vec<Entry>,
}

#[derive(Debug)]
pub(crate) struct EventLog {
    ring: Mutex<Ring>,
    /// The position after the newest entry; wakes the listeners.
    head: watch::Sender<u64>,
}

#[derive(Debug)]
struct Ring {
    entries: VecDeque<Arc<Logged>>,
    /// The position of the oldest entry. Positions only grow.
    first: u64,
    /// The position of the oldest entry of the present state.
    floor: u64,
    /// The id of the event before that.
    before_floor: String,
    /// How many times the state was replaced.
    replaced: u64,
    /// What each replacement came with, as its number and positions: not news to earlier listeners.
    restored: Vec<(u64, Range<u64>)>,
    bytes: usize,
    capacity: usize,
    max_bytes: usize,
    listeners: HashMap<u64, Arc<Filter>>,
    next_listener: u64,
}

impl EventLog {
    /// A log that starts with `past` and keeps the newest `capacity` events, at least one.
    pub(crate) fn since(past: Past, capacity: usize) -> Self {
        Self::with_max_bytes(past, capacity, MAX_BYTES)
    }

    fn with_max_bytes(past: Past, capacity: usize, max_bytes: usize) -> Self {
        let mut ring = Ring {
            entries: VecDeque::new(),
            first: 0,
            floor: 0,
            before_floor: past.before_first,
            replaced: 0,
            restored: Vec::new(),
            bytes: 0,
            capacity: capacity.max(1),
            max_bytes,
            listeners: HashMap::new(),
            next_listener: 0,
        };
        for entry in past.entries {
            ring.push(Arc::new(Logged::new(entry)));
        }
        let head = watch::Sender::new(ring.end());
        Self { ring: Mutex::new(ring), head }
    }

    /// Blocks listeners from connecting, leaving and reading until it is dropped: for the moment between
    /// counting them and appending the event.
    pub(crate) fn reserve(&self) -> Reservation<'_> {
        Reservation { ring: locked(&self.ring), head: &self.head }
    }

    /// Appends one event, as the store does; returns how many listeners receive it.
    #[cfg(test)]
    pub(crate) fn append(&self, entry: Entry) -> usize {
        let reserved = self.reserve();
        let listeners = reserved.listeners(&entry.kind);
        reserved.append(vec![entry]);
        listeners
    }

    /// How many listeners are connected.
    #[cfg(test)]
    pub(crate) fn listeners(&self) -> usize {
        locked(&self.ring).listeners.len()
    }
}

/// The log, held still.
#[derive(Debug)]
pub(crate) struct Reservation<'l> {
    ring: MutexGuard<'l, Ring>,
    head: &'l watch::Sender<u64>,
}

impl Reservation<'_> {
    /// How many listeners want events of this type.
    pub(crate) fn listeners(&self, kind: &str) -> usize {
        self.ring.listeners.values().filter(|filter| filter.admits(kind)).count()
    }

    /// Adds events and wakes everyone.
    pub(crate) fn append(mut self, entries: Vec<Entry>) {
        for entry in entries {
            self.ring.push(Arc::new(Logged::new(entry)));
        }
        // under the lock, so that the head never goes back
        self.head.send_replace(self.ring.end());
    }

    /// Continues with the events of another state, and wakes everyone.
    pub(crate) fn replace(mut self, past: Past) {
        let ring = &mut *self.ring;
        ring.replaced += 1;
        ring.floor = ring.end();
        ring.before_floor = past.before_first;
        let floor = ring.floor;
        for entry in past.entries {
            ring.push(Arc::new(Logged::new(entry)));
        }
        let (first, end) = (ring.first, ring.end());
        ring.restored.push((ring.replaced, floor..end));
        ring.restored.retain(|(_, range)| range.end > first.max(range.start));
        self.head.send_replace(end);
    }
}

impl Ring {
    fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    fn push(&mut self, entry: Arc<Logged>) {
        self.bytes += entry.body.len();
        self.entries.push_back(entry);
        let over = |ring: &Self| ring.entries.len() > ring.capacity || ring.bytes > ring.max_bytes;
        while self.entries.len() > 1 && over(self) {
            if let Some(gone) = self.entries.pop_front() {
                self.first += 1;
                self.bytes -= gone.body.len();
                if self.first > self.floor {
                    self.floor = self.first;
                    self.before_floor.clone_from(&gone.id);
                }
            }
        }
    }

    fn locate(&self, last_event_id: Option<&str>) -> Start {
        let Some(last) = last_event_id else {
            return Start { position: self.end(), id: self.id_before(self.end()).to_owned(), resumed: false };
        };
        match self.after(last) {
            Some(position) => Start { position, id: last.to_owned(), resumed: true },
            None => Start { position: self.floor, id: self.before_floor.clone(), resumed: false },
        }
    }

    /// The position after this event of the present state.
    fn after(&self, id: &str) -> Option<u64> {
        let own = usize::try_from(self.floor - self.first).unwrap_or(usize::MAX);
        let found = self.entries.iter().skip(own).rposition(|entry| entry.id == id);
        let found = found.map(|index| self.floor + index as u64 + 1);
        found.or_else(|| (id == self.before_floor).then_some(self.floor))
    }

    /// The id that stands for a position.
    fn id_before(&self, position: u64) -> &str {
        let before = position.checked_sub(1).filter(|_| position != self.floor);
        before.and_then(|before| self.get(before)).map_or(&self.before_floor, |entry| &entry.id)
    }

    fn get(&self, position: u64) -> Option<&Arc<Logged>> {
        self.entries.get(usize::try_from(position.checked_sub(self.first)?).ok()?)
    }
}

/// Where a cursor begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    position: u64,
    /// The id that stands for this place: resuming after it loses nothing and repeats nothing.
    pub(crate) id: String,
    /// Whether this is the place the listener asked for.
    pub(crate) resumed: bool,
}

#[cfg(test)]
mod tests;
