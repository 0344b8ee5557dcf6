//! Subscription patterns: `ticket.created`, `ticket.*` (both documented) and a bare `*` (ours).

use std::fmt;
use std::str::FromStr;

use super::catalogue::catalogue;
use super::suggest::{suggest, suggest_resource};

/// The event types of a subscription or a route.
///
/// One type (`ticket.created`, documented), all types of a resource (`ticket.*`, documented), or all types (`*`, ours).
/// Surrounding white space is ignored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    text: String,
}

/// Why a text is not a pattern. `Display` adds a "did you mean" if there are suggestions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternError {
    /// The text does not have the form of a pattern.
    Malformed {
        /// The text.
        pattern: String,
        /// What is wrong with the form.
        reason: &'static str,
        /// Similar patterns: at most three, the best first.
        suggestions: Vec<String>,
    },
    /// The form is right, but none of the known event types matches.
    Unknown {
        /// The text.
        pattern: String,
        /// Similar patterns: at most three, the best first.
        suggestions: Vec<String>,
    },
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { pattern, reason, suggestions } => {
                write!(f, "event pattern {pattern:?} is malformed: {reason}{}", hint(suggestions))
            }
            Self::Unknown { pattern, suggestions } => {
                write!(f, "event pattern {pattern:?} matches no known event type{}", hint(suggestions))
            }
        }
    }
}

impl std::error::Error for PatternError {}

impl PatternError {
    /// Similar patterns: at most three, the best first.
    pub fn suggestions(&self) -> &[String] {
        match self {
            PatternError::Malformed { suggestions, .. } | PatternError::Unknown { suggestions, .. } => {
                suggestions
            }
        }
    }
}

impl Pattern {
    /// Parses a pattern that matches at least one type of the [`catalogue`](super::catalogue()).
    ///
    /// # Errors
    /// [`PatternError::Malformed`] or [`PatternError::Unknown`].
    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
        let pattern = Self::parse_any(text)?;
        if catalogue().iter().any(|event_type| pattern.matches(event_type.name)) {
            return Ok(pattern);
        }
        Err(PatternError::Unknown { suggestions: suggestions(&pattern.text), pattern: text.to_owned() })
    }

    /// Parses a pattern of the right form, even if it matches no known type: the server may have newer types.
    ///
    /// # Errors
    /// [`PatternError::Malformed`].
    pub fn parse_any(text: &str) -> Result<Pattern, PatternError> {
        let trimmed = text.trim();
        match malformation(trimmed) {
            None => Ok(Pattern { text: trimmed.to_owned() }),
            Some(reason) => Err(PatternError::Malformed {
                pattern: text.to_owned(),
                reason,
                suggestions: suggestions(trimmed),
            }),
        }
    }

    /// Whether the pattern matches this event type.
    pub fn matches(&self, event_type: &str) -> bool {
        // A bare star matches everything; after a resource it matches at least one character.
        match self.text.strip_suffix('*') {
            Some(prefix) => {
                event_type.strip_prefix(prefix).is_some_and(|rest| prefix.is_empty() || !rest.is_empty())
            }
            None => event_type == self.text,
        }
    }

    /// The text of the pattern, trimmed.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Pattern::parse(text)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

fn malformation(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("it is empty");
    }
    if text == "*" {
        return None;
    }
    let legal = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_' | '.' | '*');
    if !text.chars().all(legal) {
        return Some("only lower-case letters, digits, `_`, `.` and `*` are allowed");
    }
    if text.strip_suffix(".*").unwrap_or(text).contains('*') {
        return Some("a `*` stands alone or after the dot, as in `ticket.*`");
    }
    if !text.contains('.') {
        return Some("it needs a resource and an action, as in `ticket.created`");
    }
    text.split('.').any(str::is_empty).then_some("there is nothing before or after a dot")
}

fn suggestions(text: &str) -> Vec<String> {
    let wildcards = |resource: &str| {
        suggest_resource(resource).into_iter().map(|resource| format!("{resource}.*")).collect::<Vec<_>>()
    };
    if let Some(resource) = text.strip_suffix('*') {
        return wildcards(resource.trim_end_matches('.'));
    }
    // Without a dot it is more likely a resource (`tickets`) than a type.
    if !text.contains('.') {
        let found = wildcards(text);
        if !found.is_empty() {
            return found;
        }
    }
    suggest(text).into_iter().map(str::to_owned).collect()
}

fn hint(suggestions: &[String]) -> String {
    match suggestions {
        [] => "; `cstar events` lists the types".to_owned(),
        some => format!("; did you mean {}?", some.join(" or ")),
    }
}

#[cfg(test)]
mod tests;
