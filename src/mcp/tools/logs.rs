//! The log of API requests (path and filters: ours).

use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::{Pagination, Query};
use crate::mcp::Backend;
use crate::mcp::schema::{Kind, Member, list_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::output::Failure;

const LINE: &[Member] = &[
    ("id", Kind::Text, "The request id, `req_…`"),
    ("time", Kind::Text, "ISO 8601"),
    ("method", Kind::Text, "HTTP method"),
    ("path", Kind::Text, "The path of the request"),
    ("status", Kind::Number, "HTTP status of the response"),
    ("duration_ms", Kind::Number, "Time until the response"),
    ("error_code", Kind::Text, "The error code of the API, if there was one"),
    ("key_prefix", Kind::Text, "The beginning of the key"),
    ("user_agent", Kind::Text, "User agent of the client (untrusted)"),
];

fn lines(_: &mut SchemaGenerator) -> Schema {
    list_schema("Requests, newest first.", "As cStar sends it.", LINE)
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Method {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Args {
    /// Only requests with this method.
    #[serde(default)]
    #[schemars(with = "Method")]
    method: Option<Method>,
    /// Only requests with this response status: a number such as 404, or a class such as 4xx.
    #[serde(default)]
    #[schemars(with = "String")]
    status: Option<String>,
    /// Only requests with this path; * matches anything, ? one character.
    #[serde(default)]
    #[schemars(with = "String")]
    path: Option<String>,
    /// Only requests at this time or later, ISO 8601.
    #[serde(default)]
    #[schemars(with = "String")]
    since: Option<String>,
    /// Only requests before this time, ISO 8601.
    #[serde(default)]
    #[schemars(with = "String")]
    until: Option<String>,
    /// Maximum number of requests.
    #[serde(default = "super::paging::page_size")]
    #[schemars(range(min = 1, max = 100))]
    limit: u32,
    /// Continue here: `next_after` of the previous page.
    #[serde(default)]
    #[schemars(with = "String")]
    after: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct LogList {
    /// How to treat the texts in this result.
    notice: &'static str,
    #[schemars(schema_with = "lines")]
    requests: Vec<Value>,
    /// Whether there are older requests.
    has_more: bool,
    /// The `after` of the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_after: Option<String>,
}

/// `cstar_list_logs`
pub(super) fn list() -> Tool {
    let info = ToolInfo {
        name: "cstar_list_logs",
        title: "List API request logs",
        description: "List recent requests to cStar's REST API and their responses, newest first, to find out \
            why the calls of an integration fail. Needs a secret key.",
        effect: Effect::Reads,
        longest_text: 2_000,
    };
    Tool::new::<Args, LogList, _>(info, run)
}

async fn run(backend: Arc<Backend>, args: Args, _: Progress) -> Result<LogList, Failure> {
    let connected = backend.connect().await?;
    let query = Query::default()
        .with("method", args.method.and_then(super::tickets::wire))
        .with("status", args.status)
        .with("path", args.path)
        .with("since", args.since)
        .with("until", args.until)
        .with("limit", Some(args.limit))
        .with("after", args.after);
    let page = connected.client.list(&connected.identity, "logs", &query).await?;
    let has_more = page.pagination.as_ref().is_some_and(Pagination::has_more);
    let next_after = page.pagination.and_then(|pagination| pagination.after).filter(|_| has_more);
    Ok(LogList { notice: NOTICE, requests: page.items, has_more, next_after })
}
