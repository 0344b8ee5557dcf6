//! JSON output, in which characters that could act on a terminal are escaped.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use serde::Serialize;

use super::sanitize::{is_printable_ascii, is_unsafe};

/// `value` on one line.
pub(crate) fn line(value: &impl Serialize) -> io::Result<String> {
    let json = serde_json::to_string(value)?;
    Ok(escape_unsafe(&json).unwrap_or(json))
}

/// Makes many lines, one after the other in the same memory. Allocating and growing each of them took longer than
/// writing it, and made the printing thread wait for the engine, whose allocator it shares.
#[derive(Debug, Default)]
pub(crate) struct LineBuffer(Vec<u8>);

impl LineBuffer {
    /// `value` on one line. `usual` may write it faster than serde; if it returns false it is not used.
    pub(crate) fn line<T: Serialize>(
        &mut self,
        value: &T,
        usual: impl FnOnce(&T, &mut Vec<u8>) -> bool,
    ) -> io::Result<Cow<'_, str>> {
        self.0.clear();
        if !usual(value, &mut self.0) {
            self.0.clear();
            serde_json::to_writer(&mut self.0, value)?;
        }
        let json = str::from_utf8(&self.0).map_err(io::Error::other)?;
        Ok(escape_unsafe(json).map_or(Cow::Borrowed(json), Cow::Owned))
    }
}

/// `value` indented by two spaces.
pub(crate) fn pretty(value: &impl Serialize) -> io::Result<String> {
    let json = serde_json::to_string_pretty(value)?;
    Ok(escape_unsafe(&json).unwrap_or(json))
}

/// Escapes the characters that could act on a terminal as `\uNNNN`; `None` if there are none.
///
/// serde_json has escaped U+0000 to U+001F by now, so the remaining ones are inside strings; the
/// line feeds of the indented form are layout and stay.
fn escape_unsafe(json: &str) -> Option<String> {
    if json.split('\n').all(is_printable_ascii) {
        return None;
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && is_unsafe(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_in_json() {
        let value = serde_json::json!({"t": "\u{1b}[2J\u{9b}\u{202e}\u{e0041} ü"});
        for text in [line(&value).unwrap(), pretty(&value).unwrap()] {
            assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{e0041}']), "{text}");
            assert!(text.contains("\\u009b\\u202e\\udb40\\udc41 ü"), "{text}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        }
        let mut lines = LineBuffer::default();
        for value in [&value, &serde_json::json!({"short": 1}), &value] {
            let useless = |_: &_, json: &mut Vec<u8>| json.pop().is_some();
            assert_eq!(lines.line(value, useless).unwrap(), line(value).unwrap());
        }
    }
}
