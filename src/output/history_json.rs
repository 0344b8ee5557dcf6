//! The history as JSON (ours). Member names are those of `listen --json` where possible. Bodies are text, exactly as
//! received, so that numbers are not rounded.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::sanitize::redact;
use crate::forward::{TargetCommand, exit_code_in};
use crate::history::{
    ConnectionEvent, DeliverySummary, EventDetail, EventState, EventSummary, ReceivedRow, RecordedOutcome,
    StoredAttempt,
};

pub(crate) fn summary(event: &EventSummary) -> Value {
    json!({
        "id": event.id,
        "type": event.event_type,
        "status": state(event.state),
        "received_at": time(event.received_at),
        "bytes": event.bytes,
        "skipped": event.skipped,
        "origin": event.origin.as_str(),
        "source_id": event.source_id,
        "deliveries": event.deliveries.iter().map(delivery).collect::<Vec<_>>(),
    })
}

/// One event with its deliveries and attempts.
pub(crate) fn detail(event: &EventDetail) -> Value {
    let mut value = json!({
        "id": event.id,
        "type": event.event_type,
        "status": state(event.state),
        "received_at": time(event.received_at),
        "request_id": event.request_id,
        "webhook_id": event.webhook_id,
        "origin": event.origin.as_str(),
        "source_id": event.source_id,
        "receptions": event.receptions.iter().map(reception).collect::<Vec<_>>(),
        "deliveries": event.deliveries.iter().map(delivery).collect::<Vec<_>>(),
        "attempts": event.attempts.iter().map(attempt).collect::<Vec<_>>(),
    });
    put_body(&mut value, "body", &event.body);
    value
}

pub(crate) fn note(note: &ConnectionEvent) -> Value {
    json!({
        "at": time(note.at),
        "kind": note.kind,
        "reason": redact(&note.reason),
        "after": note.after,
        "since": note.since.map(time),
        "retry_in_ms": note.retry_in.map(millis),
    })
}

/// The name of an event's state, as `--status` accepts it.
pub(crate) const fn state(state: EventState) -> &'static str {
    match state {
        EventState::Delivered => "delivered",
        EventState::Failed => "failed",
        EventState::Waiting => "waiting",
        EventState::Dismissed => "dismissed",
        EventState::Skipped => "skipped",
        EventState::Received => "received",
    }
}

/// ISO 8601 in UTC with milliseconds.
pub(crate) fn time(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Milliseconds with two decimals, because a local response often takes less than one.
pub(crate) fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}

fn reception(reception: &ReceivedRow) -> Value {
    let run = reception.run.as_ref().map(|run| {
        json!({
            "run": run.run.0,
            "base_url": run.scope.base_url,
            "team_id": run.scope.team_id,
            "environment": run.scope.environment,
            "pid": run.pid,
            "started_at": time(run.started_at),
            "ended_at": run.ended_at.map(time),
        })
    });
    json!({ "at": time(reception.at), "skipped": reception.skipped, "run": run })
}

fn delivery(delivery: &DeliverySummary) -> Value {
    json!({
        "target": delivery.target,
        "status": delivery.state.as_str(),
        "ended_at": delivery.ended_at.map(time),
        "attempts": delivery.attempts,
        "last_status": delivery.status,
        "last_reason": delivery.reason.as_deref().map(redact),
        "last_duration_ms": delivery.duration.map(millis),
    })
}

/// The exit code of an attempt with a command. The history has it in the reason.
pub(crate) fn exit_code(attempt: &StoredAttempt) -> Option<i32> {
    match &attempt.reason {
        Some(reason) => exit_code_in(reason),
        None if attempt.outcome != RecordedOutcome::Delivered => None,
        None => TargetCommand::is_name(&attempt.target).then_some(0),
    }
}

fn attempt(attempt: &StoredAttempt) -> Value {
    let mut value = json!({
        "target": attempt.target,
        "attempt": attempt.attempt,
        "started_at": time(attempt.started_at),
        "duration_ms": millis(attempt.duration),
        "outcome": attempt.outcome.as_str(),
        "status": attempt.status,
        "reason": attempt.reason.as_deref().map(redact),
        "repeats": attempt.repeats,
        "request_headers": headers(&attempt.request_headers),
        "response_headers": headers(&attempt.response_headers),
        "response_truncated": attempt.truncated,
    });
    if let (Some(chaos), Value::Object(members)) = (&attempt.chaos, &mut value) {
        members.insert("chaos".to_owned(), chaos.split(", ").collect());
    }
    if let (Some(code), Value::Object(members)) = (exit_code(attempt), &mut value) {
        members.insert("exit_code".to_owned(), json!(code));
    }
    put_body(&mut value, "response_body", &attempt.response_body);
    value
}

/// Pairs, because a name can occur twice.
fn headers(headers: &[(String, String)]) -> Vec<[String; 2]> {
    headers.iter().map(|(name, value)| [name.clone(), redact(value)]).collect()
}

/// Text as `name`, anything else as `name_hex`, so that no byte is lost.
pub(crate) fn put_body(value: &mut Value, name: &str, body: &[u8]) {
    let object: &mut Map<String, Value> = match value {
        Value::Object(object) => object,
        _ => return,
    };
    match std::str::from_utf8(body) {
        Ok(text) => object.insert(name.to_owned(), json!(text)),
        Err(_) => object.insert(format!("{name}_hex"), json!(hex::encode(body))),
    };
}
