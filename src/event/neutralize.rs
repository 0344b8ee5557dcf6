//! Replaces personal data in an event by neutral values of the same shape, so that it can be a fixture of a test. Ids,
//! times, numbers, enumerations and links stay, so that the event stays usable.

mod shapes;

use std::collections::HashMap;

use super::json::Json;
use super::pseudonym::PseudonymKey;
use shapes::{is_email, is_phone, phone, words};

/// Members that hold the name of a person.
const NAMES: [&str; 9] = [
    "name",
    "first_name",
    "last_name",
    "full_name",
    "display_name",
    "username",
    "customer_name",
    "sender_name",
    "author_name",
];
/// Objects whose `name` is not that of a person.
const THINGS: [&str; 10] = [
    "boss",
    "group",
    "customer_group",
    "achievement",
    "quest",
    "tag",
    "category",
    "team",
    "webhook",
    "survey",
];
/// Members that hold what a person wrote.
const TEXTS: [&str; 15] = [
    "title",
    "subject",
    "message",
    "content",
    "body",
    "text",
    "html",
    "description",
    "comment",
    "note",
    "notes",
    "preview",
    "excerpt",
    "reason",
    "feedback",
];
/// Members that hold something else about a person.
const DETAILS: [&str; 11] = [
    "external_id",
    "company",
    "address",
    "street",
    "city",
    "location",
    "ip",
    "ip_address",
    "user_agent",
    "avatar_url",
    "avatar",
];
/// Objects with members of the user's own.
const FREE: [&str; 4] = ["metadata", "custom_fields", "custom_attributes", "attributes"];

/// Replaces personal data in the `data` of an event. The same original becomes the same replacement, so that an address
/// that occurs twice still is one person. The name of what the type is about is not always personal: `boss.spawned`.
pub(crate) fn neutralize_data(event_type: &str, data: &mut Json) {
    let about = event_type.split('.').next().unwrap_or_default();
    Neutralizer::default().walk(data, about, "", false);
}

/// Replaces personal data in the body of an event by pseudonyms that follow from `key`: the same original becomes the
/// same replacement in every body. What was replaced is replaced in the other texts of the body, too. `None` if the body
/// is no JSON object.
pub(crate) fn redact_body(key: &PseudonymKey, event_type: &str, body: &[u8]) -> Option<String> {
    let mut whole = Json::parse(body).ok()?;
    let Json::Object(members) = &mut whole else { return None };
    let about = event_type.split('.').next().unwrap_or_default();
    let mut neutralizer = Neutralizer { key: Some(key.clone()), ..Neutralizer::default() };
    for (name, value) in members {
        let name = if name == "data" { "" } else { name.as_str() };
        neutralizer.walk(value, about, name, false);
    }
    neutralizer.sweep(&mut whole);
    Some(whole.to_string())
}

/// What is replaced by a number or a pseudonym.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Email,
    Name,
    Phone,
    Other,
}

#[derive(Default)]
struct Neutralizer {
    /// Makes pseudonyms; without it, replacements are numbered.
    key: Option<PseudonymKey>,
    known: HashMap<(Kind, String), String>,
    counts: HashMap<Kind, usize>,
}

impl Neutralizer {
    /// The number or pseudonym of `text`.
    fn token(&mut self, kind: Kind, text: &str) -> String {
        if let Some(known) = self.known.get(&(kind, text.to_owned())) {
            return known.clone();
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let token = match &self.key {
            None => count.to_string(),
            Some(key) if kind == Kind::Phone => key.number("phone", text).to_string(),
            Some(key) => key.token(&format!("{kind:?}"), text),
        };
        self.known.insert((kind, text.to_owned()), token.clone());
        token
    }

    /// Replaces names and addresses that are known now wherever a text still has them.
    fn sweep(&self, value: &mut Json) {
        /// A shorter name may be a part of any word.
        const SHORTEST: usize = 4;
        match value {
            Json::Object(members) => members.iter_mut().for_each(|(_, value)| self.sweep(value)),
            Json::Array(items) => items.iter_mut().for_each(|item| self.sweep(item)),
            Json::Scalar(_) => {
                let Some(text) = value.as_string() else { return };
                let mut names: Vec<(&String, &String)> = self
                    .known
                    .iter()
                    .filter(|((kind, known), _)| {
                        matches!(kind, Kind::Email | Kind::Name) && known.len() >= SHORTEST
                    })
                    .map(|((_, known), token)| (known, token))
                    .collect();
                // The longest first: a name may be a part of another one.
                names.sort_by_key(|(known, _)| (std::cmp::Reverse(known.len()), *known));
                let clean =
                    names.iter().fold(text.clone(), |text, (known, token)| text.replace(*known, token));
                if clean != text {
                    *value = Json::string(&clean);
                }
            }
        }
    }

    /// `object` is the name of the object around the member `name`. In a `free` object every string is replaced.
    fn walk(&mut self, value: &mut Json, object: &str, name: &str, free: bool) {
        match value {
            Json::Object(members) => {
                let object = if name.is_empty() { object } else { name };
                for (inner, value) in members {
                    let free = free || FREE.contains(&inner.as_str());
                    self.walk(value, object, inner, free);
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|item| self.walk(item, object, name, free)),
            Json::Scalar(_) => {
                let Some(text) = value.as_string() else { return };
                if let Some(neutral) = self.replace(&text, object, name, free) {
                    *value = Json::string(&neutral);
                }
            }
        }
    }

    fn replace(&mut self, text: &str, object: &str, name: &str, free: bool) -> Option<String> {
        if text.is_empty() {
            return None;
        }
        if is_email(text) {
            return Some(self.email(text));
        }
        if name.contains("phone") || name == "mobile" || is_phone(text) {
            let number = self.token(Kind::Phone, text).parse().unwrap_or_default();
            return Some(phone(text, number));
        }
        if NAMES.contains(&name) && !(name == "name" && THINGS.contains(&object)) {
            let number = self.token(Kind::Name, text);
            // As many words as before, so that code that splits a name is tested.
            return Some(if text.trim().contains(' ') {
                format!("Sample Person{number}")
            } else {
                format!("Person{number}")
            });
        }
        if TEXTS.contains(&name) {
            return Some(words(text));
        }
        if DETAILS.contains(&name) || free {
            let number = self.token(Kind::Other, text);
            let is_link = text.starts_with("http://") || text.starts_with("https://");
            return Some(if is_link {
                format!("https://example.com/{number}")
            } else {
                format!("sample-{number}")
            });
        }
        self.emails_within(text)
    }

    fn email(&mut self, text: &str) -> String {
        format!("person{}@example.com", self.token(Kind::Email, &text.to_lowercase()))
    }

    /// The text with its addresses replaced; `None` if it has none.
    fn emails_within(&mut self, text: &str) -> Option<String> {
        if !text.contains('@') {
            return None;
        }
        let is_part = |c: char| c.is_alphanumeric() || "@.+-_%".contains(c);
        let mut out = String::with_capacity(text.len());
        let mut found = false;
        let mut rest = text;
        while let Some(start) = rest.find(is_part) {
            let (before, after) = rest.split_at(start);
            let end = after.find(|c| !is_part(c)).unwrap_or(after.len());
            let (word, next) = after.split_at(end);
            out.push_str(before);
            match is_email(word.trim_end_matches('.')) {
                true => {
                    out.push_str(&self.email(word));
                    found = true;
                }
                false => out.push_str(word),
            }
            rest = next;
        }
        out.push_str(rest);
        found.then_some(out)
    }
}

#[cfg(test)]
mod tests;
