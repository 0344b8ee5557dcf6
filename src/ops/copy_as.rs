//! One stored event in a form that other tools take: a signed curl command, a fixture, or an HTTP archive.

pub(crate) mod har;

use http::HeaderMap;
use http::header::{AUTHORIZATION, USER_AGENT};
use jiff::Timestamp;
use reqwest::Url;

use crate::Secret;
use crate::api::RawRequest;
use crate::event::{EventMeta, Json};
use crate::forward;
use crate::history::EventDetail;
use crate::host::env::names;
use crate::output::Failure;
use crate::output::json;
use crate::signature::Signer;

/// Systems limit the length of an argument, in bytes, to 128 KiB or more. curl takes one that begins with `@` as the name
/// of a file. Such bodies are piped: `printf` is part of the shell.
const LONGEST_ARGUMENT: usize = 100 * 1024;

/// A curl command for a POSIX shell that delivers the event to `target`, signed at `now`. Receivers accept it for five
/// minutes.
pub(crate) fn curl(event: &EventDetail, target: &str, secret: &Secret, now: Timestamp) -> String {
    let attempt = event.attempts.iter().map(|attempt| attempt.attempt).max().unwrap_or_default();
    let headers = headers(event, attempt.saturating_add(1), secret, now);
    let mut lines = vec![format!("curl -sS -i {}", quote(target))];
    for (name, value) in &headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        lines.push(format!("  -H {}", quote(&format!("{name}: {value}"))));
    }
    with_body(lines, &event.body)
}

/// A curl command for a request to the API. The key is not in it, but read from the environment.
pub(crate) fn request(request: &RawRequest, url: &Url, common: &HeaderMap) -> String {
    let method = match request.method.as_str() {
        "GET" => String::new(),
        "HEAD" => " --head".to_owned(),
        other => format!(" -X {other}"),
    };
    let mut lines = vec![
        format!("curl -sS{method} {}", quote(url.as_str())),
        format!("  -H \"Authorization: Bearer ${}\"", names::API_KEY),
    ];
    let mut headers = common.clone();
    headers.extend(request.own_headers());
    for (name, value) in headers.iter().filter(|(name, _)| *name != AUTHORIZATION && *name != USER_AGENT) {
        let value = String::from_utf8_lossy(value.as_bytes());
        lines.push(format!("  -H {}", quote(&format!("{name}: {value}"))));
    }
    match &request.body {
        Some(body) => with_body(lines, body),
        None => lines.join(" \\\n"),
    }
}

/// The lines of a curl command with a body, one below the other.
fn with_body(mut lines: Vec<String>, body: &[u8]) -> String {
    // Not `--data`, which drops line breaks, so that a signature would not fit.
    let before = match std::str::from_utf8(body).ok().filter(|text| !text.contains('\0')) {
        Some(text) if text.len() <= LONGEST_ARGUMENT && !text.starts_with('@') => {
            lines.push(format!("  --data-binary {}", quote(text)));
            return lines.join(" \\\n");
        }
        Some(text) => format!("printf '%s' {} |\n", quote(text)),
        None => format!("printf '%b' '{}' |\n", octal(body)),
    };
    lines.push("  --data-binary @-".to_owned());
    before + &lines.join(" \\\n")
}

/// The headers of a delivery of the event that is signed at `now`.
pub(crate) fn headers(event: &EventDetail, attempt: u32, secret: &Secret, now: Timestamp) -> HeaderMap {
    let meta = EventMeta {
        id: event.id.clone().unwrap_or_default(),
        event_type: event.event_type.clone().unwrap_or_default(),
        request_id: event.request_id.clone(),
        webhook_id: event.webhook_id.as_deref().map(Into::into),
        received_at: event.received_at,
    };
    forward::signed_headers(&meta, &event.body, attempt, &Signer::new(secret.expose()), now)
}

/// A word for a POSIX shell. Always quoted, so that it looks the same for every value.
fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Bytes as escapes of `printf '%b'`.
fn octal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\0{byte:03o}")).collect()
}

/// The body as indented JSON, for a file of a test. Numbers stay as they are; what is not JSON stays as it is.
pub(crate) fn fixture(event: &EventDetail) -> String {
    match Json::parse(&event.body) {
        Ok(value) => value.indented() + "\n",
        Err(_) => String::from_utf8_lossy(&event.body).into_owned(),
    }
}

/// HAR 1.2 of the attempts to deliver the event.
pub(crate) fn archive(event: &EventDetail) -> Result<String, Failure> {
    let mut text = har::start()?;
    for (place, entry) in har::entries(event).iter().enumerate() {
        text.push_str(if place == 0 { "\n" } else { ",\n" });
        text.push_str(&json::line(entry)?);
    }
    Ok(text + har::END + "\n")
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn run(script: &str) -> Vec<u8> {
        let ran = std::process::Command::new("sh").args(["-c", script]).output().unwrap();
        assert!(ran.status.success(), "{ran:?}");
        ran.stdout
    }

    #[test]
    fn shells_read_bodies_back_unchanged() {
        for text in ["", "a'b\"c", "$HOME `x` \\n %s\n\n", "@file", "!x ü \u{202e}"] {
            assert_eq!(run(&format!("printf '%s' {}", quote(text))), text.as_bytes());
        }
        let all: Vec<u8> = (0..=255).chain([b'0', b'7']).collect();
        assert_eq!(run(&format!("printf '%b' '{}'", octal(&all))), all);
    }
}
