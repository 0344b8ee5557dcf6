//! The items that a subscription emits.

use std::time::Duration;

use super::gap::Gap;
use super::outage::Outage;
use crate::event::ReceivedEvent;
use crate::stream::disconnect::Disconnect;
use crate::stream::frame::{Rejection, Session, StreamError};
use crate::stream::members::IgnoredMember;
use crate::stream::receiver::{RefusedRequest, WebhookDelivery};
use crate::stream::response::StreamRefusal;
use crate::stream::transport::{ChangeReason, TransportKind};

#[derive(Debug)]
pub(crate) enum StreamItem {
    /// A connection is being made.
    Connecting {
        /// 1 for the first one after the start or after a session.
        attempt: u32,
    },
    Connected(Session),
    /// A member of a session is ignored. Emitted once per run and reason, before `Connected`.
    Ignored(IgnoredMember),
    /// Events may have been missed. Follows `Connected`.
    Gap(Gap),
    /// An event, for the first time.
    Event(ReceivedEvent),
    /// An event from a webhook. The receiver answers cStar once it is stored.
    Delivery(WebhookDelivery),
    /// The receiver refused a request.
    RequestRefused(RefusedRequest),
    /// An event that was received before in this run.
    Duplicate {
        id: String,
        event_type: String,
    },
    /// An event that cannot be forwarded. The stream continues. Text is raw.
    Rejected {
        id: Option<String>,
        event_type: Option<String>,
        reason: Rejection,
    },
    /// The server sent an error. If it is about the key ([`StreamError::is_fatal`]) this is the
    /// last item; otherwise `Disconnected` follows and the response to the next attempt decides.
    ErrorFrame(StreamError),
    /// The connection ended or could not be made.
    Disconnected {
        reason: Disconnect,
        /// The wait before the next attempt.
        retry_in: Duration,
    },
    /// No session has lasted for a while. Emitted repeatedly during a long outage.
    StillDown(Outage),
    /// The next connection uses another transport.
    TransportChanged {
        to: TransportKind,
        reason: ChangeReason,
    },
    /// The server refuses this stream. The last item.
    Refused(StreamRefusal),
}
