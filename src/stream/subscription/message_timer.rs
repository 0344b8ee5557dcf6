//! Measures the time of waiting for the rest of a message. Pauses of the consumer are not counted. Pure.

use std::time::Duration;

use crate::stream::disconnect::Disconnect;

pub(super) struct MessageTimer {
    limit: Duration,
    message: Option<u64>,
    waited: Duration,
}

impl MessageTimer {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, message: None, waited: Duration::ZERO }
    }

    /// Adds `wait`, at whose start `message` was incomplete.
    pub(super) fn add(&mut self, message: Option<u64>, wait: Duration) {
        if message.is_none() || message != self.message {
            (self.message, self.waited) = (message, Duration::ZERO);
        }
        if message.is_some() {
            self.waited += wait;
        }
    }

    /// Whether the limit is reached.
    pub(super) fn check(&self) -> Result<(), Disconnect> {
        if self.waited >= self.limit { Err(Disconnect::Unfinished(self.limit)) } else { Ok(()) }
    }
}
