//! The response of a target, or why there is none.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;

use super::timing::ResponseTimes;
use crate::net::failure_cause::{FailureCause, NoResponse};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TargetResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// At most the first 64 KiB.
    pub(crate) body: Bytes,
    pub(crate) end: BodyEnd,
    /// The time until the head of the response, without the time in which the server worked on our earlier requests.
    pub(crate) handler_time: Duration,
    /// The time between the request and the head of the response.
    pub(crate) round_trip: Duration,
    /// The server accepted the connection only after idle connections were closed.
    pub(crate) starved: bool,
}

/// What the server sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl TargetResponse {
    pub(super) fn new(answer: Answer, end: BodyEnd, times: ResponseTimes) -> Self {
        let Answer { status, headers, body } = answer;
        let ResponseTimes { handler: handler_time, round_trip, starved } = times;
        Self { status, headers, body, end, handler_time, round_trip, starved }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    Complete,
    /// Longer than the limit.
    Truncated,
    /// The connection was closed early.
    Interrupted,
    /// No more data arrived in time.
    TimedOut,
}

/// Why there is no response. The messages fit after the address of the server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PostError {
    #[error("{0}")]
    NoResponse(NoResponse),
    /// The request was written, and no response began in time.
    #[error("did not answer within {} s", .after.as_secs_f64())]
    TimedOut { after: Duration },
    #[error("{0}")]
    Unsendable(String),
}

/// Why a request got no response over one connection.
pub(super) enum ExchangeError {
    /// The connection was closed before the request was written.
    NotSent {
        /// What the server sent unasked.
        received: Vec<u8>,
    },
    /// The connection was closed before the first byte of a response.
    Closed(FailureCause),
    Other(PostError),
}

impl From<PostError> for ExchangeError {
    fn from(error: PostError) -> Self {
        Self::Other(error)
    }
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
