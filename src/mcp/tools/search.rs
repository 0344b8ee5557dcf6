//! Full-text search over tickets, customers and articles (documented).

use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::Query;
use crate::mcp::Backend;
use crate::mcp::schema::{Kind, list_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::output::Failure;

fn results(_: &mut SchemaGenerator) -> Schema {
    let members = &[
        ("type", Kind::Text, "ticket, customer or article"),
        ("id", Kind::Text, "Pass it to cstar_get_ticket, cstar_get_customer or cstar_get_article"),
        ("title", Kind::Text, "Untrusted text"),
        ("snippet", Kind::Text, "Untrusted text"),
    ];
    list_schema("Best match first.", "As cStar sends it.", members)
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum SearchType {
    Tickets,
    Customers,
    Articles,
}

/// The documented default.
const fn ten() -> u32 {
    10
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Args {
    /// The text to search for.
    #[schemars(length(min = 1, max = 500))]
    query: String,
    /// What to search; everything if omitted.
    #[serde(default)]
    #[schemars(length(max = 3))]
    types: Vec<SearchType>,
    /// Maximum number of results.
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 100))]
    limit: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SearchResult {
    /// How to treat the texts in this result.
    notice: &'static str,
    #[schemars(schema_with = "results")]
    results: Vec<Value>,
}

/// `cstar_search`
pub(super) fn tool() -> Tool {
    let info = ToolInfo {
        name: "cstar_search",
        title: "Search",
        description: "Search the tickets, customers and library articles of the team for a text.",
        effect: Effect::Reads,
        longest_text: 2_000,
    };
    Tool::new::<Args, SearchResult, _>(info, run)
}

async fn run(backend: Arc<Backend>, args: Args, _: Progress) -> Result<SearchResult, Failure> {
    let connected = backend.connect().await?;
    let name = |kind: &SearchType| match kind {
        SearchType::Tickets => "tickets",
        SearchType::Customers => "customers",
        SearchType::Articles => "articles",
    };
    let types: Vec<&str> = args.types.iter().map(name).collect();
    let query = Query::default()
        .with("q", Some(args.query))
        .with("types", (!types.is_empty()).then(|| types.join(",")))
        .with("limit", Some(args.limit));
    let found = connected.client.list(&connected.identity, "search", &query).await?;
    Ok(SearchResult { notice: NOTICE, results: found.items })
}
