//! Replaces personal data in an event by neutral values of the same shape, so that it can be a fixture of a test. Ids,
//! times, numbers, enumerations and links stay, so that the event stays usable.

use std::collections::HashMap;

use super::json::Json;

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

/// Neutral words, of which texts are made.
const WORDS: [&str; 12] =
    ["sample", "text", "about", "a", "question", "with", "some", "words", "and", "one", "more", "detail"];

/// Replaces personal data in the `data` of an event. The same original becomes the same replacement, so that an address
/// that occurs twice still is one person. The name of what the type is about is not always personal: `boss.spawned`.
pub(crate) fn neutralize_data(event_type: &str, data: &mut Json) {
    let about = event_type.split('.').next().unwrap_or_default();
    Neutralizer::default().walk(data, about, "", false);
}

#[derive(Default)]
struct Neutralizer {
    emails: HashMap<String, usize>,
    names: HashMap<String, usize>,
    phones: HashMap<String, usize>,
    others: HashMap<String, usize>,
}

impl Neutralizer {
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
            let number = number_of(&mut self.phones, text);
            return Some(phone(text, number));
        }
        if NAMES.contains(&name) && !(name == "name" && THINGS.contains(&object)) {
            let number = number_of(&mut self.names, text);
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
            let number = number_of(&mut self.others, text);
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
        format!("person{}@example.com", number_of(&mut self.emails, &text.to_lowercase()))
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

fn number_of(known: &mut HashMap<String, usize>, text: &str) -> usize {
    let next = known.len() + 1;
    *known.entry(text.to_owned()).or_insert(next)
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |text: &str| {
        !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "<>\"(),:;@/".contains(c))
    };
    plain(local)
        && plain(domain)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

/// Only with the `+` of a country: other digits are ids and numbers.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.starts_with('+')
        && digits >= 7
        && text.chars().skip(1).all(|c| c.is_ascii_digit() || " -().".contains(c))
}

/// The digits become zeros, and the last of them the number: `+49 170 1234567` becomes `+00 000 0000001`.
fn phone(text: &str, number: usize) -> String {
    let mut out: Vec<char> = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let mut left = number;
    for c in out.iter_mut().rev().filter(|c| c.is_ascii_digit()) {
        *c = char::from_digit(u32::try_from(left % 10).unwrap_or_default(), 10).unwrap_or('0');
        left /= 10;
    }
    out.into_iter().filter(|c| c.is_ascii_digit() || "+ -().".contains(*c)).collect()
}

/// As many words as the text has, on as many lines.
fn words(text: &str) -> String {
    let mut next = WORDS.iter().cycle();
    let line = |line: &str| {
        let words = line.split_whitespace().filter_map(|_| next.next());
        words.copied().collect::<Vec<_>>().join(" ")
    };
    let mut neutral = text.split('\n').map(line).collect::<Vec<_>>().join("\n");
    if let Some(start) = neutral.get_mut(..1) {
        start.make_ascii_uppercase();
    }
    neutral
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neutral(event_type: &str, json: &str) -> String {
        let mut value = Json::parse(json.as_bytes()).unwrap();
        neutralize_data(event_type, &mut value);
        value.to_string()
    }

    #[test]
    fn persons_are_replaced_and_ids_stay() {
        let json = r#"{"ticket":{"id":"25990cb8-1111-2222-3333-444444444444","prefixed_id":"tkt_1","title":"My card 1234 was\ncharged","status":"open","priority":"urgent","customer_name":"Ada Lovelace","n":1.10,"tags":["vip"]},"actor":{"id":"cus_1","name":"Ada Lovelace","email":"Ada@acme.test","phone":"+49 (170) 123-4567"},"agent":{"name":"Bob","email":"ada@acme.test"},"metadata":{"plan":"secret","url":"https://acme.test/x","seats":3}}"#;
        let wanted = r#"{"ticket":{"id":"25990cb8-1111-2222-3333-444444444444","prefixed_id":"tkt_1","title":"Sample text about a\nquestion","status":"open","priority":"urgent","customer_name":"Sample Person1","n":1.10,"tags":["vip"]},"actor":{"id":"cus_1","name":"Sample Person1","email":"person1@example.com","phone":"+00 (000) 000-0001"},"agent":{"name":"Person2","email":"person1@example.com"},"metadata":{"plan":"sample-1","url":"https://example.com/2","seats":3}}"#;
        assert_eq!(neutral("ticket.created", json), wanted);
    }

    #[test]
    fn names_of_things_stay() {
        let boss = r#"{"boss":{"name":"Queue Kraken"},"player":{"name":"Ada"}}"#;
        assert_eq!(
            neutral("boss.defeated", boss),
            r#"{"boss":{"name":"Queue Kraken"},"player":{"name":"Person1"}}"#
        );
        assert_eq!(neutral("customer_group.created", r#"{"name":"VIP"}"#), r#"{"name":"VIP"}"#);
        assert_eq!(neutral("customer.created", r#"{"name":"Ada"}"#), r#"{"name":"Person1"}"#);
    }

    #[test]
    fn addresses_within_texts_are_replaced() {
        let json = r#"{"source":"from ada@acme.test, via x","other":"a@b","url":"https://x/@y"}"#;
        let wanted = r#"{"source":"from person1@example.com, via x","other":"a@b","url":"https://x/@y"}"#;
        assert_eq!(neutral("x", json), wanted);
        assert!(is_phone("+1 555 0100") && !is_phone("2026-03-27") && !is_phone("+12"));
    }
}
