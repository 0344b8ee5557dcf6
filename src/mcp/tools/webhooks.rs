//! Webhook endpoints: lists them, and fires a test event at all of them and at listeners.

use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::Webhook;
use crate::event::Json;
use crate::mcp::Backend;
use crate::mcp::schema::{Kind, Member, any_object, any_objects, event_type, list_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::output::Failure;
use crate::output::error_hints::find_event_type;

#[derive(Debug, Deserialize, JsonSchema)]
struct TriggerArgs {
    /// The type of the event.
    #[schemars(schema_with = "event_type")]
    event: String,
    /// Merged into the `data` of the sample event, member by member: {"ticket": {"priority": "urgent"}}.
    #[serde(default)]
    #[schemars(schema_with = "any_object")]
    data: Option<Map<String, Value>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct TriggerResult {
    /// The type that was fired.
    event: String,
    /// Id of the event: pass it to cstar_explain_delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
    /// The number of endpoints and listeners that it was sent to, if cStar reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_to: Option<u64>,
    /// The responses of the endpoints, as cStar reports them.
    #[schemars(schema_with = "any_objects")]
    deliveries: Vec<Value>,
    /// What to do next.
    next: String,
}

/// `cstar_trigger_webhook`
pub(super) fn trigger() -> Tool {
    let info = ToolInfo {
        name: "cstar_trigger_webhook",
        title: "Fire a test event",
        description: "Fire a test webhook event at every active webhook endpoint of the team and at every \
            running `cstar listen`. Each call fires a new event. Needs a secret key. With a live key, real \
            endpoints receive it: ask the user first.",
        effect: Effect::Adds,
        longest_text: 2_000,
    };
    Tool::new::<TriggerArgs, TriggerResult, _>(info, run_trigger)
}

async fn run_trigger(
    backend: Arc<Backend>,
    args: TriggerArgs,
    _: Progress,
) -> Result<TriggerResult, Failure> {
    let event = find_event_type(&args.event)?.name;
    let connected = backend.connect().await?;
    let data = args.data.map(|data| Json::from(&Value::Object(data)));
    let fired = connected.client.trigger_test(&connected.identity, event, data.as_ref()).await?;
    let (event_id, delivered_to) = (fired.event_id().map(str::to_owned), fired.delivered_to());
    let next = match delivered_to {
        Some(0) => {
            "Nothing received it: no webhook is active and no `cstar listen` is running. Ask the user to run \
            `cstar listen --forward-to PORT`, then call this tool again."
                .to_owned()
        }
        _ => "cstar_explain_delivery shows its delivery on this machine.".to_owned(),
    };
    let deliveries = fired.raw.get("deliveries").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(TriggerResult { event: event.to_owned(), event_id, delivered_to, deliveries, next })
}

const WEBHOOK: &[Member] = &[
    ("id", Kind::Text, "`whk_…`"),
    ("name", Kind::Text, "Text"),
    ("url", Kind::Text, "Where events are sent"),
    ("events", Kind::Texts, "Types and patterns that it is subscribed to"),
    ("isActive", Kind::Flag, "Whether it receives events"),
    ("consecutiveFailures", Kind::Number, "Number of failed attempts in a row"),
    ("createdAt", Kind::Text, "ISO 8601"),
    ("updatedAt", Kind::Text, "ISO 8601"),
];

fn webhooks(_: &mut SchemaGenerator) -> Schema {
    list_schema("The endpoints. Signing secrets are never included.", "As cStar sends it.", WEBHOOK)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ListArgs {
    /// Only endpoints that are active.
    #[serde(default)]
    active_only: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WebhookList {
    /// How to treat the texts in this result.
    notice: &'static str,
    #[schemars(schema_with = "webhooks")]
    webhooks: Vec<Value>,
}

/// `cstar_list_webhooks`
pub(super) fn list() -> Tool {
    let info = ToolInfo {
        name: "cstar_list_webhooks",
        title: "List webhook endpoints",
        description: "List the webhook endpoints registered with cStar and the events that each is subscribed to. \
            A running `cstar listen` is not included.",
        effect: Effect::Reads,
        longest_text: 2_000,
    };
    Tool::new::<ListArgs, WebhookList, _>(info, run_list)
}

async fn run_list(backend: Arc<Backend>, args: ListArgs, _: Progress) -> Result<WebhookList, Failure> {
    let connected = backend.connect().await?;
    let found = connected.client.webhooks(&connected.identity, args.active_only).await?;
    let webhooks = found.into_iter().map(without_secret).collect();
    Ok(WebhookList { notice: NOTICE, webhooks })
}

/// The webhook without its secret, in any member, and with its events as a list.
fn without_secret(webhook: Webhook) -> Value {
    let events: Value = webhook.events().into();
    let mut raw = webhook.raw;
    if let Value::Object(members) = &mut raw {
        members.insert("events".to_owned(), events);
        for secret in ["secret", "signingSecret"] {
            members.shift_remove(secret);
        }
    }
    raw
}
