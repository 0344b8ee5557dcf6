//! What a target answered, or why there is no response.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;

use crate::net::failure_cause::{FailureCause, NoResponse};

/// What the server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TargetResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// At most the first 64 KiB.
    pub(crate) body: Bytes,
    pub(crate) end: BodyEnd,
    /// How long the server had the request in hand: until the head of the answer, without the time in which
    /// it was busy with earlier requests of ours.
    pub(crate) handler_time: Duration,
    /// From when the request was written until the head of the answer.
    pub(crate) round_trip: Duration,
    /// The server only accepted the connection once others had been closed for it.
    pub(crate) starved: bool,
}

/// How a body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    Complete,
    /// It is longer than what is read of it.
    Truncated,
    /// The connection ended first.
    Interrupted,
    /// Nothing more came, or the time was up.
    TimedOut,
}

/// Why there is no answer. Texts fit after the address of the server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PostError {
    #[error("{0}")]
    NoResponse(NoResponse),
    /// The request was written, and no answer began in time.
    #[error("did not answer within {} s", .after.as_secs_f64())]
    TimedOut { after: Duration },
    /// The request cannot be sent at all.
    #[error("{0}")]
    Unsendable(String),
}

impl From<NoResponse> for PostError {
    fn from(failure: NoResponse) -> Self {
        Self::NoResponse(failure)
    }
}

impl From<FailureCause> for PostError {
    fn from(cause: FailureCause) -> Self {
        Self::NoResponse(cause.into())
    }
}
