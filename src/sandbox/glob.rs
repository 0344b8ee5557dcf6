//! Patterns for paths: `*` matches any characters, slashes included, `?` matches one character.

use std::fmt;

use memchr::memmem;

/// The longest pattern, in characters.
pub(crate) const LONGEST: usize = 200;

/// A pattern. Without `/` or `*` at the start it matches from any segment of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glob {
    text: String,
    chars: Vec<char>,
    /// The same, if the pattern is ASCII.
    bytes: Option<Vec<u8>>,
    /// A part of every matching path.
    literal: String,
}

impl Glob {
    /// Parses a pattern; surrounding white space is ignored.
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > LONGEST {
            return Err("must be a pattern of 1 to 200 characters, such as */tickets/*");
        }
        let anywhere = if text.starts_with(['/', '*']) { "" } else { "*/" };
        let chars: Vec<char> = anywhere.chars().chain(text.chars()).collect();
        let bytes = text.is_ascii().then(|| [anywhere.as_bytes(), text.as_bytes()].concat());
        let literal = literal(&chars);
        Ok(Self { text: text.to_owned(), chars, bytes, literal })
    }

    pub(crate) fn matches(&self, path: &str) -> bool {
        // fast rejection: most paths lack the literal part
        if memmem::find(path.as_bytes(), self.literal.as_bytes()).is_none() {
            return false;
        }
        match &self.bytes {
            Some(bytes) if path.is_ascii() => matches(bytes, path.as_bytes(), (b'*', b'?')),
            _ => matches(&self.chars, &path.chars().collect::<Vec<_>>(), ('*', '?')),
        }
    }
}

/// The longest run without `*` and `?`.
fn literal(chars: &[char]) -> String {
    let runs = chars.split(|c| matches!(c, '*' | '?'));
    runs.max_by_key(|run| run.len()).unwrap_or_default().iter().collect()
}

fn matches<T: Copy + PartialEq>(pattern: &[T], path: &[T], (star, any): (T, T)) -> bool {
    let (mut at, mut in_path) = (0, 0);
    // where to continue if the last star has to match one more character
    let mut retry: Option<(usize, usize)> = None;
    while let Some(c) = path.get(in_path) {
        match pattern.get(at) {
            Some(wanted) if *wanted == star => {
                retry = Some((at, in_path));
                at += 1;
                continue;
            }
            Some(wanted) if *wanted == any || wanted == c => {
                at += 1;
                in_path += 1;
                continue;
            }
            _ => {}
        }
        let Some((star, taken)) = retry else { return false };
        retry = Some((star, taken + 1));
        (at, in_path) = (star + 1, taken + 1);
    }
    pattern.iter().skip(at).all(|c| *c == star)
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Glob::parse(pattern).unwrap().matches(path)
    }

    #[test]
    fn wildcards_match_runs_and_characters() {
        let path = "/api/v1/teams/t/webhooks/whk_1/test";
        for pattern in [path, "*", "**", "/api/*/test", "*webhooks*", "*/whk_?/*", "/api/v1/teams/?/*"] {
            assert!(matches(pattern, path), "{pattern}");
        }
        for pattern in ["/api", "*/tes", "*/whk_??/*", "/webhooks/*", "?", "*x"] {
            assert!(!matches(pattern, path), "{pattern}");
        }
        assert!(matches("*/é?/*", "/a/éü/b") && !matches("*/é?/*", "/a/é/b") && matches("/?", "/ü"));
        assert!(matches("*a*b*a", "xxabab-a") && !matches("*a*b*c", "xxabab-a"));
    }

    #[test]
    fn relative_pattern_matches_any_segment() {
        assert!(matches("webhooks/*", "/api/v1/teams/t/webhooks/whk_1"));
        assert!(matches("tickets", "/tickets") && matches("tickets", "/a/tickets"));
        assert!(!matches("tickets", "/a/mytickets") && !matches("tickets", "/a/tickets/1"));
    }

    #[test]
    fn many_wildcards_match_quickly() {
        assert!(!matches(&"*a".repeat(90), &format!("{}b", "a".repeat(10_000))));
    }

    #[test]
    fn empty_and_long_patterns_are_rejected() {
        for bad in ["", "  ", &"x".repeat(201)] {
            assert!(Glob::parse(bad).is_err(), "{bad}");
        }
    }
}
