//! What the queues hold: an accepted event on its way to one target.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;

use super::backlog::Size;
use crate::event::{EventMeta, ReceivedEvent};
use crate::forward::chaos::DeliveryChaos;
use crate::forward::limiter::Started;
use crate::forward::queue::Key;
use crate::forward::request::{DeliveryHeaders, Signature};
use crate::history::Journal;

/// What a queue needs for one delivery in addition to the delivery and its key: map entries and the spare
/// capacity of collections.
const QUEUE_OVERHEAD: usize = 256;

#[derive(Debug)]
pub(super) struct AcceptedEvent {
    pub(super) received: ReceivedEvent,
    /// Deliveries that have not ended.
    pub(super) open: AtomicUsize,
    /// The number of the event in the history.
    pub(super) seq: u64,
    pub(super) size: Size,
    /// Whether the body waits in the history instead of in memory.
    pub(super) is_stored: bool,
}

/// One event on its way to one target.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) event: Arc<AcceptedEvent>,
    /// From 1. A request that did not reach the target does not count.
    pub(super) attempt: u32,
    pub(super) chaos: DeliveryChaos,
}

impl Job {
    pub(super) fn next_attempt(self) -> Self {
        Self { attempt: self.attempt + 1, chaos: self.chaos.after_attempt(), ..self }
    }

    /// The number that decides whether there is another attempt: those that chaos added do not count.
    pub(super) fn policy_attempt(&self) -> u32 {
        self.attempt.saturating_sub(self.chaos.spent())
    }

    pub(super) fn id(&self) -> &str {
        &self.event.received.id
    }

    /// The exact bytes, from the history.
    pub(super) async fn stored_body(&self, journal: Arc<Journal>) -> Result<Bytes, String> {
        let found = journal.bodies(vec![self.event.seq]).await.map_err(|error| error.to_string())?;
        let body = found.into_iter().next().map(|(_, body)| body);
        body.ok_or_else(|| "its body is no longer in the history".to_owned())
    }

    pub(super) fn headers<'a>(
        &'a self,
        signature: &'a Signature,
        extra: &'a HeaderMap,
    ) -> DeliveryHeaders<'a> {
        DeliveryHeaders { event: &self.event.received, attempt: self.attempt, signature, extra }
    }
}

/// A job whose attempt is running. The scheduler keeps it meanwhile, so that not even a panic can lose it.
#[derive(Debug)]
pub(super) struct InFlight {
    pub(super) target: usize,
    pub(super) key: Key,
    pub(super) job: Job,
    pub(super) started: Started,
    pub(super) started_at: Timestamp,
}

/// The memory that an event needs, including its entries in the queues of `targets`.
pub(super) fn event_size(event: &EventMeta, body: usize, key: &Key, targets: usize) -> Size {
    let names = event.id.len() + event.event_type.len() + event.request_id.as_ref().map_or(0, String::len);
    let entries = targets * (size_of::<Job>() + QUEUE_OVERHEAD);
    let structs = size_of::<AcceptedEvent>() + size_of::<EventMeta>();
    Size { fixed: structs + names + entries + key.len(), body }
}
