//! Resolves a webhook or a delivery by its id, by the beginning of it, or by the end that terminals show.

use serde_json::Value;

use super::view;
use crate::api::Webhook;
use crate::ops::session::Session;
use crate::output::Failure;
use crate::output::error_hints::ambiguous_id;
use crate::output::width::matches_id;

const LIST: &str = "list webhooks: cstar webhooks list";

/// The webhook that `wanted` names: an id, or a part of one that is unique.
pub(super) async fn find(session: &Session, wanted: &str) -> Result<Webhook, Failure> {
    check(wanted)?;
    webhook(session.client.webhooks(&session.identity, false).await?, wanted)
}

/// Refuses an id that is too short or malformed before any request is made.
fn check(wanted: &str) -> Result<(), Failure> {
    let plain =
        wanted.trim_start_matches('…').chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    match wanted {
        "" | "whk_" | "whk" => {
            Err(Failure::usage(format!("`{wanted}` is too short for the id of a webhook")).hint(LIST))
        }
        _ if !plain => Err(Failure::usage(format!("`{wanted}` is not the id of a webhook")).hint(LIST)),
        _ => Ok(()),
    }
}

fn webhook(found: Vec<Webhook>, wanted: &str) -> Result<Webhook, Failure> {
    let mut matching: Vec<Webhook> = match found.iter().position(|webhook| webhook.id() == wanted) {
        Some(exact) => found.into_iter().skip(exact).take(1).collect(),
        None => found.into_iter().filter(|webhook| matches_id(webhook.id(), wanted)).collect(),
    };
    if matching.len() > 1 {
        let ids: Vec<&str> = matching.iter().map(Webhook::id).take(10).collect();
        return Err(ambiguous_id("webhooks", wanted, &ids));
    }
    matching.pop().ok_or_else(|| Failure::failed(format!("there is no webhook `{wanted}`")).hint(LIST))
}

/// The id of the delivery that `wanted` names. If it is not among the newest, the API has to find it.
pub(super) fn delivery<'a>(found: &'a [Value], wanted: &'a str) -> Result<&'a str, Failure> {
    let ids = || found.iter().map(|delivery| view::text(delivery, "id").unwrap_or_default());
    if ids().any(|id| id == wanted) {
        return Ok(wanted);
    }
    let matching: Vec<&str> = ids().filter(|id| matches_id(id, wanted)).take(10).collect();
    match matching.as_slice() {
        [] => Ok(wanted),
        [one] => Ok(one),
        several => Err(ambiguous_id("deliveries", wanted, several)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn chosen(wanted: &str) -> Result<String, String> {
        let ids = ["whk_abc1", "whk_abc12", "whk_b"];
        let found = ids.iter().map(|id| Webhook { raw: json!({ "id": id }) }).collect();
        let described = |failure: Failure| {
            let lines = failure.to_lines();
            lines
                .iter()
                .map(|line| anstream::adapter::strip_str(line).to_string())
                .collect::<Vec<_>>()
                .join("\n")
        };
        check(wanted).map_err(described)?;
        webhook(found, wanted).map(|webhook| webhook.id().to_owned()).map_err(described)
    }

    #[test]
    fn webhooks_resolve_by_id_or_prefix() {
        assert_eq!(chosen("whk_abc1").as_deref(), Ok("whk_abc1"), "though another begins so");
        assert_eq!(chosen("whk_abc12").as_deref(), Ok("whk_abc12"));
        assert_eq!(chosen("whk_b").as_deref(), Ok("whk_b"));
    }

    #[test]
    fn ambiguous_names_are_rejected() {
        assert!(chosen("whk_a").unwrap_err().contains("name one of them: whk_abc1, whk_abc12"));
        for none in ["whk_x", "abc1", "whk_abc123", "WHK_B"] {
            assert!(chosen(none).unwrap_err().contains("there is no webhook"), "{none}");
        }
        for all in ["", "whk", "whk_"] {
            assert!(chosen(all).unwrap_err().contains("is too short for the id of a webhook"), "{all}");
        }
        for odd in ["whk_b/../x", "whk b", "whk_b?x", "%77hk_b"] {
            assert!(chosen(odd).unwrap_err().contains("is not the id of a webhook"), "{odd}");
        }
    }

    #[test]
    fn older_deliveries_are_left_to_the_api() {
        let found = [json!({"id": "dlv_a1"}), json!({"id": "dlv_a2"}), json!({"id": "dlv_b"}), json!(7)];
        assert_eq!(delivery(&found, "dlv_a1").unwrap(), "dlv_a1");
        assert_eq!(delivery(&found, "dlv_b").unwrap(), "dlv_b");
        assert_eq!(delivery(&found, "dlv_old").unwrap(), "dlv_old");
        assert!(delivery(&found, "dlv_a").is_err());
        let found = [json!({"id": "dlv_0123456789ab"}), json!({"id": "dlv_0123456789cd"})];
        assert_eq!(delivery(&found, "…456789cd").unwrap(), "dlv_0123456789cd", "as a terminal shows it");
    }
}
