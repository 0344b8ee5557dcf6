//! Bodies for a terminal: JSON is indented without changing its values, and control characters are escaped.

use serde::de::IgnoredAny;

use crate::output::format::pluralize;
use crate::output::sanitize::{escape, redact};

pub(super) fn lines(body: &[u8]) -> Vec<String> {
    if body.is_empty() {
        return vec!["(empty)".to_owned()];
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return vec![format!("({}, not text)", pluralize(body.len() as u64, "byte"))];
    };
    let text = match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => indented(text),
        Err(_) => text.to_owned(),
    };
    text.lines().map(|line| escape(&redact(line))).collect()
}

/// Indents `json`, which must be valid. Only white space changes: parsing and printing it would round large numbers
/// and drop repeated members.
fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut chars = json.chars().filter(|c| !c.is_ascii_whitespace() || *c == ' ').peekable();
    while let Some(c) = chars.next() {
        if in_string {
            out.push(c);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            ' ' => {}
            '"' => {
                in_string = true;
                out.push(c);
            }
            '{' | '[' => {
                out.push(c);
                while chars.next_if_eq(&' ').is_some() {}
                if !matches!(chars.peek(), Some('}' | ']')) {
                    depth += 1;
                    new_line(&mut out, depth);
                } else if let Some(end) = chars.next() {
                    out.push(end);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => out.push(c),
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    // Deep nesting would make the text quadratic.
    out.extend(std::iter::repeat_n("  ", depth.min(40)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_and_not_changed() {
        let body =
            br#"{"a":[1,{"b":"x, {y}: \"z\\"}],"n":12345678901234567890123,"n":1.0, "e": { },"f":[ ]}"#;
        assert_eq!(
            lines(body).join("\n"),
            r#"{
  "a": [
    1,
    {
      "b": "x, {y}: \"z\\"
    }
  ],
  "n": 12345678901234567890123,
  "n": 1.0,
  "e": {},
  "f": []
}"#
        );
        assert_eq!(lines(b"{\n  \"a\": 1\r\n}"), ["{", "  \"a\": 1", "}"]);
    }

    #[test]
    fn other_bodies_are_sanitized_by_line() {
        assert_eq!(lines(b"one\r\n\x1b[2Jtwo whsec_abc"), ["one", "\\x1b[2Jtwo whsec_\u{2026}"]);
        assert_eq!(lines(b""), ["(empty)"]);
        assert_eq!(lines(b"\xff\xfe"), ["(2 bytes, not text)"]);
    }
}
