//! The signature of each attempt, worked out from the recorded headers and the body. The secret is not part of it.

use std::time::Duration;

use serde_json::{Value, json};

use super::detail::scope_of;
use crate::Secret;
use crate::history::{EventDetail, StoredAttempt};
use crate::inspector::state::Shared;
use crate::signature::{self, DEFAULT_TOLERANCE, SIGNATURE_HEADER, Signer, Verifier};

/// The secret of a session at a server that does not answer is not waited for longer.
const TIMEOUT: Duration = Duration::from_secs(3);

/// One object for each attempt whose headers were kept. Without the secret, `valid` is `null`.
pub(super) async fn signatures(inspector: &Shared, event: &EventDetail) -> Value {
    let signed = event.attempts.iter().filter_map(|attempt| Some((attempt, header(attempt)?)));
    let signed: Vec<(&StoredAttempt, &str)> = signed.collect();
    if signed.is_empty() {
        return json!([]);
    }
    let secret = async { inspector.secret(&scope_of(inspector, event).await?).await };
    let secret = tokio::time::timeout(TIMEOUT, secret).await.ok().and_then(Result::ok);
    signed.iter().map(|(attempt, header)| explain(event, attempt, header, secret.as_ref())).collect()
}

fn header(attempt: &StoredAttempt) -> Option<&str> {
    let found = attempt.request_headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(SIGNATURE_HEADER));
    found.map(|(_, value)| value.as_str())
}

fn explain(event: &EventDetail, attempt: &StoredAttempt, header: &str, secret: Option<&Secret>) -> Value {
    let part = |name: &str| {
        let items = header.split(',').filter_map(|item| item.trim().split_once('='));
        items.into_iter().find(|(own, _)| *own == name).map(|(_, value)| value)
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
    let expected = secret.zip(timestamp).map(|(secret, time)| {
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
        "expected": expected.flatten(),
        "sent": part("v1"),
        "valid": verified.as_ref().map(|(is_valid, _)| *is_valid),
        "causes": verified.map(|(_, causes)| causes).unwrap_or_default(),
    })
}
