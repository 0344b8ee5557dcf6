//! The signature of each attempt, worked out from the headers and the body. The secret is not part of it.
//!
//! The history keeps no headers of an event that was delivered at once. They can be made again: a signature depends on the
//! secret, the body and the time only.

use std::time::Duration;

use serde_json::{Value, json};

use super::lookup::scope_of;
use crate::Secret;
use crate::history::{EventDetail, RecordedOutcome, StoredAttempt};
use crate::inspector::look_ups::Found;
use crate::inspector::state::Shared;
use crate::ops::copy_as;
use crate::signature::{self, DEFAULT_TOLERANCE, SIGNATURE_HEADER, Signer, Verifier};

/// The secret with which `listen` signs, if it is found within `wait`.
async fn secret(inspector: &Shared, event: &EventDetail, wait: Duration) -> Found {
    let Ok(scope) = scope_of(inspector, event).await else { return Found::Nothing };
    let (asking, of) = (Shared::clone(inspector), scope.clone());
    let ask = async move { asking.secret(&of).await.ok() };
    inspector.look_ups.secret(&scope, wait, ask).await
}

/// Adds `signature` to the event: one object for each attempt with a signature; and the headers of attempts that were
/// not kept, marked as `reconstructed`. And `signature_pending`: whether the secret is still being looked up.
pub(super) async fn add(inspector: &Shared, event: &EventDetail, value: &mut Value, wait: Duration) {
    value["signature_pending"] = false.into();
    if event.attempts.is_empty() {
        value["signature"] = json!([]);
        return;
    }
    let secret = match secret(inspector, event, wait).await {
        Found::Secret(secret) => Some(secret),
        Found::Nothing => None,
        Found::Pending => {
            value["signature_pending"] = true.into();
            None
        }
    };
    let mut signatures = Vec::new();
    for (place, attempt) in event.attempts.iter().enumerate() {
        let (headers, is_made) = match headers(event, attempt, secret.as_ref()) {
            Some(headers) => (headers, true),
            None => (attempt.request_headers.clone(), false),
        };
        if is_made {
            value["attempts"][place]["request_headers"] = json!(headers);
        }
        value["attempts"][place]["reconstructed"] = is_made.into();
        let sent = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(SIGNATURE_HEADER));
        if let Some((_, header)) = sent {
            let mut signature = explain(event, attempt, header, secret.as_ref());
            signature["reconstructed"] = is_made.into();
            signatures.push(signature);
        }
    }
    value["signature"] = signatures.into();
}

/// The headers of an attempt that delivered at once, made again. Those of `--header` are not known.
fn headers(
    event: &EventDetail,
    attempt: &StoredAttempt,
    secret: Option<&Secret>,
) -> Option<Vec<(String, String)>> {
    let is_kept = !attempt.request_headers.is_empty() || attempt.outcome != RecordedOutcome::Delivered;
    let secret = secret.filter(|_| !is_kept)?;
    let headers = copy_as::headers(event, attempt.attempt, secret, attempt.started_at);
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Some(headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect())
}

fn explain(event: &EventDetail, attempt: &StoredAttempt, header: &str, secret: Option<&Secret>) -> Value {
    let part = |name: &str| {
        let mut items = header.split(',').filter_map(|item| item.trim().split_once('='));
        items.find(|(own, _)| *own == name).map(|(_, value)| value)
    };
    let timestamp: Option<i64> = part("t").and_then(|time| time.parse().ok());
    let prefix = timestamp.map(|time| format!("{time}."));
    // At the time of the attempt, because only the age has changed since.
    let now = attempt.started_at.as_second();
    let verified = secret.map(|secret| {
        let verifier = Verifier::new(secret.expose()).at(now);
        let is_valid = verifier.verify(&event.body, Some(header)).is_ok();
        let causes = signature::explain(&event.body, Some(header), secret.expose(), now, DEFAULT_TOLERANCE);
        (is_valid, causes.iter().map(ToString::to_string).collect::<Vec<_>>())
    });
    let expected = secret.zip(timestamp).and_then(|(secret, time)| {
        let whole = Signer::new(secret.expose()).header(&event.body, time);
        whole.split_once("v1=").map(|(_, tag)| tag.to_owned())
    });
    json!({
        "attempt": attempt.attempt,
        "target": attempt.target,
        "header": header,
        "timestamp": timestamp,
        "signed_bytes": prefix.as_ref().map(|prefix| prefix.len() + event.body.len()),
        "signed_prefix": prefix,
        "expected": expected,
        "sent": part("v1"),
        "valid": verified.as_ref().map(|(is_valid, _)| *is_valid),
        "causes": verified.map(|(_, causes)| causes).unwrap_or_default(),
    })
}
