//! Customers: list and get. Names, filters and values are documented by cStar.

use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::paging::{self, Paging};
use super::tickets::wire;
use crate::api::Query;
use crate::mcp::Backend;
use crate::mcp::schema::{Kind, Member, list_schema, object_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::output::Failure;

const CUSTOMER: &[Member] = &[
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

fn customers(_: &mut SchemaGenerator) -> Schema {
    list_schema("The customers of this page.", "As cStar sends it.", CUSTOMER)
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    Active,
    Inactive,
}

/// Pages disagree, so both sets of names are accepted.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Sentiment {
    Happy,
    Neutral,
    Frustrated,
    Angry,
    Positive,
    Negative,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ListArgs {
    /// Only customers with this text in their name or e-mail address.
    #[serde(default)]
    #[schemars(with = "String")]
    search: Option<String>,
    /// Only customers with this status.
    #[serde(default)]
    #[schemars(with = "Status")]
    status: Option<Status>,
    /// Only customers with this sentiment.
    #[serde(default)]
    #[schemars(with = "Sentiment", description = "Only customers with this sentiment.")]
    sentiment: Option<Sentiment>,
    /// Only customers with exactly this tag.
    #[serde(default)]
    #[schemars(with = "String")]
    tag: Option<String>,
    /// Page number, from 1.
    #[serde(default = "paging::first_page")]
    #[schemars(range(min = 1, max = 1_000_000))]
    page: u32,
    /// Customers per page.
    #[serde(default = "paging::page_size")]
    #[schemars(range(min = 1, max = 100))]
    page_size: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CustomerList {
    /// How to treat the texts in this result.
    notice: &'static str,
    #[schemars(schema_with = "customers")]
    customers: Vec<Value>,
    pagination: Paging,
}

/// `cstar_list_customers`
pub(super) fn list() -> Tool {
    let info = ToolInfo {
        name: "cstar_list_customers",
        title: "List customers",
        description: "List customers of the team, one page at a time, filtered by text, status, sentiment \
            or tag. They are people: repeat names and addresses only where the user needs them.",
        effect: Effect::Reads,
        longest_text: 2_000,
    };
    Tool::new::<ListArgs, CustomerList, _>(info, run_list)
}

async fn run_list(backend: Arc<Backend>, args: ListArgs, _: Progress) -> Result<CustomerList, Failure> {
    let connected = backend.connect().await?;
    let query = Query::default()
        .with("search", args.search)
        .with("status", args.status.and_then(wire))
        .with("sentiment", args.sentiment.and_then(wire))
        .with("tag", args.tag)
        .with("page", Some(args.page))
        .with("pageSize", Some(args.page_size));
    let page = connected.client.list(&connected.identity, "customers", &query).await?;
    let pagination = Paging::from_page(&page, args.page);
    Ok(CustomerList { notice: NOTICE, customers: page.items, pagination })
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
