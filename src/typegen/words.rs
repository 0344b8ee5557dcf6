//! Names and comments that several languages share.

use crate::event::shape::{EventShape, Member, schema_name};

/// What a reader of a file needs to know about it.
pub(super) const ABOUT: &str =
    "Members that are modelled are not documented by cStar: they may be missing or different.";

/// `closed_at`, `closedAt` and `closed-at` are `ClosedAt`.
pub(super) fn pascal(name: &str) -> String {
    let mut pascal = String::new();
    for word in words(name) {
        let mut letters = word.chars();
        pascal.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        pascal.extend(letters);
    }
    pascal
}

/// `closedAt` is `closed_at`.
pub(super) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// The words of a name, in lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_new = true;
    let mut was_upper = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            is_new = true;
            continue;
        }
        if is_new || c.is_ascii_uppercase() && !was_upper {
            words.push(String::new());
        }
        (is_new, was_upper) = (false, c.is_ascii_uppercase());
        if let Some(word) = words.last_mut() {
            word.push(c.to_ascii_lowercase());
        }
    }
    words
}

/// `TicketCreated`, before `Event` or `Data`.
pub(super) fn event_name(event: &EventShape) -> String {
    let name = schema_name(&event.name);
    name.strip_suffix("Event").unwrap_or(&name).to_owned()
}

/// A sentence on when an event happens, and one on how reliable its shape is.
pub(super) fn sentences(event: &EventShape) -> String {
    let when = event.description.map(|text| {
        let mut letters = text.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>())
    });
    let when = when.map(|when| when + ". ").unwrap_or_default();
    format!("{when}`data` is {}.", event.coverage.remark())
}

/// The mark of a member whose source is not that of its event.
pub(super) fn mark(event: &EventShape, member: &Member) -> Option<&'static str> {
    (member.source != event.coverage.source()).then(|| member.source.label())
}

/// `name`, or with a number if it is taken.
pub(super) fn unique(name: String, is_taken: impl Fn(&str) -> bool) -> String {
    let mut free = name.clone();
    let mut number = 2;
    while is_taken(&free) {
        free = format!("{name}{number}");
        number += 1;
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        for (name, expected) in [
            ("closed_at", "closed at"),
            ("closedAt", "closed at"),
            ("dashboardURL", "dashboard url"),
            ("_id", "id"),
            ("step2", "step2"),
            ("", ""),
        ] {
            assert_eq!(words(name).join(" "), expected);
        }
        assert_eq!((pascal("closed_at").as_str(), snake("closedAt").as_str()), ("ClosedAt", "closed_at"));
    }
}
