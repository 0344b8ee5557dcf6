//! Lets a batch fill before it is written.

use std::sync::mpsc::TryRecvError;
use std::time::Instant;

use super::{MAX_BATCH, Writer};
use crate::history::commit_pace::INTERVAL;
use crate::history::journal::LOW;
use crate::history::message::Message;

impl Writer {
    /// Fills the batch with the records that arrive until it is due. The thread sleeps meanwhile, so that senders do
    /// not pay for waking it; a query, a thread that waits for the commit, and a channel that fills end the sleep early.
    /// Returns a message that is not a record.
    pub(super) fn gather(&mut self) -> Option<Message> {
        let until = Instant::now() + INTERVAL;
        let other = 'fill: loop {
            self.shared.progress.set_gathering(true);
            while self.batch.len() < MAX_BATCH {
                match self.rx.try_recv() {
                    Ok(Message::Records(records, weight)) => self.add(records, weight),
                    Ok(other) => break 'fill Some(other),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => break 'fill None,
                }
            }
            let now = Instant::now();
            let wait = match self.shared.progress.is_wanted_after(self.committed) {
                true => self.pace.wait(now),
                false => until.saturating_duration_since(now),
            };
            let is_urgent = self.shared.progress.is_urgent_after(self.committed);
            let is_full = self.batch.len() >= MAX_BATCH || self.capacity.available_permits() < LOW;
            if is_full || is_urgent || wait.is_zero() {
                break None;
            }
            std::thread::park_timeout(wait);
        };
        self.shared.progress.set_gathering(false);
        other
    }
}
