//! How much waits in memory, and when to stop reading the stream.

/// Events that may wait before the stream is left unread.
const MAX_EVENTS: usize = 1_000;
/// Bytes of bodies that may wait. One event may be larger: it then waits alone.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Events whose bodies may wait in the history instead, and their bytes.
const MAX_SPILLED: usize = 10_000;
const MAX_SPILLED_BYTES: usize = 128 * 1024 * 1024;

/// The accepted events that have not ended. Once full, it has room again when a quarter is free, so
/// that reading does not stop and start with every event.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    events: usize,
    bytes: usize,
    full: bool,
    told: bool,
    spilled: usize,
    spilled_bytes: usize,
}

impl Backlog {
    pub(super) fn add(&mut self, bytes: usize) {
        self.events += 1;
        self.bytes += bytes;
        self.full |= self.events >= MAX_EVENTS || self.bytes >= MAX_BYTES;
    }

    pub(super) fn remove(&mut self, bytes: usize) {
        self.events -= 1;
        self.bytes -= bytes;
        if self.events <= MAX_EVENTS / 4 * 3 && self.bytes <= MAX_BYTES / 4 * 3 {
            self.full = false;
            self.told = false;
        }
    }

    /// An event whose body waits in the history.
    pub(super) fn spill(&mut self, bytes: usize) {
        self.spilled += 1;
        self.spilled_bytes += bytes;
    }

    pub(super) fn unspill(&mut self, bytes: usize) {
        self.spilled -= 1;
        self.spilled_bytes -= bytes;
    }

    /// Whether bodies wait in the history.
    pub(super) fn has_spilled(&self) -> bool {
        self.spilled > 0
    }

    /// Whether the history may take another body.
    pub(super) fn may_spill(&self) -> bool {
        self.spilled < MAX_SPILLED && self.spilled_bytes < MAX_SPILLED_BYTES
    }

    /// Whether there is room in memory.
    pub(super) fn has_room(&self) -> bool {
        !self.full
    }

    /// Whether it is full and this has not been asked since.
    pub(super) fn just_filled(&mut self) -> bool {
        let news = self.full && !self.told;
        self.told |= self.full;
        news
    }

    pub(super) fn events(&self) -> usize {
        self.events + self.spilled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fills_by_count_and_empties_by_a_quarter() {
        let mut backlog = Backlog::default();
        (0..MAX_EVENTS).for_each(|_| backlog.add(1));
        assert!(!backlog.has_room());
        assert!(backlog.just_filled());
        assert!(!backlog.just_filled(), "told once");
        (0..MAX_EVENTS / 4 - 1).for_each(|_| backlog.remove(1));
        assert!(!backlog.has_room());
        backlog.remove(1);
        assert!(backlog.has_room());
    }

    #[test]
    fn one_huge_event_waits_alone() {
        let mut backlog = Backlog::default();
        backlog.add(MAX_BYTES * 2);
        assert!(!backlog.has_room());
        backlog.remove(MAX_BYTES * 2);
        assert!(backlog.has_room());
    }
}
