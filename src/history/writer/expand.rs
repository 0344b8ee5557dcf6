//! Expands the batches of a burst into rows: when it is quiet, or when there are too many.

use std::sync::mpsc::{RecvTimeoutError, TryRecvError};
use std::time::Duration;

use super::{Next, Writer};
use crate::history::record_batches::STEP;

/// A burst is over when nothing was recorded for this long.
const QUIET: Duration = Duration::from_millis(200);

impl Writer {
    /// Expands the oldest batches if there are too many: more than one commit adds.
    pub(super) fn expand_excess(&mut self) {
        while self.store.has_many_batches() && self.expand(2 * STEP) {}
    }

    /// Waits for the next message, and expands batches if none comes soon. Returns `None` once there are none left, or
    /// if it was not possible.
    pub(super) fn expand_when_quiet(&mut self) -> Option<Next> {
        match self.rx.recv_timeout(QUIET) {
            Ok(message) => return Some(Next::Message(message)),
            Err(RecvTimeoutError::Disconnected) => return Some(Next::Stop),
            Err(RecvTimeoutError::Timeout) => {}
        }
        while self.store.batched.is_some() {
            match self.rx.try_recv() {
                Ok(message) => return Some(Next::Message(message)),
                Err(TryRecvError::Disconnected) => return Some(Next::Stop),
                Err(TryRecvError::Empty) if !self.expand(STEP) => break,
                Err(TryRecvError::Empty) => {}
            }
        }
        None
    }

    /// Before something that needs the rows. If it is not possible, that fails too, or does without.
    pub(super) fn expand_all(&mut self) {
        while self.store.batched.is_some() && self.expand(4 * STEP) {}
        let _ = self.store.expand_others();
    }

    /// Expands about this many bytes. Returns whether it was possible.
    fn expand(&mut self, most: usize) -> bool {
        match self.store.expand_some(most) {
            Ok(expanded) => {
                self.since_prune.0 += expanded.events;
                self.since_prune.1 += (expanded.bytes + expanded.by_others) / 1024;
                self.prune_due |= expanded.by_others > 0;
                true
            }
            Err(error) => {
                if !error.is_transient() {
                    self.turn_off(&error);
                }
                false
            }
        }
    }
}
