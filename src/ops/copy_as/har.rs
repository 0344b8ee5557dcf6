//! HTTP Archive 1.2: one entry per attempt. Members that begin with `_` are ours, as the format allows.

use std::io;

use reqwest::Url;
use serde_json::{Value, json};

use crate::history::{EventDetail, StoredAttempt};
use crate::output::history_json;
use crate::output::json;
use crate::output::sanitize::redact;

/// The text before the entries.
pub(crate) fn start() -> io::Result<String> {
    let creator = json::line(&json!({ "name": "cstar", "version": env!("CARGO_PKG_VERSION") }))?;
    Ok(format!(r#"{{"log":{{"version":"1.2","creator":{creator},"entries":["#))
}

/// The text after the entries.
pub(crate) const END: &str = "\n]}}";

/// The attempts to deliver `event`.
pub(crate) fn entries(event: &EventDetail) -> Vec<Value> {
    event.attempts.iter().map(|attempt| entry(event, attempt)).collect()
}

fn entry(event: &EventDetail, attempt: &StoredAttempt) -> Value {
    let took = history_json::millis(attempt.duration);
    json!({
        "startedDateTime": history_json::time(attempt.started_at),
        "time": took,
        "request": request(event, attempt),
        "response": response(attempt),
        "cache": {},
        // Only the total is known, but the format requires a number for each phase.
        "timings": { "send": 0, "wait": took, "receive": 0 },
        "comment": format!("attempt {}: {}", attempt.attempt, attempt.outcome.as_str()),
        "_event": event.id,
        "_type": event.event_type,
        "_attempt": attempt.attempt,
        "_repeats": attempt.repeats,
        "_chaos": attempt.chaos,
        "_error": attempt.reason.as_deref().map(redact),
    })
}

fn request(event: &EventDetail, attempt: &StoredAttempt) -> Value {
    let url = Url::parse(&attempt.target).ok();
    let query: Vec<Value> = url
        .iter()
        .flat_map(|url| url.query_pairs())
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    json!({
        "method": "POST",
        "url": attempt.target,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": pairs(&attempt.request_headers),
        "queryString": query,
        "postData": { "mimeType": "application/json", "text": String::from_utf8_lossy(&event.body) },
        "headersSize": -1,
        "bodySize": event.body.len(),
    })
}

/// Status 0 means no response, as in the exports of browsers.
fn response(attempt: &StoredAttempt) -> Value {
    let header = |wanted: &str| {
        let found = attempt.response_headers.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let status = attempt.status.unwrap_or_default();
    let text = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    json!({
        "status": status,
        "statusText": text.unwrap_or_default(),
        "httpVersion": if attempt.status.is_some() { "HTTP/1.1" } else { "" },
        "cookies": [],
        "headers": pairs(&attempt.response_headers),
        "content": {
            "size": attempt.response_body.len(),
            "mimeType": header("content-type"),
            "text": String::from_utf8_lossy(&attempt.response_body),
            "comment": if attempt.truncated { "only the beginning was kept" } else { "" },
        },
        "redirectURL": header("location"),
        "headersSize": -1,
        "bodySize": -1,
    })
}

fn pairs(headers: &[(String, String)]) -> Vec<Value> {
    headers.iter().map(|(name, value)| json!({ "name": name, "value": redact(value) })).collect()
}
