//! Checks whether an identity signature matches a customer, and explains why not.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::signature::as_secret;
use crate::Secret;
use crate::identity::{explain, read_sent, verify};
use crate::mcp::Backend;
use crate::mcp::schema::any_object;
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::output::Failure;

#[derive(Debug, Deserialize, JsonSchema)]
struct Args {
    /// The customer as the chat widget sends it: externalId, email, name, timestamp.
    #[schemars(schema_with = "any_object")]
    customer: Map<String, Value>,
    /// The signature that the server of the user made: 64 hex digits.
    signature: String,
    /// The key in the configuration of that server. Default: CSTAR_IDENTITY_KEY of this MCP server.
    #[serde(default, deserialize_with = "as_secret")]
    #[schemars(with = "String")]
    key: Option<Secret>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct IdentityResult {
    /// Whether the signature matches this customer and this key.
    valid: bool,
    /// Why it is rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The mistakes that explain it.
    causes: Vec<String>,
    /// The conclusion, and what to do.
    conclusion: &'static str,
}

/// `cstar_verify_identity`
pub(super) fn tool() -> Tool {
    let info = ToolInfo {
        name: "cstar_verify_identity",
        title: "Verify an identity signature",
        description: "Check whether the signature that names a customer to the chat widget matches, and if not, find out \
            why: unsorted members, spaces in the JSON, base64, a time in milliseconds, another key. Offline.",
        effect: Effect::ReadsHere,
        longest_text: 2_000,
    };
    Tool::new::<Args, IdentityResult, _>(info, run)
}

async fn run(backend: Arc<Backend>, args: Args, _: Progress) -> Result<IdentityResult, Failure> {
    let Some(key) = args.key.or_else(|| backend.env_identity_key()) else {
        return Err(Failure::usage("there is no key to check with")
            .hint("pass `key`, or set CSTAR_IDENTITY_KEY in the environment of this MCP server"));
    };
    let json = Value::Object(args.customer).to_string();
    let sent = read_sent(json.as_bytes(), None).map_err(|error| Failure::usage(error.to_string()))?;
    let result = verify(&sent.customer, &args.signature, key.expose());
    let mut causes: Vec<_> = sent.problems.iter().map(|(cause, _)| *cause).collect();
    for cause in explain(&sent.customer, &args.signature, key.expose(), &[]) {
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    let problem = sent.problems.into_iter().next().map(|(_, detail)| detail);
    let reason = result.err().map(|error| error.to_string()).or(problem);
    let conclusion = match (&reason, causes.is_empty()) {
        (None, _) => "The signature matches the customer and the key.",
        (Some(_), false) => "Fix the causes where the signature is made, then check again.",
        (Some(_), true) => {
            "No usual mistake explains it: the key is another one, or other values were signed than these."
        }
    };
    let causes = causes.iter().map(ToString::to_string).collect();
    Ok(IdentityResult { valid: reason.is_none(), reason, causes, conclusion })
}
