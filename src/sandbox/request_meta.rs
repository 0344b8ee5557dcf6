//! The id and the time of one request.

use std::sync::Arc;

use jiff::Timestamp;

use crate::host::clock::Clock;
use crate::host::random;

/// The id and the time of one request.
#[derive(Clone, Debug)]
pub(crate) struct RequestMeta {
    /// `req_` and 12 characters (documented sample).
    pub(crate) request_id: Arc<str>,
    pub(crate) time: Timestamp,
}

impl RequestMeta {
    /// A new id and the current time.
    pub(crate) fn new(clock: &Clock) -> Self {
        let request_id = format!("req_{}", random::alphanumeric::<12>()).into();
        Self { request_id, time: clock.now() }
    }
}
