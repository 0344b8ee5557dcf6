//! Matches events by type and content.

use crate::event::{Filter, Pattern};

/// Which events a wait is for.
pub(super) struct EventMatcher {
    pub(super) patterns: Vec<Pattern>,
    pub(super) containing: Option<String>,
    pub(super) filters: Vec<Filter>,
}

impl EventMatcher {
    pub(super) fn matches(&self, event_type: &str, body: &[u8]) -> bool {
        let by_type = self.patterns.is_empty() || self.patterns.iter().any(|one| one.matches(event_type));
        let text = |text: &String| memchr::memmem::find(body, text.as_bytes()).is_some();
        by_type && self.containing.as_ref().is_none_or(text) && Filter::all_match(&self.filters, body)
    }

    pub(super) fn types(&self) -> Vec<String> {
        self.patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect()
    }
}
