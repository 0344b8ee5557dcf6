//! The flat payload: key members repeated at the root of the body, for tools that cannot read nested members.
//!
//! Documented for `ticket.created` only (`ticket_id`, `ticket_title`, `ticket_priority`, `customer_name`,
//! `customer_email`); the same rule for every other object is ours.

use serde_json::{Map, Value};

/// The members of each object in `data` that are repeated.
const MEMBERS: [&str; 6] = ["id", "title", "name", "email", "priority", "status"];

/// `body` with these members after its own, which keep their bytes. A body that is no event is unchanged.
pub(crate) fn flatten(body: &[u8]) -> Vec<u8> {
    let extra = extra(body);
    let own = body.strip_suffix(b"}");
    let (Some(own), false) = (own, extra.is_empty()) else { return body.to_vec() };
    let mut flat = own.to_vec();
    let members = Value::Object(extra).to_string();
    flat.push(b',');
    flat.extend_from_slice(members.strip_prefix('{').unwrap_or_default().as_bytes());
    flat
}

fn extra(body: &[u8]) -> Map<String, Value> {
    let Ok(Value::Object(event)) = serde_json::from_slice(body) else { return Map::new() };
    let objects = event.get("data").and_then(Value::as_object).into_iter().flatten();
    let objects = objects.filter_map(|(name, value)| Some((name, value.as_object()?)));
    let mut extra = Map::new();
    for (object, members) in objects.filter(|(name, _)| *name != "changes") {
        for name in MEMBERS {
            let flat = format!("{object}_{name}");
            let value = members.get(name).filter(|value| !value.is_object() && !value.is_array());
            if let (Some(value), false) = (value, event.contains_key(&flat)) {
                extra.insert(flat, value.clone());
            }
        }
    }
    extra
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_members_are_copied_to_the_root() {
        let body = br#"{"id":"evt_1","type":"ticket.created","data":{"ticket":{"id":"t","title":"T \u00e9","priority":"high","tags":[]},"customer":{"id":"c","name":"N","email":"e"},"changes":{"id":"x"}}}"#;
        let flat = flatten(body);
        assert!(flat.starts_with(body.strip_suffix(b"}").unwrap()));
        let value: Value = serde_json::from_slice(&flat).unwrap();
        for (name, expected) in [
            ("ticket_id", "t"),
            ("ticket_title", "T é"),
            ("ticket_priority", "high"),
            ("customer_name", "N"),
            ("customer_email", "e"),
        ] {
            assert_eq!(value[name], expected, "{name}");
        }
        assert!(value.get("changes_id").is_none() && value["data"]["ticket"]["id"] == "t");
    }

    #[test]
    fn other_bodies_are_sent_unchanged() {
        for body in [r#"{"id":"e","data":{}}"#, "{}", "[]", "no json", r#"{"data":{"team":{"theme":"x"}}}"#] {
            assert_eq!(flatten(body.as_bytes()), body.as_bytes());
        }
    }
}
