//! `cstar sandbox --healthcheck`: whether a sandbox is ready, as an exit code. For images without a shell.

use std::time::Duration;

use serde_json::{Value, json};

use super::state_dir::DataDir;
use crate::account;
use crate::commands::Context;
use crate::net::{self, BaseUrl, Trust};
use crate::output::{Failure, style};
use crate::sandbox_info::{self, running};

/// For everything: docker waits 30 s by default, and a probe must not hang.
const TIME_LIMIT: Duration = Duration::from_secs(3);
const PATH: &str = "/_sandbox/ready";
/// The most of an answer that is read, in bytes.
const LARGEST: usize = 16 * 1024;

#[derive(clap::Args, Clone, Debug)]
pub(super) struct Healthcheck {
    /// Start nothing: exit with 0 if the sandbox at URL, or the running one, is ready, and with 1 if not
    #[arg(
        long,
        value_name = "URL",
        value_parser = parse,
        num_args = 0..=1,
        conflicts_with_all = [
            "port", "bind", "allow_host", "keys_file", "rate_limit", "cors_origin", "ephemeral", "log_bodies", "chaos",
            "chaos_seed", "exit_on_stdin_eof", "import", "seed",
        ],
    )]
    healthcheck: Option<Option<BaseUrl>>,
}

impl Healthcheck {
    /// The URL, if there is one. `None` if the sandbox is to be started.
    pub(super) fn address(&self) -> Option<Option<BaseUrl>> {
        self.healthcheck.clone()
    }
}

/// No key is sent, so plain http to any host is allowed.
fn parse(text: &str) -> Result<BaseUrl, String> {
    BaseUrl::parse_stored(text).map_err(|error| error.to_string())
}

pub(super) async fn run(
    context: &mut Context,
    address: Option<BaseUrl>,
    directory: &DataDir,
) -> Result<(), Failure> {
    let base = address.map_or_else(|| running_base(context, directory), Ok)?;
    let asked = tokio::time::timeout(TIME_LIMIT, ask(&base)).await;
    let asked = asked.unwrap_or_else(|_| Err(format!("no answer within {} s", TIME_LIMIT.as_secs())));
    // Always 1, because docker knows only 0 and 1.
    asked.map_err(|reason| Failure::failed(format!("the sandbox at {base} is not ready: {reason}")))?;
    let ready = json!({ "ready": true, "base_url": base.to_string() });
    context.output.show(&ready, |out| out.text(&format!("{}  {base}", style::good("Ready"))))
}

/// The address in `CSTAR_SANDBOX`, that of the running sandbox, or the default one.
fn running_base(context: &Context, directory: &DataDir) -> Result<BaseUrl, Failure> {
    let variable = account::sandbox_address(&context.env)?;
    let running = || running::find(&directory.resolve(&context.env).ok()?).map(|running| running.base_url);
    let usual = || format!("http://127.0.0.1:{}", sandbox_info::DEFAULT_PORT);
    let text = variable.or_else(running).unwrap_or_else(usual);
    BaseUrl::parse_stored(&text).map_err(|error| Failure::usage(format!("`{text}` is no base URL: {error}")))
}

async fn ask(base: &BaseUrl) -> Result<(), String> {
    let client = net::api_client(base, &Trust::default()).map_err(|error| error.to_string())?;
    let response = client.get(base.join(PATH)).send().await;
    let mut response = response.map_err(|error| net::error_chain::error_message(&error))?;
    let status = response.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| net::error_chain::error_message(&error))?
        && bytes.len() <= LARGEST
    {
        bytes.extend_from_slice(&chunk);
    }
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if status.is_success() && body.get("ready") == Some(&Value::Bool(true)) {
        return Ok(());
    }
    let message = body.pointer("/error/message").and_then(Value::as_str);
    let message =
        message.map(|text| text.trim_start_matches("The sandbox is not ready: ").trim_end_matches('.'));
    Err(message
        .map_or_else(|| format!("something else answered with HTTP {}", status.as_u16()), str::to_owned))
}
