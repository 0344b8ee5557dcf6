//! The id and the time of one request.

use std::sync::Arc;

use jiff::Timestamp;

use crate::host::clock::Clock;
use crate::host::random;

/// What makes one request tellable from all others.
#[derive(Clone, Debug)]
pub(crate) struct RequestMeta {
    /// `req_` and 12 characters (documented sample).
    pub(crate) request_id: Arc<str>,
    /// When the request came in.
    pub(crate) time: Timestamp,
}

impl RequestMeta {
    /// A fresh id, and the time.
    pub(crate) fn new(clock: &Clock) -> Self {
        let request_id = format!("req_{}", random::alphanumeric::<12>()).into();
        Self { request_id, time: clock.now() }
    }
}
