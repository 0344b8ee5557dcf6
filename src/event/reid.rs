//! Gives a body another id without touching its other bytes, or new ids to everything in it.

use super::json::Json;
use super::members::members;
use super::pseudonym::PseudonymKey;

/// Members that name something outside of what happened: it stays the same when an event is played again.
const KEPT: [&str; 5] = ["team_id", "organization_id", "webhook_id", "request_id", "external_id"];
/// A shorter id may be a part of any text, so only longer ones are replaced within texts.
const SHORTEST: usize = 8;

/// New ids that follow from the old ones, so that events about the same thing still are.
#[derive(Clone, Debug)]
pub(crate) struct NewIds(PseudonymKey);

impl NewIds {
    pub(crate) fn new(salt: &[u8]) -> Self {
        Self(PseudonymKey::new(salt))
    }

    /// The new id in place of `old`: the prefix stays, and a UUID stays one.
    pub(crate) fn id(&self, old: &str) -> String {
        /// As many characters as ids of cStar have.
        const LENGTH: usize = 24;
        let hash = hex::encode(self.0.bytes("id", old));
        if is_uuid(old) {
            let mut digits = hash.chars();
            let next = |c: char| if c == '-' { c } else { digits.next().unwrap_or('0') };
            return old.chars().map(next).collect();
        }
        // A number that people read, such as CST-8543.
        if let Some((name, digits)) = old.split_once('-')
            && name.bytes().all(|c| c.is_ascii_alphabetic())
            && digits.bytes().all(|c| c.is_ascii_digit())
        {
            return format!("{name}-{:09}", self.0.number("number", old));
        }
        let is_prefix = |c: char| c.is_ascii_lowercase() || c == '_';
        let prefix = old.split_once('_').map_or("", |(prefix, _)| prefix);
        let hash = hash.get(..LENGTH).unwrap_or(&hash);
        match !prefix.is_empty() && prefix.chars().all(is_prefix) {
            true => format!("{prefix}_{hash}"),
            false => hash.to_owned(),
        }
    }

    /// The body with new ids: of the event, and of what it is about. `None` if it is no JSON object.
    pub(crate) fn body(&self, body: &[u8]) -> Option<String> {
        let mut whole = Json::parse(body).ok()?;
        if !matches!(whole, Json::Object(_)) {
            return None;
        }
        let mut replaced = Vec::new();
        self.walk(&mut whole, "", &mut replaced);
        replaced.sort_by_key(|(old, _)| std::cmp::Reverse(old.len()));
        sweep(&mut whole, &replaced);
        Some(whole.to_string())
    }

    fn walk(&self, value: &mut Json, name: &str, replaced: &mut Vec<(String, String)>) {
        match value {
            Json::Object(members) => {
                members.iter_mut().for_each(|(name, value)| self.walk(value, name, replaced));
            }
            Json::Array(items) => items.iter_mut().for_each(|item| self.walk(item, name, replaced)),
            Json::Scalar(_) => {
                let is_id = name == "id" || name.ends_with("_id") || name.ends_with("_ids");
                let Some(old) = value.as_string() else { return };
                if !is_id || KEPT.contains(&name) || old.is_empty() {
                    return;
                }
                let new = self.id(&old);
                *value = Json::string(&new);
                if old.len() >= SHORTEST && !replaced.iter().any(|(known, _)| *known == old) {
                    replaced.push((old, new));
                }
            }
        }
    }
}

fn is_uuid(text: &str) -> bool {
    let mut places = text.char_indices();
    text.len() == 36
        && places.all(|(at, c)| if [8, 13, 18, 23].contains(&at) { c == '-' } else { c.is_ascii_hexdigit() })
}

/// Replaces the ids within texts such as links.
fn sweep(value: &mut Json, replaced: &[(String, String)]) {
    match value {
        Json::Object(members) => members.iter_mut().for_each(|(_, value)| sweep(value, replaced)),
        Json::Array(items) => items.iter_mut().for_each(|item| sweep(item, replaced)),
        Json::Scalar(_) => {
            let Some(text) = value.as_string() else { return };
            let new = replaced.iter().fold(text.clone(), |text, (old, new)| text.replace(old, new));
            if new != text {
                *value = Json::string(&new);
            }
        }
    }
}

/// The body with `id` as the value of its member `id`; `None` if it is no JSON object with one.
pub(crate) fn with_id(body: &str, id: &str) -> Option<String> {
    let mut found = None;
    let start = body.as_ptr() as usize;
    members(body, |name, value| {
        if name == b"id" {
            let text = value.get();
            // The value is a part of the body.
            found = Some((text.as_ptr() as usize - start, text.len()));
        }
    })
    .ok()?;
    let (at, len) = found?;
    let (before, rest) = body.split_at_checked(at)?;
    let (_, after) = rest.split_at_checked(len)?;
    Some(format!("{before}{}{after}", serde_json::Value::from(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_id_is_replaced() {
        let body = "{ \"a\": {\"id\": 1},\n \"id\" : \"evt_1\", \"n\": 1.10 }";
        let new = "{ \"a\": {\"id\": 1},\n \"id\" : \"evt_2\", \"n\": 1.10 }";
        assert_eq!(with_id(body, "evt_2").as_deref(), Some(new));
        assert_eq!(with_id(r#"{"id":{"x":1}}"#, "e").as_deref(), Some(r#"{"id":"e"}"#));
        for other in ["[]", "{}", "", "{\"id\":", "\"id\""] {
            assert_eq!(with_id(other, "evt_2"), None, "{other}");
        }
    }

    #[test]
    fn same_old_id_becomes_the_same_new_one() {
        let ids = NewIds::new(b"run");
        let body = r#"{"id":"evt_ticket_1774583010044","team_id":"t_1","data":{"ticket":{"id":"tkt_1","n":1.10,"tag_ids":["a","b"],"url":"https://x/evt_ticket_1774583010044"},"uuid_id":"25990cb8-1111-2222-3333-444444444444","external_id":"mine"}}"#;
        let new = ids.body(body.as_bytes()).unwrap();
        let (event, ticket) = (ids.id("evt_ticket_1774583010044"), ids.id("tkt_1"));
        assert!(event.starts_with("evt_") && ticket.starts_with("tkt_") && ticket.len() == 28, "{new}");
        assert_eq!(new.matches(&event).count(), 2, "{new}");
        for kept in [r#""team_id":"t_1""#, r#""n":1.10"#, r#""external_id":"mine""#, &ticket] {
            assert!(new.contains(kept), "{kept}: {new}");
        }
        let uuid = ids.id("25990cb8-1111-2222-3333-444444444444");
        assert!(is_uuid(&uuid) && new.contains(&uuid) && !new.contains("25990cb8"), "{new}");
        let number = ids.id("CST-8543");
        assert!(number.starts_with("CST-") && number.len() == 13 && number != "CST-8543", "{number}");
        assert_ne!(NewIds::new(b"other").id("tkt_1"), ticket);
        assert_eq!(ids.body(b"[]"), None);
    }
}
