//! The account, the rate limit, and the listeners on this machine.

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
            ("environment", Kind::Text, "live or test; actions with a live key are real"),
            ("key_type", Kind::Text, "secret (may change data) or publishable (may only read)"),
            ("key", Kind::Text, "Prefix and end of the key in use"),
            ("key_origin", Kind::Text, "Where the key comes from"),
            ("base_url", Kind::Text, "The server in use"),
            ("rate_limit", Kind::Object, "`limit`, `used`, `remaining` and `reset` of this hour"),
            (
                "listening",
                Kind::Objects,
                "Each `cstar listen` on this machine: `pid`, `targets`, `since`, `base_url`",
            ),
        ],
    )
}

/// `cstar_get_status`
pub(super) fn get() -> Tool {
    let info = ToolInfo {
        name: "cstar_get_status",
        title: "Show account and listeners",
        description: "Show the team, whether the data is live or test, what the key may do, the remaining \
            rate limit, and which `cstar listen` processes run on this machine. Call it first if \
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
        Failure::from(error).hint(format!("the key in use is {key} from {origin}, for {base}"))
    })?;
    Ok(StatusResult(status.to_json()))
}
