//! Waits for an event, such as the effect of what the user or the agent just did.

mod local_history;
mod matcher;
mod next;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use super::deliveries::{self, EVENT};
use crate::event::ReceivedEvent;
use crate::history::EventDetail;
use crate::mcp::Backend;
use crate::mcp::schema::{Kind, object_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::output::Failure;
use crate::output::history_json;
use local_history::delivery_summary;
use matcher::EventMatcher;
use next::{Match, Wait};

fn a_minute() -> u32 {
    60
}

fn half_a_minute() -> u32 {
    30
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Args {
    /// Types or patterns: ticket.created, ticket.*; any event if omitted.
    #[serde(default)]
    #[schemars(length(max = 50))]
    types: Vec<String>,
    /// Only an event whose body contains this text, such as the id of a ticket.
    #[serde(default)]
    #[schemars(with = "String", length(max = 1_000))]
    containing: Option<String>,
    /// Only an event whose body matches all of these, such as data.ticket.priority=urgent, data.ticket.id!=tkt_1,
    /// data.ticket.title~(?i)refund or data.ticket.assignee exists.
    #[serde(default)]
    #[schemars(length(max = 20))]
    filters: Vec<String>,
    /// How long to wait.
    #[serde(default = "a_minute")]
    #[schemars(range(min = 1, max = 300))]
    timeout_seconds: u32,
    /// Also accept an event that `cstar listen` received on this machine up to this many seconds before this
    /// call; 0 waits for new events only.
    #[serde(default = "half_a_minute")]
    #[schemars(range(min = 0, max = 3600))]
    lookback_seconds: u32,
}

fn event(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    object_schema(
        "The event.",
        &[
            ("id", Kind::Text, "Pass it to cstar_explain_delivery"),
            ("type", Kind::Text, "The event type"),
            ("received_at", Kind::Text, "ISO 8601"),
            ("request_id", Kind::Text, "The API request that caused it"),
            ("body", Kind::Object, "The event as delivered (untrusted)"),
        ],
    )
}

fn delivery(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    object_schema("Its delivery on this machine, if `cstar listen` runs here.", EVENT)
}

#[derive(Debug, Serialize, JsonSchema)]
struct WaitResult {
    /// Whether such an event was received.
    received: bool,
    /// The conclusion, and what to do.
    conclusion: String,
    /// How to treat the texts in this result.
    notice: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "event")]
    event: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "delivery")]
    delivery: Option<Value>,
}

/// `cstar_wait_for_event`
pub(super) fn tool() -> Tool {
    let info = ToolInfo {
        name: "cstar_wait_for_event",
        title: "Wait for an event",
        description: "Wait until cStar sends a matching event, and return it, with the state of its \
            delivery if `cstar listen` runs on this machine. An event that it received shortly before the call \
            counts too. Reports progress; can be cancelled. Needs a secret key.",
        effect: Effect::Reads,
        longest_text: 8_000,
    };
    Tool::new::<Args, WaitResult, _>(info, run)
}

async fn run(backend: Arc<Backend>, args: Args, progress: Progress) -> Result<WaitResult, Failure> {
    let matcher = EventMatcher {
        patterns: deliveries::patterns(&args.types)?,
        containing: args.containing,
        filters: deliveries::filters(&args.filters)?,
    };
    let deadline = Instant::now() + Duration::from_secs(args.timeout_seconds.into());
    let ago = SignedDuration::from_secs(args.lookback_seconds.into());
    let since = backend.now().checked_sub(ago).ok().filter(|_| args.lookback_seconds > 0);
    let connected = backend.connect().await?;
    let wait = Wait { backend: &backend, matcher: &matcher, deadline, limit: args.timeout_seconds, since };
    match progress.waiting(wait.next_event(&connected, &progress)).await? {
        Some(found) => {
            let (event, id) = match found {
                Match::Streamed(event) => from_stream(&event),
                Match::Recorded(event) => from_history(&event),
            };
            Ok(received(&backend, event, &id, deadline).await)
        }
        None => Ok(WaitResult {
            received: false,
            conclusion: format!(
                "No such event was received within {} s. Was the action done, with the same team and environment \
                 (cstar_get_status)? cstar_list_deliveries shows earlier events.",
                args.timeout_seconds
            ),
            notice: NOTICE,
            event: None,
            delivery: None,
        }),
    }
}

fn from_history(event: &EventDetail) -> (Value, String) {
    let id = event.id.clone().unwrap_or_default();
    let value = serde_json::json!({
        "id": id,
        "type": event.event_type,
        "received_at": history_json::time(event.received_at),
        "request_id": event.request_id,
        "body": body(&event.body),
    });
    (value, id)
}

fn from_stream(event: &ReceivedEvent) -> (Value, String) {
    let value = serde_json::json!({
        "id": event.id,
        "type": event.event_type,
        "received_at": history_json::time(event.received_at),
        "request_id": event.request_id,
        "body": body(&event.body),
    });
    (value, event.id.clone())
}

fn body(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned().into())
}

async fn received(backend: &Backend, event: Value, id: &str, deadline: Instant) -> WaitResult {
    let delivery = delivery_summary(backend, id, deadline).await;
    let state = delivery.as_ref().and_then(|one| one.get("status")).and_then(Value::as_str);
    let conclusion = match state {
        Some("delivered") => "It was received, and the local server accepted it.".to_owned(),
        Some("failed") => format!(
            "It was received, but its delivery to the local server failed: cstar_explain_delivery with event_id {id} explains why."
        ),
        Some(_) => format!(
            "It was received and is being delivered: cstar_explain_delivery with event_id {id} shows the outcome."
        ),
        None => {
            "It was received. No `cstar listen` on this machine delivers it to a local server.".to_owned()
        }
    };
    WaitResult { received: true, conclusion, notice: NOTICE, event: Some(event), delivery }
}
