//! Lays JSON out in lines. Only white space changes: parsing and printing it would round large numbers and drop
//! repeated members. The text may end anywhere.

use super::page::{Page, Role};

/// Deeper nesting is not indented more, which would make the text quadratic.
const DEEPEST: usize = 40;

/// Writes `text`, which is JSON or the beginning of some.
pub(super) fn layout(text: &str, page: &mut Page<'_>) {
    let mut rest = text.trim_start_matches(is_space);
    let mut depth = 0_usize;
    while let Some(first) = rest.chars().next() {
        let (token, after) = split_token(rest, first);
        rest = after.trim_start_matches(is_space);
        match first {
            '"' => {
                let role = if rest.starts_with(':') { Role::Key } else { Role::String };
                page.push(role, token);
            }
            '{' | '[' => match rest.chars().next() {
                Some(end @ ('}' | ']')) => {
                    page.push(Role::Punctuation, if end == '}' { "{}" } else { "[]" });
                    rest = rest.get(1..).unwrap_or_default().trim_start_matches(is_space);
                }
                _ => {
                    page.push(Role::Punctuation, token);
                    depth += 1;
                    new_line(page, depth);
                }
            },
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(page, depth);
                page.push(Role::Punctuation, token);
            }
            ',' => {
                page.push(Role::Punctuation, token);
                new_line(page, depth);
            }
            ':' => page.push(Role::Punctuation, ": "),
            _ => page.push(Role::Literal, token),
        }
    }
    page.end_line();
}

fn new_line(page: &mut Page<'_>, depth: usize) {
    page.end_line();
    if depth > 0 {
        page.push(Role::Plain, &"  ".repeat(depth.min(DEEPEST)));
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The token at the start of `text`, and what follows it.
fn split_token(text: &str, first: char) -> (&str, &str) {
    let end = match first {
        '"' => string_end(text),
        '{' | '}' | '[' | ']' | ',' | ':' => 1,
        _ => text.find(|c| is_space(c) || ",:{}[]\"".contains(c)).unwrap_or(text.len()),
    };
    text.split_at(end)
}

/// The end of the string at the start of `text`: after the first quote that has no `\` before it.
fn string_end(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
