//! Who this server is to cStar, what is left of the rate limit, and which listeners run here.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::Client;
use crate::mcp::Backend;
use crate::mcp::schema::{Kind, object_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::ops::status::Status;
use crate::output::Failure;

#[derive(Debug, Deserialize, JsonSchema)]
struct Args {}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
struct StatusResult(#[schemars(schema_with = "schema")] Value);

fn schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    object_schema(
        "",
        &[
            ("team", Kind::Object, "`id`, `name` and `slug` of the team"),
            ("environment", Kind::Text, "live or test: what is done with a live key is real"),
            ("key_type", Kind::Text, "secret (may change things) or publishable (may only read)"),
            ("key", Kind::Text, "Kind and end of the key in use"),
            ("key_origin", Kind::Text, "Where the key comes from"),
            ("base_url", Kind::Text, "The server in use"),
            ("rate_limit", Kind::Object, "`limit`, `used`, `remaining` and `reset` of this hour"),
            (
                "listening",
                Kind::Objects,
                "Each `cstar listen` that runs here: `pid`, `targets`, `since`, `base_url`",
            ),
        ],
    )
}

/// `cstar_get_status`
pub(super) fn get() -> Tool {
    let info = ToolInfo {
        name: "cstar_get_status",
        title: "Show account and listeners",
        description: "Show the team, whether the data is live or test, what the key may do, what is left of \
            the rate limit, and which `cstar listen` processes run on this machine. Call it first when \
            anything is unclear.",
        effect: Effect::Reads,
        longest_text: 2_000,
    };
    Tool::new::<Args, StatusResult, _>(info, run)
}

async fn run(backend: Arc<Backend>, _: Args, _: Progress) -> Result<StatusResult, Failure> {
    let account = backend.account().await?;
    let client = Client::new(&account)?.with_time_limit(crate::mcp::backend::CALL_TIMEOUT);
    let history = backend.history_path().ok();
    let mut status = Status::offline(&account, history.as_deref(), backend.now());
    let asked = status.ask(&client).await;
    asked.map_err(|error| {
        let (key, origin, base) = (&status.key, &status.key_origin, &status.base_url);
        Failure::from(error).hint(format!("in use are the key {key} from {origin}, and {base}"))
    })?;
    Ok(StatusResult(status.to_json()))
}
