//! Mistakes that are evident without computing a signature.

use super::super::header;
use super::Cause;
use super::variants::unquote;

/// An evident mistake in a header that cannot be parsed.
pub(super) fn of_header(value: &str) -> Option<Cause> {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    if lower.starts_with("x-signature:") || lower.starts_with("cstar-signature:") {
        return Some(Cause::HeaderNameIncluded);
    }
    if header::values_of(value, "t").len() > 1 {
        return Some(Cause::HeaderJoined);
    }
    if unquote(value) != value && header::parse(unquote(value)).is_ok() {
        return Some(Cause::HeaderQuoted);
    }
    if value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(Cause::HeaderOnlyDigits);
    }
    other_header(value, &lower).map(Cause::HeaderOfOther)
}

/// Recognises the values of other documented headers, of keys and of other services.
fn other_header(value: &str, lower: &str) -> Option<&'static str> {
    const PREFIXES: [(&str, &str); 10] = [
        ("whsec_", "the signing secret"),
        ("bearer ", "`Authorization`"),
        ("sk_", "an API key"),
        ("pk_", "an API key"),
        ("v1,", "`webhook-signature` of another service"),
        ("sha1=", "`X-Hub-Signature` of another service"),
        ("evt_", "`X-Event-ID`"),
        ("whk_", "`X-Webhook-ID`"),
        ("cstar-webhooks/", "`User-Agent`"),
        ("application/json", "`Content-Type`"),
    ];
    if let Some((_, name)) = PREFIXES.iter().find(|(prefix, _)| lower.starts_with(prefix)) {
        return Some(name);
    }
    if value.parse::<jiff::Timestamp>().is_ok() {
        return Some("`X-Timestamp`");
    }
    let words = || value.split(['.', '_']);
    let lower_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    (value.contains('.') && words().all(lower_word)).then_some("`X-Event-Type`")
}

pub(super) fn of_secret(secret: &str) -> Option<Cause> {
    let text = unquote(secret);
    if text.starts_with("sk_") || text.starts_with("pk_") {
        return Some(Cause::SecretIsApiKey);
    }
    text.starts_with("whk_").then_some(Cause::SecretIsWebhookId)
}

pub(super) fn of_body(body: &[u8]) -> Option<Cause> {
    match body.trim_ascii() {
        [] => Some(Cause::BodyEmpty),
        b"[object Object]" => Some(Cause::BodyIsObjectText),
        _ => None,
    }
}
