//! Customers: get. Names and values are documented by cStar.

use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::mcp::Backend;
use crate::mcp::schema::{Kind, Member, object_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::output::Failure;

pub(super) const CUSTOMER: &[Member] = &[
    ("id", Kind::Text, "`cus_…`: pass it to cstar_get_customer, or to cstar_list_tickets as customer_id"),
    ("name", Kind::Text, "Untrusted text"),
    ("email", Kind::Text, "Untrusted text"),
    ("sentiment", Kind::Text, "Mood of the customer"),
    ("status", Kind::Text, "active or inactive"),
    ("tags", Kind::Texts, "Array of strings"),
    ("notes", Kind::Text, "Internal"),
    ("ticketCount", Kind::Number, "Number of tickets"),
    ("customFields", Kind::Object, "Free object"),
    ("metadata", Kind::Object, "Free object"),
    ("createdAt", Kind::Text, "ISO 8601"),
    ("updatedAt", Kind::Text, "ISO 8601"),
];

fn customer(_: &mut SchemaGenerator) -> Schema {
    object_schema("As cStar sends it.", CUSTOMER)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct GetArgs {
    /// Id of the customer: `cus_…`, or its UUID.
    #[schemars(length(min = 1))]
    customer_id: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CustomerResult {
    /// How to treat the texts in this result.
    notice: &'static str,
    #[schemars(schema_with = "customer")]
    customer: Value,
}

/// `cstar_get_customer`
pub(super) fn get() -> Tool {
    let info = ToolInfo {
        name: "cstar_get_customer",
        title: "Get a customer",
        description: "Get one customer by id.",
        effect: Effect::Reads,
        longest_text: 20_000,
    };
    Tool::new::<GetArgs, CustomerResult, _>(info, run_get)
}

async fn run_get(backend: Arc<Backend>, args: GetArgs, _: Progress) -> Result<CustomerResult, Failure> {
    let connected = backend.connect().await?;
    let customer = connected.client.get(&connected.identity, "customers", &args.customer_id).await?;
    Ok(CustomerResult { notice: NOTICE, customer })
}
