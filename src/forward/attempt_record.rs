//! What the history records of an attempt, for the engine and for `replay`.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;

use super::attempt::AttemptResult;
use super::policy::RetryDecision;
use crate::history::{AttemptRecord, Record};
use crate::net::BodyEnd;

#[derive(Debug)]
pub(crate) struct AttemptContext {
    /// The number of the event in the history.
    pub(crate) seq: u64,
    pub(crate) target: Arc<str>,
    /// From 1.
    pub(crate) attempt: u32,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Timestamp,
    pub(crate) request_headers: Option<HeaderMap>,
}

/// The attempt and, if it was the last one, the end of its delivery. Moves the answer out of `result`.
pub(crate) fn attempt_record(
    context: AttemptContext,
    result: &mut AttemptResult,
    decision: &RetryDecision,
) -> Record {
    let outcome = decision.recorded();
    let (response_headers, response_body, truncated) = match result.answer.take() {
        Some(answer) => (answer.headers, answer.body, answer.end != BodyEnd::Complete),
        None => (HeaderMap::new(), Bytes::new(), false),
    };
    Record::Attempt(Box::new(AttemptRecord {
        seq: context.seq,
        target: context.target,
        attempt: context.attempt,
        started_at: context.started_at,
        duration: result.took,
        status: result.outcome.status(),
        outcome,
        reason: result.outcome.recorded_reason(),
        request_headers: context.request_headers,
        response_headers,
        response_body,
        truncated,
        settles: outcome.final_state().map(|state| (state, context.ended_at)),
    }))
}
