//! The id, the time and the actor of one request.

use std::sync::Arc;

use jiff::Timestamp;

use crate::host::clock::Clock;
use crate::host::random;

/// The id, the time and the actor of one request.
#[derive(Clone, Debug)]
pub(crate) struct RequestMeta {
    /// `req_` and 12 characters (documented sample).
    pub(crate) request_id: Arc<str>,
    pub(crate) time: Timestamp,
    pub(crate) actor: Actor,
}

/// Who makes a change, for the audit log (ours: the documentation shows only a name).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Actor {
    pub(crate) id: Arc<str>,
    pub(crate) name: Arc<str>,
}

impl Default for Actor {
    /// The sandbox itself.
    fn default() -> Self {
        Self { id: "sandbox".into(), name: "Sandbox".into() }
    }
}

impl RequestMeta {
    /// A new id and the current time.
    pub(crate) fn new(clock: &Clock) -> Self {
        let request_id = format!("req_{}", random::alphanumeric::<12>());
        Self::of(request_id, clock.now())
    }

    /// A change that is no request with a key.
    pub(crate) fn of(request_id: impl Into<Arc<str>>, time: Timestamp) -> Self {
        Self { request_id: request_id.into(), time, actor: Actor::default() }
    }
}
