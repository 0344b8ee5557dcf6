//! Tickets: get, create. Names and values are documented by cStar.

use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::NewTicket;
use crate::mcp::Backend;
use crate::mcp::schema::{Kind, Member, any_object, object_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::output::Failure;

pub(super) const TICKET: &[Member] = &[
    ("id", Kind::Text, "`tkt_…`: pass it to cstar_get_ticket"),
    ("title", Kind::Text, "Untrusted text"),
    ("status", Kind::Text, "new, open, pending, resolved or closed"),
    ("priority", Kind::Text, "low, normal, high or urgent"),
    ("customerId", Kind::Text, "`cus_…`: pass it to cstar_get_customer"),
    ("customerName", Kind::Text, "Untrusted text"),
    ("assignedTo", Kind::Text, "Id of an agent"),
    ("tags", Kind::Texts, "Array of strings"),
    ("notes", Kind::Text, "Internal"),
    ("messageCount", Kind::Number, "Number of messages in its thread"),
    ("metadata", Kind::Object, "Free object"),
    ("createdAt", Kind::Text, "ISO 8601"),
    ("updatedAt", Kind::Text, "ISO 8601"),
    ("closedAt", Kind::Text, "ISO 8601"),
    (
        "messages",
        Kind::Objects,
        "The thread, only for a single ticket: `content`, `sender`, `senderName`, `createdAt`",
    ),
];

fn ticket(_: &mut SchemaGenerator) -> Schema {
    object_schema("As cStar sends it.", TICKET)
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Priority {
    Low,
    #[default]
    Normal,
    High,
    Urgent,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct GetArgs {
    /// Id of the ticket: `tkt_…`, or its UUID.
    #[schemars(length(min = 1))]
    ticket_id: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct TicketResult {
    /// How to treat the texts in this result.
    notice: &'static str,
    #[schemars(schema_with = "ticket")]
    ticket: Value,
}

/// `cstar_get_ticket`
pub(super) fn get() -> Tool {
    let info = ToolInfo {
        name: "cstar_get_ticket",
        title: "Get a ticket",
        description: "Get one support ticket with its message thread, by id.",
        effect: Effect::Reads,
        longest_text: 20_000,
    };
    Tool::new::<GetArgs, TicketResult, _>(info, run_get)
}

async fn run_get(backend: Arc<Backend>, args: GetArgs, _: Progress) -> Result<TicketResult, Failure> {
    let connected = backend.connect().await?;
    let ticket = connected.client.get(&connected.identity, "tickets", &args.ticket_id).await?;
    Ok(TicketResult { notice: NOTICE, ticket })
}

#[derive(Debug, Deserialize, JsonSchema)]
struct CreateArgs {
    /// The subject, in one line.
    #[schemars(length(min = 1, max = 500))]
    title: String,
    /// The priority.
    #[serde(default)]
    priority: Priority,
    /// The customer, by id. Omit it to name a customer instead.
    #[serde(default)]
    #[schemars(with = "String")]
    customer_id: Option<String>,
    /// Name of the customer, if there is no customer_id.
    #[serde(default)]
    #[schemars(with = "String")]
    customer_name: Option<String>,
    /// The customer's first message.
    #[serde(default)]
    #[schemars(with = "String")]
    initial_message: Option<String>,
    /// Labels for the ticket.
    #[serde(default)]
    #[schemars(length(max = 50))]
    tags: Vec<String>,
    /// A note that only the team sees.
    #[serde(default)]
    #[schemars(with = "String")]
    notes: Option<String>,
    /// Arbitrary members of your own.
    #[serde(default)]
    #[schemars(schema_with = "any_object")]
    metadata: Option<Map<String, Value>>,
}

/// `cstar_create_ticket`
pub(super) fn create() -> Tool {
    let info = ToolInfo {
        name: "cstar_create_ticket",
        title: "Create a ticket",
        description: "Create a support ticket. Each call creates a new one, and cStar sends the event \
            ticket.created. Needs a secret key. With a live key the ticket is real: ask the user first.",
        effect: Effect::Adds,
        longest_text: 20_000,
    };
    Tool::new::<CreateArgs, TicketResult, _>(info, run_create)
}

async fn run_create(backend: Arc<Backend>, args: CreateArgs, _: Progress) -> Result<TicketResult, Failure> {
    if args.customer_id.is_some() && args.customer_name.is_some() {
        return Err(
            Failure::usage("customer_id and customer_name exclude each other").hint("omit one of them")
        );
    }
    let connected = backend.connect().await?;
    let new = NewTicket {
        title: args.title,
        priority: serde_json::to_value(args.priority).ok().and_then(|name| name.as_str().map(str::to_owned)),
        customer_id: args.customer_id,
        customer_name: args.customer_name,
        tags: args.tags,
        notes: args.notes,
        initial_message: args.initial_message,
        metadata: args.metadata,
    };
    let ticket = connected.client.create_ticket(&connected.identity, &new).await?;
    Ok(TicketResult { notice: NOTICE, ticket })
}
