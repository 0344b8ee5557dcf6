//! Redacts what must never be in the log: API keys, signing secrets, passwords and tokens.

mod names;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use self::names::is_secret;
use super::in_text::{without_assigned, without_user_info};
use crate::numbers::pluralize;

/// The prefixes of API keys and signing secrets (documented).
const MARKS: [&str; 5] = ["sk_live_", "sk_test_", "pk_live_", "pk_test_", "whsec_"];
/// Members that name the value of another one, as in `{"name":"Authorization","value":"…"}`.
const NAMING: [&str; 4] = ["name", "key", "header", "field"];
const REDACTED: &str = "[redacted]";
/// How many bytes of a body are kept.
const BODY_LIMIT: usize = 4 * 1024;
/// How many bytes of a path with its query are kept.
const TARGET_LIMIT: usize = 2 * 1024;
/// How many bytes of a user agent are kept.
const USER_AGENT_LIMIT: usize = 200;

/// A path and its query, without the values of secret parameters.
pub(crate) fn target(path: &str, query: Option<&str>) -> String {
    let segments: Vec<String> = path.split('/').map(segment).collect();
    let mut target = segments.join("/");
    if let Some(query) = query {
        let pairs: Vec<String> = query.split('&').map(pair).collect();
        target = format!("{target}?{}", pairs.join("&"));
    }
    cut(target, TARGET_LIMIT)
}

/// A `User-Agent`, which can be any text.
pub(crate) fn user_agent(text: &str) -> String {
    cut(keys(text), USER_AGENT_LIMIT)
}

/// A body, bounded. The members of a JSON body are checked by name and value. Other text, such as broken JSON,
/// is dropped as a whole if it contains a secret name, because the end of the value is unknown.
pub(in crate::sandbox) fn body(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() {
        return None;
    }
    let text = match serde_json::from_slice::<Value>(bytes) {
        Ok(mut value) => {
            members(&mut value);
            value.to_string()
        }
        Err(_) => {
            let text = String::from_utf8_lossy(bytes);
            let lower = decoded(&text).to_ascii_lowercase();
            let is_named = names::contains(&lower) || names::assigns_word(&decoded(&text));
            if is_named || has_mark(&lower) && !has_mark(&text) {
                format!("{REDACTED} ({}, not JSON)", pluralize(bytes.len() as u64, "byte"))
            } else {
                plain(&text)
            }
        }
    };
    Some(cut(text, BODY_LIMIT))
}

fn members(value: &mut Value) {
    match value {
        Value::String(text) => *text = plain(text),
        Value::Array(items) => match items.as_mut_slice() {
            // a name and its value, as some clients send headers
            [Value::String(name), value @ (Value::String(_) | Value::Number(_))] if is_secret(name) => {
                *value = REDACTED.into();
            }
            items => items.iter_mut().for_each(members),
        },
        Value::Object(object) => {
            let names_secret = |name: &&str| object.get(*name).and_then(Value::as_str).is_some_and(is_secret);
            if NAMING.iter().any(names_secret)
                && let Some(value) = object.get_mut("value")
            {
                *value = REDACTED.into();
            }
            let odd: Vec<String> = object.keys().filter(|name| has_mark(name)).cloned().collect();
            for name in odd {
                if let Some(value) = object.remove(&name) {
                    object.insert(keys(&name), value);
                }
            }
            for (name, value) in object.iter_mut() {
                let is_empty = value.is_null() || value.as_str().is_some_and(str::is_empty);
                if is_secret(name) && !is_empty {
                    *value = REDACTED.into();
                } else {
                    members(value);
                }
            }
        }
        _ => {}
    }
}

/// `text` without what follows `Bearer` or `Basic`, if that is a credential and not a word: `Basic` has a colon
/// once it is decoded, `Bearer` has digits or is long.
fn without_credentials(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    let schemes = lower.match_indices("bearer ").chain(lower.match_indices("basic "));
    let mut schemes: Vec<_> = schemes.collect();
    schemes.sort_unstable();
    for (at, scheme) in schemes {
        let start = at + scheme.len();
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-._~+/=".contains(c)));
        let token = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let is_credential = match scheme {
            "basic " => BASE64.decode(token).is_ok_and(|decoded| decoded.contains(&b':')),
            _ => token.len() >= 20 || token.len() >= 6 && token.bytes().any(|byte| byte.is_ascii_digit()),
        };
        if is_credential && start >= from {
            out.push_str(text.get(from..start).unwrap_or_default());
            out.push('…');
            from = start + token.len();
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

fn segment(segment: &str) -> String {
    let text = decoded(segment).replace('+', " ");
    // a percent-encoded key is a key
    let is_encoded = has_mark(&text) && !has_mark(segment) || without_credentials(&text) != text;
    if is_encoded || assigned(&text) != text { REDACTED.to_owned() } else { keys(segment) }
}

fn pair(pair: &str) -> String {
    let Some((name, value)) = pair.split_once('=') else { return segment(pair) };
    let value = if is_secret(&decoded(name)) && !value.is_empty() { REDACTED.into() } else { segment(value) };
    format!("{}={value}", segment(name))
}

/// Ignores case: a misspelled key is still a secret.
fn has_mark(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    MARKS.iter().any(|mark| text.contains(mark))
}

/// `text` with its percent escapes decoded.
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let digits = (ahead.next().and_then(hex), ahead.next().and_then(hex));
        match (byte, digits) {
            (b'%', (Some(high), Some(low))) => {
                out.push(high * 16 + low);
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// A redacted value. A value that is JSON itself is handled like a body.
fn plain(text: &str) -> String {
    if text.trim_start().starts_with(['{', '['])
        && let Ok(mut value) = serde_json::from_str::<Value>(text)
    {
        members(&mut value);
        return value.to_string();
    }
    keys(&assigned(text))
}

fn assigned(text: &str) -> String {
    without_assigned(&without_user_info(text), is_secret, REDACTED)
}

/// `text` with every key and signing secret cut after its prefix.
fn keys(text: &str) -> String {
    let text = without_credentials(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    loop {
        let lower = rest.to_ascii_lowercase();
        let next = MARKS.iter().filter_map(|mark| lower.find(mark).map(|at| at + mark.len())).min();
        let Some((before, secret)) = next.and_then(|end| rest.split_at_checked(end)) else { break };
        out.push_str(before);
        let end = secret.find(|c: char| !(c.is_ascii_alphanumeric() || "_-+/=%".contains(c)));
        let end = end.unwrap_or(secret.len());
        if end > 0 {
            out.push('…');
        }
        rest = secret.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn cut(text: String, limit: usize) -> String {
    if text.len() <= limit {
        return text;
    }
    let end = (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    format!("{}… ({} bytes)", text.get(..end).unwrap_or_default(), text.len())
}

#[cfg(test)]
mod tests;
