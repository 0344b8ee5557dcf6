//! Resolves a webhook or a delivery by its id, by the beginning of it, or by the end that terminals show.

use serde_json::Value;

use super::view;
use crate::api::Webhook;
use crate::ops::session::Session;
use crate::output::Failure;
use crate::output::error_hints::find_by_id;
use crate::output::width::matches_id;

const LIST: &str = "list webhooks: cstar webhooks list";

/// The webhook that `wanted` names: an id, or a part of one that is unique.
pub(super) async fn find(session: &Session, wanted: &str) -> Result<Webhook, Failure> {
    check(wanted)?;
    webhook(&session.client.webhooks(&session.identity, false).await?, wanted)
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

fn webhook(found: &[Webhook], wanted: &str) -> Result<Webhook, Failure> {
    find_by_id("webhooks", found, wanted, Webhook::id, |webhook| matches_id(webhook.id(), wanted))?
        .cloned()
        .ok_or_else(|| Failure::failed(format!("there is no webhook `{wanted}`")).hint(LIST))
}

/// The id of the delivery that `wanted` names. If it is not among the newest, the API has to find it.
pub(super) fn delivery<'a>(found: &'a [Value], wanted: &'a str) -> Result<&'a str, Failure> {
    let matches = |delivery: &Value| matches_id(id(delivery), wanted);
    Ok(find_by_id("deliveries", found, wanted, id, matches)?.map_or(wanted, id))
}

fn id(delivery: &Value) -> &str {
    view::text(delivery, "id").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn chosen(wanted: &str) -> Result<String, String> {
        let found = ["whk_abc1", "whk_abc12", "whk_b"].map(|id| Webhook { raw: json!({ "id": id }) });
        let chosen = check(wanted).and_then(|()| webhook(&found, wanted));
        chosen.map(|webhook| webhook.id().to_owned()).map_err(|failure| failure.plain_text())
    }

    #[test]
    fn webhooks_resolve_by_id_or_prefix() {
        for (wanted, id) in [("whk_abc1", "whk_abc1"), ("whk_abc12", "whk_abc12"), ("whk_b", "whk_b")] {
            assert_eq!(chosen(wanted).as_deref(), Ok(id));
        }
        assert!(chosen("whk_a").unwrap_err().contains("name one of them: whk_abc1, whk_abc12"));
        for (wanted, problem) in [
            (&["whk_x", "abc1", "whk_abc123", "WHK_B"][..], "there is no webhook"),
            (&["", "whk", "whk_"], "is too short for the id of a webhook"),
            (&["whk_b/../x", "whk b", "whk_b?x", "%77hk_b"], "is not the id of a webhook"),
        ] {
            for wanted in wanted {
                assert!(chosen(wanted).unwrap_err().contains(problem), "{wanted}");
            }
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
