//! What the receiver hands over: an event, and the way to confirm it.

use tokio::sync::oneshot;

use crate::event::ReceivedEvent;

/// An event that cStar delivered to the webhook.
#[derive(Debug)]
pub(crate) struct WebhookDelivery {
    pub(crate) event: ReceivedEvent,
    /// To be sent once the event is stored. Dropping it refuses the delivery, so that cStar repeats it.
    pub(crate) stored: oneshot::Sender<()>,
}
