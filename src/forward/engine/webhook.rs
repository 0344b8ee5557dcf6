//! Events that come from a webhook: repeated ones are skipped, and each is acknowledged once it is in the history.

use super::intake::DUPLICATE;
use super::state::Engine;
use crate::forward::activity::Activity;
use crate::stream::receiver::{RefusedRequest, WebhookDelivery};

/// Why an event is skipped that an earlier run received from the same webhook.
const KNOWN: &str = "an earlier run has received it";

impl Engine {
    /// Skips these events when the webhook delivers them again.
    pub(super) fn remember(&mut self, ids: &[String]) {
        for id in ids {
            self.webhook_events.insert(id);
        }
        self.known_webhook_events = ids.iter().map(|id| id.as_str().into()).collect();
    }

    pub(super) fn receive(&mut self, delivery: WebhookDelivery) {
        let WebhookDelivery { event, stored } = delivery;
        // Dropping `stored` refuses it: cStar keeps the event and delivers it again. It must not be delivered from here
        // before, because nothing would remember it if this process ended.
        if !self.recorder.can_store_bodies() {
            return;
        }
        if self.webhook_events.insert(&event.id) {
            self.accept(event);
        } else {
            let is_known = self.known_webhook_events.contains(event.id.as_str());
            let reason = if is_known { KNOWN } else { DUPLICATE };
            self.skip(Some(event.id.clone()), Some(event.event_type.clone()), reason.to_owned());
        }
        self.recorder.acknowledge(stored);
    }

    pub(super) fn request_refused(&mut self, refused: RefusedRequest) {
        let RefusedRequest { status, reason, others } = refused;
        self.reporter.emit(Activity::RequestRefused { at: self.clock.now(), status, reason, others });
    }
}
