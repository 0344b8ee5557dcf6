//! Guesses at the original secret, body and time, before a mistake changed them.
//!
//! Each function returns the unchanged value first, without a cause, and then each guess with the causes that explain
//! the difference.

use std::borrow::Cow;

use serde_json::Value;

use super::super::header::Header;
use super::super::verify::looks_like_milliseconds;
use super::Cause;
use super::base64;

/// A guess, and the mistakes that it implies.
pub(super) type Guess<T> = (Vec<Cause>, T);

const PREFIX: &str = "whsec_";
/// documented: the members of an event, in this order.
pub(super) const ENVELOPE: [&str; 5] = ["id", "type", "created_at", "team_id", "data"];
/// Members that are objects, though PHP writes `[]` for an empty one.
const OBJECTS: [&str; 2] = ["custom_fields", "metadata"];
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The keys that the sender may have used, given our `secret`.
pub(super) fn keys(secret: &str) -> Vec<Guess<Vec<u8>>> {
    let mut guesses = Vec::new();
    for (cleaned, text) in cleaned_secrets(secret) {
        let mut push = |cause: Option<Cause>, key: Vec<u8>| {
            guesses.push((cleaned.into_iter().chain(cause).collect(), key));
        };
        push(None, text.as_bytes().to_vec());
        let bare = text.strip_prefix(PREFIX);
        match bare {
            Some(bare) => push(Some(Cause::SecretPrefixStripped), bare.as_bytes().to_vec()),
            None => push(Some(Cause::SecretPrefixMissing), format!("{PREFIX}{text}").into_bytes()),
        }
        if let Some(key) = base64::decode(bare.unwrap_or(text).as_bytes()) {
            push(Some(Cause::SecretDecoded), key);
        }
    }
    guesses
}

/// The secret, and the secret without the white space, quotes and names that shells, env files and clipboards add.
fn cleaned_secrets(secret: &str) -> Vec<(Option<Cause>, &str)> {
    let mut found = vec![(None, secret)];
    let trimmed = trim(secret);
    if trimmed != secret {
        found.push((Some(Cause::SecretWhiteSpace), trimmed));
    }
    let value = match trimmed.split_once('=') {
        Some((name, value)) if is_variable(name) && !trim(value).is_empty() => {
            found.push((Some(Cause::SecretNameIncluded), unquote(trim(value))));
            trim(value)
        }
        _ => trimmed,
    };
    let unquoted = unquote(value);
    if value == trimmed && unquoted != trimmed {
        found.push((Some(Cause::SecretQuoted), unquoted));
    }
    found
}

/// Removes white space, the invisible characters that web pages add, and a line break written as `\n`.
fn trim(text: &str) -> &str {
    let invisible = |c: char| {
        c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}' | '\0')
    };
    text.trim_matches(invisible).trim_end_matches("\\n").trim_end_matches(invisible)
}

/// `text` without the white space and the quotes around it.
pub(super) fn unquote(text: &str) -> &str {
    trim(trim(text).trim_matches(['"', '\'', '`', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}']))
}

fn is_variable(name: &str) -> bool {
    let name = name.trim().trim_start_matches("export ");
    name.len() > 1
        && !name.starts_with(PREFIX)
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// The bodies that the sender may have signed, given the received `body` and the header's `t`.
pub(super) fn bodies(body: &[u8], time: Option<i64>) -> Vec<Guess<Cow<'_, [u8]>>> {
    let mut guesses: Vec<Guess<Cow<'_, [u8]>>> = vec![(Vec::new(), Cow::Borrowed(body))];
    let mut push =
        |cause: Cause, bytes: Cow<'_, [u8]>| guesses.push((vec![cause], Cow::Owned(bytes.into_owned())));
    line_breaks(body, &mut push);
    if let Some(rest) = body.strip_prefix(BYTE_ORDER_MARK) {
        push(Cause::BodyMarkAdded, rest.into());
    }
    if let Some(text) = utf16(body) {
        // Redirection in PowerShell also adds a line break.
        if let Some(rest) = text.strip_suffix("\r\n") {
            push(Cause::BodyInUtf16, rest.as_bytes().into());
        }
        push(Cause::BodyInUtf16, text.into_bytes().into());
    }
    if let Some(rest) = time.and_then(|time| body.strip_prefix(format!("{time}.").as_bytes())) {
        push(Cause::BodyTimeIncluded, rest.into());
    }
    if let Some(bytes) = latin1(body) {
        push(Cause::BodyReadAsLatin1, bytes.into());
    }
    if let Some(bytes) = base64::decode(body) {
        push(Cause::BodyInBase64, bytes.into());
    }
    if let Ok(bytes) = hex::decode(body.trim_ascii()) {
        push(Cause::BodyInHex, bytes.into());
    }
    if let Some(text) = without_entities(body) {
        push(Cause::BodyHtmlEscaped, text.into_bytes().into());
    }
    rewritten(body, &mut push);
    guesses
}

/// The text without the entities that escape HTML.
fn without_entities(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok().filter(|text| text.contains("&quot;"))?;
    let entities =
        [("&quot;", "\""), ("&#039;", "'"), ("&#39;", "'"), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">")];
    let plain = entities.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain));
    Some(plain.replace("&amp;", "&"))
}

fn line_breaks<'a>(body: &'a [u8], push: &mut impl FnMut(Cause, Cow<'a, [u8]>)) {
    for ending in [b"\r\n".as_slice(), b"\n"] {
        if let Some(rest) = body.strip_suffix(ending) {
            push(Cause::BodyNewlineAdded, rest.into());
        }
        push(Cause::BodyNewlineLost, [body, ending].concat().into());
    }
    if body.contains(&b'\n') {
        let unix = without_carriage_returns(body);
        push(Cause::BodyToLf, with_carriage_returns(&unix).into());
        push(Cause::BodyToCrlf, unix.into());
    }
}

fn without_carriage_returns(body: &[u8]) -> Vec<u8> {
    let next = body.iter().skip(1).map(Some).chain([None]);
    let kept = body.iter().zip(next).filter(|(byte, next)| !(**byte == b'\r' && *next == Some(&b'\n')));
    kept.map(|(byte, _)| *byte).collect()
}

fn with_carriage_returns(body: &[u8]) -> Vec<u8> {
    body.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(b"\r\n".as_slice())
}

/// The text of a UTF-16 body with a byte order mark.
fn utf16(body: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match body {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let (pairs, []) = body.as_chunks::<2>() else { return None };
    let units = pairs.iter().skip(1).map(|pair| unit(*pair));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

/// `body` converted from UTF-8 to Latin-1.
fn latin1(body: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok().filter(|text| !text.is_ascii())?;
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

/// JSON in compact and indented form. `serde_json` keeps the order of keys here, as most parsers do.
fn rewritten<'a>(body: &'a [u8], push: &mut impl FnMut(Cause, Cow<'a, [u8]>)) {
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return };
    if let Value::String(inner) = &value {
        push(Cause::BodyInJsonString, inner.clone().into_bytes().into());
        if let Some(bytes) = base64::decode(inner.as_bytes()) {
            push(Cause::BodyInBase64, bytes.into());
        }
    }
    for value in [Some(as_sent(&value)).filter(|sent| *sent != value), Some(value)].into_iter().flatten() {
        let (compact, indented) = (serde_json::to_vec(&value), serde_json::to_vec_pretty(&value));
        // The event may have ended with a line break, which no parser keeps.
        let with_break = indented.as_ref().map(|text| [text.as_slice(), b"\n"].concat()).ok();
        for bytes in compact.into_iter().chain(indented).chain(with_break) {
            push(Cause::BodyReserialized, bytes.into());
        }
    }
}

/// The event with the members of its envelope only, in the documented order, and with objects that PHP made lists of.
fn as_sent(value: &Value) -> Value {
    let mut event = value.clone();
    if let Value::Object(members) = &mut event
        && ENVELOPE.iter().all(|name| members.contains_key(*name))
    {
        let in_order = ENVELOPE.iter().filter_map(|name| Some(((*name).to_owned(), members.remove(*name)?)));
        *members = in_order.collect();
    }
    restore_objects(&mut event);
    event
}

fn restore_objects(value: &mut Value) {
    let Value::Object(members) = value else { return };
    for (name, member) in members {
        if OBJECTS.contains(&name.as_str()) && member.as_array().is_some_and(Vec::is_empty) {
            *member = Value::Object(serde_json::Map::new());
        }
        restore_objects(member);
    }
}

/// The times that the sender may have signed; `None` stands for the body alone.
pub(super) fn times(header: &Header) -> Vec<Guess<Option<i64>>> {
    let mut guesses = vec![(Vec::new(), header.timestamp)];
    if let Some(time) = header.timestamp {
        guesses.push((vec![Cause::SignedWithoutTime], None));
        if looks_like_milliseconds(time) {
            guesses.push((vec![Cause::TimeInMilliseconds], Some(time / 1000)));
        }
    }
    guesses
}
