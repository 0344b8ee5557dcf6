//! Mistakes that are evident without computing a signature.

use serde_json::{Map, Value};

use super::super::header;
use super::Cause;
use super::variants::{ENVELOPE, unquote};

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
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    match text {
        "" => return Some(Cause::BodyEmpty),
        "{}" | "[]" | "null" | "undefined" | "None" => return Some(Cause::BodyIsEmptyJson),
        _ if text.starts_with("[object ") && text.ends_with(']') => return Some(Cause::BodyIsObjectText),
        _ if is_program_text(text) => return Some(Cause::BodyIsProgramText),
        _ => {}
    }
    match serde_json::from_str::<Map<String, Value>>(text) {
        Ok(members) if members.keys().next().is_some_and(|name| name.starts_with("{\"")) => {
            Some(Cause::BodyReadAsForm)
        }
        _ if text.starts_with('{') && text.contains(char::REPLACEMENT_CHARACTER) && is_complete(body) => {
            Some(Cause::BodyCharactersLost)
        }
        Ok(members) => is_out_of_order(&members).then_some(Cause::BodyReserialized),
        Err(error) => (error.is_eof() && text.starts_with('{')).then_some(Cause::BodyCut),
    }
}

/// Whether the body does not end within a character.
fn is_complete(body: &[u8]) -> bool {
    std::str::from_utf8(body).map_or_else(|error| error.error_len().is_some(), |_| true)
}

/// The documented order of the envelope, which parsers with sorted names lose.
fn is_out_of_order(members: &Map<String, Value>) -> bool {
    let places = ENVELOPE.iter().filter_map(|name| members.keys().position(|found| found == name));
    !places.collect::<Vec<_>>().is_sorted()
}

/// What languages print for objects and bytes. No JSON begins this way.
fn is_program_text(text: &str) -> bool {
    const BEGINNINGS: [&str; 12] = [
        "b'",
        "b\"",
        "map[",
        "[B@",
        "<Buffer ",
        "{\"type\":\"Buffer\"",
        "<QueryDict",
        "ImmutableMultiDict",
        "Array\n(",
        "array (",
        "a:",
        "#<",
    ];
    if BEGINNINGS.iter().any(|beginning| text.starts_with(beginning)) || is_list_of_bytes(text) {
        return true;
    }
    // `{'id': …` of Python, `{ id: …` of JavaScript, `{id=…` of Java, and `{"id"=>…` of Ruby.
    let inner = text.strip_prefix('{').map(str::trim_start).unwrap_or_default();
    let is_unquoted = inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '\'' || c == '_');
    is_unquoted || inner.split_once('"').is_some_and(|(before, rest)| before.is_empty() && is_ruby(rest))
}

/// Whether an arrow follows the first name.
fn is_ruby(rest: &str) -> bool {
    rest.split_once('"').is_some_and(|(_, rest)| rest.trim_start().starts_with("=>"))
}

/// `[123 34 105`, `[123, 34, -61` and `123,34,105`.
fn is_list_of_bytes(text: &str) -> bool {
    let inner = text.trim_start_matches('[').trim_end_matches(']');
    let mut numbers = inner.split([' ', ',']).filter(|number| !number.is_empty());
    let is_byte = |number: &str| number.parse::<i16>().is_ok_and(|number| (-128..=255).contains(&number));
    // The smallest event is longer than this.
    numbers.clone().count() > 8 && numbers.all(is_byte)
}
