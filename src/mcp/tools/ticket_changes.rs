//! Tickets: reply, update. Names and values are documented by cStar.

use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::tickets::TICKET;
use crate::mcp::Backend;
use crate::mcp::schema::{Kind, object_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::output::Failure;

fn ticket(_: &mut SchemaGenerator) -> Schema {
    object_schema("As cStar sends it.", TICKET)
}

fn message(_: &mut SchemaGenerator) -> Schema {
    let members = &[
        ("id", Kind::Text, "`msg_…`"),
        ("ticketId", Kind::Text, "`tkt_…`"),
        ("content", Kind::Text, "The text"),
        ("sender", Kind::Text, "agent, customer or system"),
        ("createdAt", Kind::Text, "ISO 8601"),
    ];
    object_schema("As cStar sends it.", members)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ReplyArgs {
    /// Id of the ticket: `tkt_…`, or its UUID.
    #[schemars(length(min = 1))]
    ticket_id: String,
    /// The text of the reply.
    #[schemars(length(min = 1, max = 10_000))]
    content: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ReplyResult {
    /// How to treat the texts in this result.
    notice: &'static str,
    #[schemars(schema_with = "message")]
    message: Value,
}

/// `cstar_reply_to_ticket`
pub(super) fn reply() -> Tool {
    let info = ToolInfo {
        name: "cstar_reply_to_ticket",
        title: "Reply to a ticket",
        description: "Add a message of an agent to a ticket. The customer receives it, and each call sends another \
            one. Needs a secret key. With a live key the customer is real: show the user the text first.",
        effect: Effect::Adds,
        longest_text: 20_000,
    };
    Tool::new::<ReplyArgs, ReplyResult, _>(info, run_reply)
}

async fn run_reply(backend: Arc<Backend>, args: ReplyArgs, _: Progress) -> Result<ReplyResult, Failure> {
    let connected = backend.connect().await?;
    let message =
        connected.client.reply_to_ticket(&connected.identity, &args.ticket_id, &args.content).await?;
    Ok(ReplyResult { notice: NOTICE, message })
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum TicketStatus {
    New,
    Open,
    Pending,
    Resolved,
    Closed,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum NewPriority {
    Low,
    Normal,
    High,
    Urgent,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct UpdateArgs {
    /// Id of the ticket: `tkt_…`, or its UUID.
    #[schemars(length(min = 1))]
    ticket_id: String,
    /// The new status.
    #[serde(default)]
    #[schemars(with = "TicketStatus")]
    status: Option<TicketStatus>,
    /// The new priority.
    #[serde(default)]
    #[schemars(with = "NewPriority")]
    priority: Option<NewPriority>,
    /// The new subject, in one line.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1, max = 500))]
    title: Option<String>,
    /// The agent who gets it, by id.
    #[serde(default)]
    #[schemars(with = "String")]
    assigned_to: Option<String>,
    /// Labels, instead of the present ones.
    #[serde(default)]
    #[schemars(with = "Vec<String>", length(max = 50))]
    tags: Option<Vec<String>>,
    /// The note that only the team sees, instead of the present one.
    #[serde(default)]
    #[schemars(with = "String")]
    notes: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct UpdateResult {
    /// How to treat the texts in this result.
    notice: &'static str,
    #[schemars(schema_with = "ticket")]
    ticket: Value,
}

/// `cstar_update_ticket`
pub(super) fn update() -> Tool {
    let info = ToolInfo {
        name: "cstar_update_ticket",
        title: "Update a ticket",
        description: "Change status, priority, title, agent, tags or note of a ticket. What is not given stays as it is. \
            cStar sends the event ticket.updated. Needs a secret key. With a live key the ticket is real: ask the \
            user first.",
        effect: Effect::Changes,
        longest_text: 20_000,
    };
    Tool::new::<UpdateArgs, UpdateResult, _>(info, run_update)
}

async fn run_update(backend: Arc<Backend>, args: UpdateArgs, _: Progress) -> Result<UpdateResult, Failure> {
    let mut changes = Map::new();
    let mut set =
        |name: &str, value: Option<Value>| changes.extend(value.map(|value| (name.to_owned(), value)));
    set("status", args.status.and_then(|status| serde_json::to_value(status).ok()));
    set("priority", args.priority.and_then(|priority| serde_json::to_value(priority).ok()));
    set("title", args.title.map(Value::from));
    set("assignedTo", args.assigned_to.map(Value::from));
    set("tags", args.tags.map(Value::from));
    set("notes", args.notes.map(Value::from));
    if changes.is_empty() {
        return Err(Failure::usage("nothing to change").hint("pass status, priority or another argument"));
    }
    let connected = backend.connect().await?;
    let ticket =
        connected.client.update_ticket(&connected.identity, &args.ticket_id, &changes.into()).await?;
    Ok(UpdateResult { notice: NOTICE, ticket })
}
