//! Which deliveries have an attempt in flight: at most a few for each webhook, and one for each resource, so that
//! the events of a resource arrive in order.

use std::collections::HashMap;
use std::sync::Mutex;

use tokio::sync::watch;

use crate::sandbox::lock::locked;

/// How many attempts each webhook may have in flight (ours).
const PER_WEBHOOK: usize = 8;

/// The deliveries with an attempt in flight.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    /// By delivery: its webhook, and the resource it is about.
    claimed: Mutex<HashMap<i64, (i64, String)>>,
    ended: watch::Sender<u64>,
}

impl InFlight {
    /// Changes when an attempt has ended and its outcome is stored.
    pub(crate) fn ended(&self) -> watch::Receiver<u64> {
        self.ended.subscribe()
    }

    /// Whether the webhook may have another attempt in flight.
    pub(super) fn has_capacity(&self, webhook: i64) -> bool {
        has_capacity(&locked(&self.claimed), webhook)
    }

    /// Claims a delivery, unless it has to wait for another one.
    pub(super) fn claim(&self, webhook: i64, delivery: i64, resource: &str) -> bool {
        let mut claimed = locked(&self.claimed);
        let taken = claimed.contains_key(&delivery)
            || claimed.values().any(|(other, about)| *other == webhook && about == resource);
        if taken || !has_capacity(&claimed, webhook) {
            return false;
        }
        claimed.insert(delivery, (webhook, resource.to_owned()));
        true
    }

    /// Claims a delivery for an attempt on request: no event of the webhook waits for it.
    pub(crate) fn claim_extra(&self, delivery: i64, webhook: i64) -> bool {
        let mut claimed = locked(&self.claimed);
        if claimed.contains_key(&delivery) {
            return false;
        }
        claimed.insert(delivery, (webhook, format!("request:{delivery}")));
        true
    }

    /// Ends the attempt of a delivery.
    pub(crate) fn release(&self, delivery: i64) {
        locked(&self.claimed).remove(&delivery);
        self.ended.send_modify(|attempts| *attempts += 1);
    }
}

fn has_capacity(claimed: &HashMap<i64, (i64, String)>, webhook: i64) -> bool {
    claimed.values().filter(|(other, _)| *other == webhook).count() < PER_WEBHOOK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_webhook_and_resource_is_bounded() {
        let in_flight = InFlight::default();
        assert!(in_flight.claim(1, 10, "ticket:a"));
        assert!(!in_flight.claim(1, 10, "ticket:a"), "it is in flight");
        assert!(!in_flight.claim(1, 11, "ticket:a"), "another one about the same ticket is");
        assert!(in_flight.claim(2, 12, "ticket:a"), "but to another webhook");
        for delivery in 0..7 {
            assert!(in_flight.claim(1, 20 + delivery, &format!("ticket:{delivery}")));
        }
        assert!(!in_flight.has_capacity(1) && !in_flight.claim(1, 30, "ticket:z"));
        assert!(in_flight.has_capacity(2) && in_flight.claim(2, 31, "ticket:z"));
        in_flight.release(10);
        assert!(in_flight.claim(1, 11, "ticket:a"));
    }
}
