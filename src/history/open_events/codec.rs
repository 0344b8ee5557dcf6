//! Stores the open events of a run beside its batches.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{OpenDelivery, OpenEvent, OpenEvents};
use crate::history::model::DeliveryState;

#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    next: u64,
    #[serde(borrow)]
    events: Vec<Event<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Event<'a> {
    seq: u64,
    event: i64,
    attempts: i64,
    reopened: bool,
    #[serde(borrow)]
    deliveries: Vec<Delivery<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Delivery<'a> {
    target: &'a str,
    settled: Option<(&'a str, i64)>,
    stored: bool,
    tried: bool,
    refused: Option<(i64, i64)>,
}

/// Call this only outside a transaction: its changes could still be rolled back.
pub(in crate::history) fn encode(open: &OpenEvents) -> Result<Vec<u8>, postcard::Error> {
    let events = open.now.iter().map(|(seq, event)| Event {
        seq: *seq,
        event: event.event,
        attempts: event.attempts,
        reopened: event.reopened,
        deliveries: event.deliveries.iter().map(delivery).collect(),
    });
    postcard::to_allocvec(&Stored { next: open.next, events: events.collect() })
}

fn delivery(open: &OpenDelivery) -> Delivery<'_> {
    Delivery {
        target: &open.target,
        settled: open.settled.map(|(state, at)| (state.as_str(), at)),
        stored: open.stored,
        tried: open.tried,
        refused: open.refused,
    }
}

pub(in crate::history) fn decode(bytes: &[u8]) -> Result<OpenEvents, postcard::Error> {
    let stored: Stored<'_> = postcard::from_bytes(bytes)?;
    let mut targets: Vec<Arc<str>> = Vec::new();
    let now = stored.events.into_iter().map(|event| {
        let deliveries = event.deliveries.into_iter().map(|delivery| OpenDelivery {
            target: shared(&mut targets, delivery.target),
            settled: delivery.settled.map(|(state, at)| (DeliveryState::from_name(state), at)),
            stored: delivery.stored,
            tried: delivery.tried,
            first_try: None,
            refused: delivery.refused,
        });
        let deliveries = deliveries.collect();
        let Event { seq, event, attempts, reopened, .. } = event;
        (seq, OpenEvent { event, attempts, deliveries, reopened })
    });
    Ok(OpenEvents { now: now.collect(), next: stored.next, before: None })
}

/// Most events have the same few targets.
fn shared(known: &mut Vec<Arc<str>>, target: &str) -> Arc<str> {
    if let Some(found) = known.iter().find(|known| &***known == target) {
        return Arc::clone(found);
    }
    let target = Arc::from(target);
    known.push(Arc::clone(&target));
    target
}
