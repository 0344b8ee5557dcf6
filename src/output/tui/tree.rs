//! A body as a tree of foldable lines, or as plain lines if it is not JSON.

use super::super::format::pluralize;
use super::super::sanitize::{escape, redact};
use super::document::Builder;
use super::text::{Styled, Tone};
use crate::event::Json;

/// Lines of one body. More are not read on a terminal.
const MOST_LINES: usize = 4_000;
/// Characters of one value.
const LONGEST: usize = 4_000;

/// Adds the lines of a body.
pub(super) fn body(builder: &mut Builder, body: &[u8]) {
    if body.is_empty() {
        return builder.line(Styled::new(Tone::Dim, "(empty)"));
    }
    let most = builder.len() + MOST_LINES;
    match Json::parse(body) {
        Ok(Json::Object(members)) => {
            members.iter().for_each(|(name, value)| member(builder, name, value, most))
        }
        Ok(Json::Array(items)) => array(builder, &items, most),
        Ok(scalar @ Json::Scalar(_)) => builder.line(Styled(vec![scalar_of(&scalar)])),
        Err(_) => lines(builder, body),
    }
    if builder.len() >= most {
        let rest = "… the rest is not shown here; see: cstar history show ID";
        builder.line(Styled::new(Tone::Dim, rest));
    }
}

fn lines(builder: &mut Builder, body: &[u8]) {
    let Ok(text) = std::str::from_utf8(body) else {
        let what = format!("({}, not text)", pluralize(body.len() as u64, "byte"));
        return builder.line(Styled::new(Tone::Dim, what));
    };
    for line in text.lines().take(MOST_LINES) {
        builder.line(Styled::new(Tone::Plain, shown(line)));
    }
}

fn member(builder: &mut Builder, name: &str, value: &Json, most: usize) {
    if builder.len() >= most {
        return;
    }
    let name = Styled::new(Tone::Name, shown(name));
    match value {
        Json::Object(members) if !members.is_empty() => {
            let title = name.with(Tone::Dim, format!(" {{{}}}", members.len()));
            builder.section(title, false, |builder| {
                members.iter().for_each(|(name, value)| member(builder, name, value, most));
            });
        }
        Json::Array(items) if !items.is_empty() => {
            let title = name.with(Tone::Dim, format!(" [{}]", items.len()));
            builder.section(title, false, |builder| array(builder, items, most));
        }
        scalar => {
            let (tone, text) = scalar_of(scalar);
            builder.line(name.with(Tone::Dim, ": ").with(tone, text));
        }
    }
}

fn array(builder: &mut Builder, items: &[Json], most: usize) {
    for (at, item) in items.iter().enumerate() {
        member(builder, &at.to_string(), item, most);
    }
}

/// Of a value without members, with its colour.
fn scalar_of(value: &Json) -> (Tone, String) {
    match value {
        Json::Object(_) => (Tone::Dim, "{}".to_owned()),
        Json::Array(_) => (Tone::Dim, "[]".to_owned()),
        // Written again, so that `\u00e9` is readable; what is not safe is escaped after that.
        Json::Scalar(_) => match value.as_string() {
            Some(text) => (Tone::Text, shown(&Json::string(&text).to_string())),
            None => (Tone::Number, shown(&value.to_string())),
        },
    }
}

/// Remote text that is safe to print.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => {
            let rest = pluralize((text.len() - end) as u64, "byte");
            format!("{}… ({rest} more)", escape(&redact(text.get(..end).unwrap_or_default())))
        }
        None => escape(&redact(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(bytes: &[u8]) -> Vec<String> {
        let mut builder = Builder::default();
        body(&mut builder, bytes);
        let text = |line: &super::super::document::Line| -> String {
            let text: String = line.text.0.iter().map(|(_, text)| text.as_str()).collect();
            format!("{}{text}", " ".repeat(line.depth))
        };
        builder.build().iter().map(text).collect()
    }

    #[test]
    fn json_becomes_a_tree() {
        let body = r#"{"id":"evt_1","n":1.10,"big":1e400,"data":{"tags":["a",{"x":null}],"none":[],"t":"\u00e9\n\u001b[2J"}}"#;
        assert_eq!(
            tree(body.as_bytes()),
            [
                "id: \"evt_1\"",
                "n: 1.10",
                "big: 1e400",
                "data {3}",
                " tags [2]",
                "  0: \"a\"",
                "  1 {1}",
                "   x: null",
                " none: []",
                " t: \"é\\n\\u001b[2J\"",
            ]
        );
    }

    #[test]
    fn other_bodies_are_shown_safely() {
        assert_eq!(tree(b""), ["(empty)"]);
        assert_eq!(tree(b"\xff\xfe"), ["(2 bytes, not text)"]);
        assert_eq!(tree(b"a\x1b[2Jb\nwhsec_secret"), ["a\\x1b[2Jb", "whsec_…"]);
        assert_eq!(tree("{\"\u{202e}\":\"\u{9b}\"}".as_bytes()), ["\\u{202e}: \"\\x9b\""]);
        assert_eq!(tree(b"\"x\""), ["\"x\""]);
    }

    #[test]
    fn large_bodies_are_bounded() {
        let body = format!("[{}0]", "[[1]],".repeat(MOST_LINES));
        let lines = tree(body.as_bytes());
        assert!(lines.len() <= MOST_LINES + 1, "{}", lines.len());
        assert!(lines.last().unwrap().contains("the rest is not shown"));
        let long = tree(format!("{{\"t\":\"{}\"}}", "é".repeat(LONGEST * 2)).as_bytes());
        assert!(long[0].ends_with("bytes more)") && long[0].chars().count() < LONGEST + 40);
    }
}
