//! The JSON of webhooks, deliveries and attempts.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sandbox::store::attempts::{Attempt, Headers};
use crate::sandbox::store::deliveries::Delivery;
use crate::sandbox::store::webhooks::Webhook;

/// A webhook without its secret: the documented members, in the order of the samples, then ours.
pub(crate) fn webhook(webhook: &Webhook) -> Value {
    object(webhook, None)
}

/// A webhook with its secret. The documentation calls it `secret` and `signingSecret`.
pub(crate) fn with_secret(webhook: &Webhook, secret: &str) -> Value {
    object(webhook, Some(secret))
}

fn object(webhook: &Webhook, secret: Option<&str>) -> Value {
    let spec = &webhook.spec;
    let members = [
        ("id", Some(json!(webhook.id))),
        ("name", Some(json!(spec.name))),
        ("url", Some(json!(spec.url))),
        ("events", Some(json!(spec.events))),
        ("secret", secret.map(Value::from)),
        ("signingSecret", secret.map(Value::from)),
        ("isActive", Some(json!(spec.is_active))),
        // ours: documented as an option and as a count, without names
        ("flatPayload", Some(json!(spec.is_flat))),
        ("consecutiveFailures", Some(json!(webhook.failures))),
        // documented
        ("createdAt", Some(seconds(webhook.created_at))),
        ("updatedAt", Some(seconds(webhook.updated_at))),
    ];
    let members = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(members.collect::<Map<_, _>>())
}

/// Whole seconds, as in the documented samples.
fn seconds(at: Timestamp) -> Value {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into()
}

/// With milliseconds, to compare attempts with the logs of the receiver.
pub(crate) fn precise(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// A delivery with its attempts (ours, with what the dashboard shows according to the documentation).
pub(crate) fn delivery(webhook: &Webhook, delivery: &Delivery, attempts: &[Attempt]) -> Value {
    json!({
        "id": delivery.id,
        "webhookId": webhook.id,
        "event": delivery.event_type,
        "eventId": delivery.event_id,
        "url": webhook.spec.url,
        "status": delivery.status.as_str(),
        "createdAt": precise(delivery.created_at),
        "nextAttemptAt": delivery.due.map(precise),
        "requestBody": String::from_utf8_lossy(&delivery.body),
        "attempts": attempts.iter().map(attempt).collect::<Vec<_>>(),
    })
}

fn attempt(attempt: &Attempt) -> Value {
    json!({
        "number": attempt.number,
        "attemptedAt": precise(attempt.at),
        "success": attempt.succeeded(),
        "status": attempt.status,
        "responseTimeMs": attempt.milliseconds,
        "requestHeaders": headers(&attempt.request_headers),
        "responseHeaders": headers(&attempt.response_headers),
        "responseBody": String::from_utf8_lossy(&attempt.response_body),
        "responseBodyTruncated": attempt.truncated,
        "error": attempt.error,
    })
}

/// Values of a repeated header are joined with commas.
fn headers(headers: &Headers) -> Value {
    let mut members = Map::new();
    for (name, value) in headers {
        let joined = match members.get(name).and_then(Value::as_str) {
            Some(before) => format!("{before}, {value}"),
            None => value.clone(),
        };
        members.insert(name.clone(), joined.into());
    }
    members.into()
}

/// The outcome of an attempt: `{deliveryId, event, url, success, status, responseTimeMs, error}` (documented for the
/// SDK's `webhooks.test`).
pub(crate) fn outcome(webhook: &Webhook, delivery: &Delivery, attempt: Option<&Attempt>) -> Value {
    let success = attempt.is_some_and(Attempt::succeeded);
    let failed = |attempt: &Attempt| match (attempt.succeeded(), attempt.status) {
        (true, _) => None,
        (false, Some(status)) => Some(format!("the endpoint answered {status}")),
        (false, None) => attempt.error.clone(),
    };
    let error = match attempt {
        Some(attempt) => failed(attempt),
        None => Some("the attempt has not ended yet".to_owned()),
    };
    json!({
        "deliveryId": delivery.id,
        "event": delivery.event_type,
        "url": webhook.spec.url,
        "success": success,
        "status": attempt.and_then(|attempt| attempt.status),
        "responseTimeMs": attempt.map(|attempt| attempt.milliseconds),
        "error": error,
    })
}
