//! The catalogue of event types, with samples. Works offline.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::event::{self, Category, EventType};
use crate::mcp::Backend;
use crate::mcp::resources::sample;
use crate::mcp::schema::{Kind, event_type, object_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::output::Failure;

/// The categories as on the command line.
fn category(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "string", "enum": Category::ALL.map(Category::slug) })
}

fn sample_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    object_schema(
        "A sample body, if `event` was given.",
        &[
            ("id", Kind::Text, "Unique per event; use it to process each event once"),
            ("type", Kind::Text, "The event type"),
            ("created_at", Kind::Text, "ISO 8601"),
            ("team_id", Kind::Text, "Id of the team"),
            ("data", Kind::Object, "What the event is about"),
        ],
    )
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Args {
    /// Only the types of this category.
    #[serde(default)]
    #[schemars(schema_with = "category")]
    category: Option<String>,
    /// Only this type, with a complete sample body.
    #[serde(default)]
    #[schemars(schema_with = "event_type")]
    event: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct EventTypeList {
    /// The types.
    events: Vec<EventTypeSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "sample_schema")]
    sample: Option<Value>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct EventTypeSummary {
    /// The name, as in webhooks and patterns.
    r#type: &'static str,
    category: &'static str,
    /// When it fires.
    description: &'static str,
    /// How completely cStar documents its data: documented, partial or modelled.
    payload: &'static str,
}

impl EventTypeSummary {
    fn from_type(event: &EventType) -> Self {
        let (category, payload) = (event.category.slug(), event.payload.label());
        Self { r#type: event.name, category, description: event.description, payload }
    }
}

/// `cstar_list_events`
pub(super) fn list() -> Tool {
    let info = ToolInfo {
        name: "cstar_list_events",
        title: "List event types",
        description: "List the types of webhook events that cStar sends, and show a complete sample of one. \
            Works without an account.",
        effect: Effect::ReadsHere,
        longest_text: 20_000,
    };
    Tool::new::<Args, EventTypeList, _>(info, run)
}

async fn run(backend: Arc<Backend>, args: Args, _: Progress) -> Result<EventTypeList, Failure> {
    let category = args.category.as_deref().and_then(Category::parse);
    let chosen = |event: &&EventType| {
        category.is_none_or(|category| event.category == category)
            && args.event.as_deref().is_none_or(|name| event.name == name)
    };
    let events = event::catalogue().iter().filter(chosen).map(EventTypeSummary::from_type).collect();
    let sample = args.event.as_deref().and_then(event::find).map(|event| sample(event, backend.now()));
    Ok(EventTypeList { events, sample })
}
