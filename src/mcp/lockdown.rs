//! `--lockdown`: withholds the texts that customers wrote from results. Ids, types, states, times and numbers stay, and
//! of each text its length. What is kept is listed here; everything else is withheld.

use serde_json::{Map, Value, json};

/// Tools whose results contain no text of customers: the catalogue, the account, and checks of signatures.
const EXEMPT: [&str; 4] =
    ["cstar_list_events", "cstar_get_status", "cstar_verify_signature", "cstar_verify_identity"];

/// Members at the top of a result that this program writes.
const OWN_TEXTS: [&str; 6] = ["notice", "conclusion", "story", "next", "hint", "signed_with"];

/// Members whose values are names or ids if they look like them.
const NAMES: [&str; 25] = [
    "id",
    "type",
    "status",
    "state",
    "priority",
    "event",
    "events",
    "object",
    "method",
    "code",
    "error_code",
    "environment",
    "sender",
    "time",
    "timestamp",
    "target",
    "url",
    "cursor",
    "next_cursor",
    "next_after",
    "last_status",
    "assignedTo",
    "assigned_to",
    "key_prefix",
    "outcome",
];

/// Members whose names are not ours either.
const FREE: [&str; 4] = ["metadata", "customFields", "custom_fields", "changes"];

/// The longest name or id that is kept.
const LONGEST: usize = 120;

/// `value`, a result of `tool`, without the texts of customers.
pub(super) fn withhold(tool: &str, value: Value) -> Value {
    if EXEMPT.contains(&tool) {
        return value;
    }
    let Value::Object(members) = value else { return withheld("", value) };
    let kept = members.into_iter().map(|(name, value)| match OWN_TEXTS.contains(&name.as_str()) {
        true => (name, value),
        false => {
            let value = withheld(&name, value);
            (name, value)
        }
    });
    kept.collect::<Map<_, _>>().into()
}

fn withheld(name: &str, value: Value) -> Value {
    match value {
        Value::String(text) if is_kept(name, &text) => Value::String(text),
        Value::String(text) => Value::String(format!("withheld ({} characters)", text.chars().count())),
        Value::Array(items) => items.into_iter().map(|item| withheld(name, item)).collect(),
        Value::Object(members) if FREE.contains(&name) || name.ends_with("headers") => {
            json!({ "withheld_members": members.len() })
        }
        Value::Object(members) => {
            let (known, free): (Vec<_>, Vec<_>) =
                members.into_iter().partition(|(name, _)| is_plain_name(name));
            let known = known.into_iter().map(|(name, value)| {
                let value = withheld(&name, value);
                (name, value)
            });
            let mut members: Map<String, Value> = known.collect();
            if !free.is_empty() {
                members.insert("withheld_members".to_owned(), free.len().into());
            }
            members.into()
        }
        other => other,
    }
}

fn is_kept(name: &str, text: &str) -> bool {
    let is_id = (name.ends_with("_id") || name.ends_with("Id")) && name != "externalId";
    let is_time = name.ends_with("_at") || name.ends_with("At");
    let is_named = is_id || is_time || NAMES.contains(&name);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/*+[]".contains(&byte);
    is_named && text.len() <= LONGEST && text.bytes().all(plain)
}

fn is_plain_name(name: &str) -> bool {
    name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_states_and_own_texts_are_kept() {
        let given = json!({
            "notice": "Ours.",
            "ticket": {
                "id": "tkt_1", "title": "Canary", "status": "open", "customerId": "cus_1", "externalId": "canary",
                "createdAt": "2026-01-01T00:00:00Z", "tags": ["canary"], "messageCount": 2, "odd name canary": 1,
                "metadata": { "canary": "canary" },
                "messages": [{ "id": "msg_1", "content": "canary\n", "sender": "customer" }],
            },
            "body": "{\"canary\":1}",
        });
        assert_eq!(
            withhold("cstar_get_ticket", given.clone()),
            json!({
                "notice": "Ours.",
                "ticket": {
                    "id": "tkt_1", "title": "withheld (6 characters)", "status": "open", "customerId": "cus_1",
                    "externalId": "withheld (6 characters)", "createdAt": "2026-01-01T00:00:00Z",
                    "tags": ["withheld (6 characters)"], "messageCount": 2, "metadata": { "withheld_members": 1 },
                    "messages": [{ "id": "msg_1", "content": "withheld (7 characters)", "sender": "customer" }],
                    "withheld_members": 1,
                },
                "body": "withheld (12 characters)",
            })
        );
        assert_eq!(withhold("cstar_get_status", given.clone()), given);
        assert_eq!(withheld("status", json!("open the canary")), json!("withheld (15 characters)"));
    }
}
