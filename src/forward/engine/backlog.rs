//! How much of the accepted events is in memory, and when to stop reading the stream.
//!
//! Three things are counted: what is kept of every event, the bodies that wait in memory, and the bodies
//! that were read back from the history for an attempt.

/// Events that may wait in memory before the stream is left unread.
const MAX_EVENTS: usize = 1_000;
/// Bytes that may wait in memory, and bytes of bodies read back at once. One event may be larger: it is then
/// the only one.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Events whose bodies may wait in the history instead, and their bytes.
const MAX_SPILLED: usize = 10_000;
const MAX_SPILLED_BYTES: usize = 128 * 1024 * 1024;

/// What an event takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    /// Bytes in memory wherever the body waits: names, the key of the resource, places in queues.
    pub(super) fixed: usize,
    pub(super) body: usize,
}

/// The accepted events that have not ended. Once full, it has room again when a quarter is free, so
/// that reading does not stop and start with every event.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    events: usize,
    bytes: usize,
    full: bool,
    full_reported: bool,
    spilled: usize,
    spilled_bytes: usize,
    lent: usize,
}

impl Backlog {
    /// Whether another event fits into memory. If not, there is no room until some have ended.
    pub(super) fn fits(&mut self, size: Size) -> bool {
        let fits = self.events == 0 || self.bytes + size.fixed + size.body <= MAX_BYTES;
        self.full |= !fits;
        !self.full
    }

    pub(super) fn add(&mut self, size: Size) {
        self.events += 1;
        self.bytes += size.fixed + size.body;
        self.full |= self.events >= MAX_EVENTS || self.bytes >= MAX_BYTES;
    }

    pub(super) fn remove(&mut self, size: Size) {
        self.events -= 1;
        self.bytes -= size.fixed + size.body;
        self.make_room();
    }

    /// An event whose body waits in the history.
    pub(super) fn spill(&mut self, size: Size) {
        self.spilled += 1;
        self.spilled_bytes += size.body;
        self.bytes += size.fixed;
    }

    pub(super) fn unspill(&mut self, size: Size) {
        self.spilled -= 1;
        self.spilled_bytes -= size.body;
        self.bytes -= size.fixed;
        self.make_room();
    }

    fn make_room(&mut self) {
        if self.events <= MAX_EVENTS / 4 * 3 && self.bytes <= MAX_BYTES / 4 * 3 {
            self.full = false;
            self.full_reported = false;
        }
    }

    /// Whether a body of this size may be read back from the history now.
    pub(super) fn may_lend(&self, bytes: usize) -> bool {
        self.lent == 0 || self.lent + bytes <= MAX_BYTES
    }

    /// A body is read back for an attempt.
    pub(super) fn lend(&mut self, bytes: usize) {
        self.lent += bytes;
    }

    /// The attempt has ended.
    pub(super) fn give_back(&mut self, bytes: usize) {
        self.lent -= bytes;
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
    pub(super) fn has_capacity(&self) -> bool {
        !self.full
    }

    /// Whether it is full and this has not been asked since.
    pub(super) fn just_filled(&mut self) -> bool {
        let just_filled = self.full && !self.full_reported;
        self.full_reported |= self.full;
        just_filled
    }

    pub(super) fn events(&self) -> usize {
        self.events + self.spilled
    }

    /// Bytes in memory.
    #[cfg(test)]
    fn held(&self) -> usize {
        self.bytes + self.lent
    }
}

#[cfg(test)]
#[path = "backlog/tests.rs"]
mod tests;
