//! Filter expressions on the body of an event: `data.ticket.priority=urgent`, `type~^ticket`, `data.ticket.tags[] exists`.
//!
//! Paths are those of `trigger --set`. They begin at the envelope, and `[]` means any element of an array.

mod number;
mod remark;
mod value;
mod walk;

use std::fmt;

use regex_lite::{Regex, RegexBuilder};

use super::members::members;
use super::path::Path;
use value::{Literal, regex_text};
use walk::any;

/// Longer expressions are mistakes, and this bounds what one costs.
const LONGEST: usize = 2_000;
/// Of a compiled regular expression, in bytes. A search costs this times the length of the value.
const LARGEST_REGEX: usize = 128 * 1024;

/// A condition on the body of an event.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    text: String,
    path: Path,
    test: Test,
    /// Whether the test must fail. An event without the member passes then.
    is_negated: bool,
}

#[derive(Clone, Debug)]
enum Test {
    /// There is a value, and it is neither `null` nor `false`.
    Set,
    Exists,
    Equals(Literal),
    Matches(Regex),
}

impl Filter {
    /// Parses `PATH`, `PATH exists`, `PATH=VALUE`, `PATH!=VALUE`, `PATH~REGEX`, `PATH !exists` or `PATH!~REGEX`.
    ///
    /// Spaces around the parts are ignored. In a path, `\` escapes the next character.
    ///
    /// # Errors
    /// A message for the user, in one line and without the expression itself.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("a filter has at most {LONGEST} bytes"));
        }
        let expression = text.trim();
        let Parts { path, operator, value } = split(expression)?;
        let test = match (operator, value) {
            ("=" | "!=", value) => Test::Equals(Literal::parse(value)),
            ("~" | "!~", pattern) => Test::Matches(regex(pattern)?),
            (_, "") => Test::Set,
            (_, "exists" | "!exists") => Test::Exists,
            _ => {
                let expected = "after the path comes =, !=, ~, !~, `exists` or `!exists`";
                return Err(format!("{expected}; a space in a name needs a \\ before it"));
            }
        };
        let is_negated = operator.starts_with('!') || (operator.is_empty() && value == "!exists");
        Ok(Self { text: expression.to_owned(), path: Path::parse(path)?, test, is_negated })
    }

    /// Whether the body meets the condition. A body that is not a JSON object meets none.
    pub(crate) fn matches(&self, body: &[u8]) -> bool {
        let Ok(body) = std::str::from_utf8(body) else { return false };
        let body = body.trim_start_matches([' ', '\t', '\n', '\r']);
        let passes = any(body, self.path.steps(), &mut |value| self.test.accepts(value));
        match self.is_negated {
            // Nothing is found in what is no object either.
            true => !passes && members(body, |_, _| {}).is_ok(),
            false => passes,
        }
    }

    /// Whether the body meets all of the conditions.
    pub(crate) fn all_match(filters: &[Self], body: &[u8]) -> bool {
        filters.iter().all(|filter| filter.matches(body))
    }

    /// A warning if no known event has such a member, which usually means that the path is mistyped.
    pub(crate) fn remark(&self) -> Option<String> {
        remark::remark(&self.path)
    }
}

/// The expression as it was written.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Test {
    fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Set => !matches!(value, "null" | "false"),
            Self::Exists => true,
            Self::Equals(literal) => literal.equals(value),
            Self::Matches(regex) => regex.is_match(&regex_text(value)),
        }
    }
}

struct Parts<'a> {
    path: &'a str,
    /// Empty if a space or nothing follows the path.
    operator: &'static str,
    value: &'a str,
}

/// Splits at the first operator that has no `\` before it.
fn split(text: &str) -> Result<Parts<'_>, String> {
    let mut path_end = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        if let Some(operator) = operator(rest)? {
            let path = text.get(..path_end.unwrap_or(at)).unwrap_or_default();
            let value = rest.get(operator.len()..).unwrap_or_default().trim();
            return Ok(Parts { path, operator, value });
        }
        match path_end {
            None if c.is_whitespace() => path_end = Some(at),
            // A word after the path: `exists`, or a mistake.
            Some(end) if !c.is_whitespace() => {
                let path = text.get(..end).unwrap_or_default();
                return Ok(Parts { path, operator: "", value: rest });
            }
            _ => {}
        }
    }
    Ok(Parts { path: text, operator: "", value: "" })
}

/// The operator at the beginning of `text`. Operators of other languages are errors, because they would otherwise
/// become a part of the path or of the value, and the filter would match nothing.
fn operator(text: &str) -> Result<Option<&'static str>, String> {
    let slip = |typed: &str, means: &str| {
        Err(format!(
            "`{typed}` is no operator: write `{means}`; put a value that begins with = or ~ in \"quotes\""
        ))
    };
    match text {
        _ if text.starts_with("!==") => slip("!==", "!="),
        _ if text.starts_with("!=~") => slip("!=~", "!~"),
        _ if text.starts_with("==") => slip("==", "="),
        _ if text.starts_with("=~") => slip("=~", "~"),
        _ if text.starts_with("!=") => Ok(Some("!=")),
        _ if text.starts_with("!~") => Ok(Some("!~")),
        _ if text.starts_with('=') => Ok(Some("=")),
        _ if text.starts_with('~') => Ok(Some("~")),
        _ if text.starts_with(['<', '>']) => {
            Err("values cannot be compared with < or >; the operators are =, !=, ~ and !~".to_owned())
        }
        _ => Ok(None),
    }
}

fn regex(pattern: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(pattern).size_limit(LARGEST_REGEX).build();
    built.map_err(|error| format!("bad regular expression: {error}"))
}

#[cfg(test)]
mod tests;
