//! Parses the value of the signature header. Both forms are documented: `t=<unix seconds>,v1=<hex>` and the old
//! `sha256=<hex>`.
//!
//! Errors contain lengths and names only, never a part of the value: it is not trusted, and may be printed on a
//! terminal.

use super::key::Tag;

/// A well-formed header, not verified yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// `None` in the old form.
    pub(super) timestamp: Option<i64>,
    /// The signatures; at least one.
    pub(super) tags: Vec<Tag>,
}

/// Parses `value`, which is trimmed and not empty.
pub(super) fn parse(value: &str) -> Result<Header, String> {
    if let Some(text) = value.strip_prefix("sha256=") {
        let tags = decode_any("sha256", &[text.trim()])?;
        return Ok(Header { timestamp: None, tags });
    }
    let times = values_of(value, "t");
    let signatures = values_of(value, "v1");
    let time = match (times.as_slice(), signatures.as_slice()) {
        ([], []) => return Err("it has neither `t=` nor `v1=`".to_owned()),
        ([], _) => return Err("it has no `t=`".to_owned()),
        (_, []) => return Err("it has no `v1=`".to_owned()),
        ([time], _) => time,
        (several, _) => {
            return Err(format!("it has `t=` {} times, as when two headers are joined", several.len()));
        }
    };
    Ok(Header { timestamp: Some(seconds(time)?), tags: decode_any("v1", &signatures)? })
}

/// The trimmed values of all items called `name`. Other items are ignored, because a later scheme may add its own.
pub(super) fn values_of<'a>(value: &'a str, name: &str) -> Vec<&'a str> {
    value
        .split(',')
        .filter_map(|item| item.split_once('='))
        .filter(|(key, _)| key.trim() == name)
        .map(|(_, content)| content.trim())
        .collect()
}

/// Digits only. The published JavaScript also accepts `1774583010.5`, but no sender writes that.
fn seconds(text: &str) -> Result<i64, String> {
    if text.is_empty() {
        return Err("`t` is empty".to_owned());
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("`t` is not a whole number of unix seconds, digits only".to_owned());
    }
    text.parse().map_err(|_| format!("`t` has {} digits, too many for unix seconds", text.len()))
}

/// The values that are 64 hexadecimal digits in either case. Others are skipped, so that a malformed signature does not
/// invalidate a good one beside it.
fn decode_any(name: &str, values: &[&str]) -> Result<Vec<Tag>, String> {
    let tags: Vec<Tag> = values.iter().filter_map(|text| decode(text)).collect();
    if !tags.is_empty() {
        return Ok(tags);
    }
    let length = values.first().map_or(0, |text| text.chars().count());
    Err(match length {
        1 => format!("`{name}` has 1 character, not the 64 hexadecimal digits of a signature"),
        64 => format!("`{name}` has characters that are not hexadecimal digits"),
        _ => format!("`{name}` has {length} characters, not the 64 hexadecimal digits of a signature"),
    })
}

fn decode(text: &str) -> Option<Tag> {
    let mut tag = [0; 32];
    hex::decode_to_slice(text, &mut tag).ok().map(|()| tag)
}
