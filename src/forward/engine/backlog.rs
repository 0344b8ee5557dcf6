//! How much of the accepted events is in memory, and when to stop reading the stream.
//!
//! It counts three things: what memory holds of every event, the bodies that wait in memory, and the bodies
//! that were read back from the history for an attempt.

/// Events that may wait in memory before reading the stream pauses.
const MAX_EVENTS: usize = 1_000;
/// Bytes that may wait in memory, and bytes of bodies that may be read back. A single event may be larger.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Events whose bodies may wait in the history instead, and their bytes.
const MAX_SPILLED: usize = 10_000;
const MAX_SPILLED_BYTES: usize = 128 * 1024 * 1024;

/// The memory that an event needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    /// Bytes in memory even if the body is in the history: names, the queue key, queue entries.
    pub(super) fixed: usize,
    pub(super) body: usize,
}

/// The accepted events that have not ended. Once full, it accepts more only when a quarter is free, so that
/// reading does not pause and resume with every event.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    events: usize,
    bytes: usize,
    full: bool,
    full_reported: bool,
    spilled: usize,
    spilled_bytes: usize,
    loaded: usize,
}

impl Backlog {
    /// Whether another event fits into memory. If not, none does until some have ended.
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
        self.update_full();
    }

    /// Adds an event whose body waits in the history.
    pub(super) fn spill(&mut self, size: Size) {
        self.spilled += 1;
        self.spilled_bytes += size.body;
        self.bytes += size.fixed;
    }

    pub(super) fn unspill(&mut self, size: Size) {
        self.spilled -= 1;
        self.spilled_bytes -= size.body;
        self.bytes -= size.fixed;
        self.update_full();
    }

    fn update_full(&mut self) {
        if self.events <= MAX_EVENTS / 4 * 3 && self.bytes <= MAX_BYTES / 4 * 3 {
            self.full = false;
            self.full_reported = false;
        }
    }

    /// Whether a body of this size may be read back from the history now.
    pub(super) fn may_load(&self, bytes: usize) -> bool {
        self.loaded == 0 || self.loaded + bytes <= MAX_BYTES
    }

    /// Counts a body that is read back for an attempt.
    pub(super) fn load(&mut self, bytes: usize) {
        self.loaded += bytes;
    }

    /// An attempt with such a body has ended.
    pub(super) fn unload(&mut self, bytes: usize) {
        self.loaded -= bytes;
    }

    pub(super) fn has_spilled(&self) -> bool {
        self.spilled > 0
    }

    /// Whether the history may take another body.
    pub(super) fn may_spill(&self) -> bool {
        self.spilled < MAX_SPILLED && self.spilled_bytes < MAX_SPILLED_BYTES
    }

    pub(super) fn has_capacity(&self) -> bool {
        !self.full
    }

    /// Whether it has become full since the last call.
    pub(super) fn just_filled(&mut self) -> bool {
        let just_filled = self.full && !self.full_reported;
        self.full_reported |= self.full;
        just_filled
    }

    pub(super) fn events(&self) -> usize {
        self.events + self.spilled
    }

    #[cfg(test)]
    fn bytes_in_memory(&self) -> usize {
        self.bytes + self.loaded
    }
}

#[cfg(test)]
#[path = "backlog/tests.rs"]
mod tests;
