//! What the history records of an attempt, for the engine and for `replay`.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;

use super::attempt::AttemptResult;
use super::chaos::ChaosMarks;
use super::policy::RetryDecision;
use crate::history::{AttemptRecord, DeliveryState, Record, RecordedOutcome};
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
    pub(crate) chaos: Option<AttemptChaos>,
}

/// What chaos has done to an attempt. It may change what the attempt means for its delivery.
#[derive(Debug)]
pub(crate) struct AttemptChaos {
    pub(crate) marks: ChaosMarks,
    /// In place of the reason that follows from the outcome.
    pub(crate) reason: Option<String>,
    /// In place of the outcome that follows from the decision.
    pub(crate) outcome: Option<RecordedOutcome>,
    pub(crate) settles: Option<DeliveryState>,
}

/// The attempt and, if it was the last one, the end of its delivery. Moves the answer out of `result`.
pub(crate) fn attempt_record(
    context: AttemptContext,
    result: &mut AttemptResult,
    decision: &RetryDecision,
) -> Record {
    let outcome = decision.recorded();
    let (mut settles, mut reason) = (outcome.final_state(), result.outcome.recorded_reason());
    let (mut recorded, mut marks) = (outcome, None);
    if let Some(chaos) = context.chaos {
        (settles, reason) = (chaos.settles, chaos.reason.or(reason));
        (recorded, marks) = (chaos.outcome.unwrap_or(outcome), chaos.marks.text());
    }
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
        outcome: recorded,
        reason,
        request_headers: context.request_headers,
        response_headers,
        response_body,
        truncated,
        settles: settles.map(|state| (state, context.ended_at)),
        chaos: marks,
    }))
}
