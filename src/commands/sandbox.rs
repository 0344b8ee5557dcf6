//! `cstar sandbox`: the local cStar, until Ctrl-C.

use serde_json::json;

use super::Context;
use crate::host::signals::Interrupts;
use crate::ops::local_sandbox;
use crate::output::{Failure, style};
use crate::sandbox::{self, Place, Settings};

/// Run a local cStar for tests and offline work
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  cstar sandbox\n  cstar sandbox --port 5000 --rate-limit 0\n\nThen, in another terminal:\n  cstar listen --sandbox --forward-to 3000\n  cstar trigger ticket.created --sandbox"
)]
pub(crate) struct Args {
    /// Port on 127.0.0.1; 0 picks a free one
    #[arg(long, default_value_t = sandbox::DEFAULT_PORT)]
    port: u16,
    /// Requests per hour and key instead of cStar's limits; 0 for none
    #[arg(long, value_name = "N")]
    rate_limit: Option<u32>,
}

/// Runs the command.
pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let settings = Settings { rate_limit: local_sandbox::rate_limit(args.rate_limit), ..Settings::default() };
    let mut interrupts = Interrupts::listen().map_err(Failure::from)?;
    let place = Place::Directory(local_sandbox::directory(&context.env)?);
    let store = local_sandbox::open(&place, settings.history)?;
    let bound = local_sandbox::bind(args.port).await?;
    announce(context, &bound.base_url())?;
    sandbox::serve(bound, settings, store, async move { interrupts.next().await }).await;
    context.output.note("Sandbox stopped.")?;
    Ok(())
}

fn announce(context: &mut Context, base_url: &str) -> Result<(), Failure> {
    let keys = [
        ("secret test", sandbox::SECRET_TEST_KEY),
        ("secret live", sandbox::SECRET_LIVE_KEY),
        ("publishable test", sandbox::PUBLISHABLE_TEST_KEY),
        ("publishable live", sandbox::PUBLISHABLE_LIVE_KEY),
    ];
    if context.output.is_json() {
        let keys: Vec<&str> = keys.iter().map(|(_, key)| *key).collect();
        let ready =
            json!({ "type": "ready", "base_url": base_url, "team_id": sandbox::TEAM_ID, "keys": keys });
        return Ok(context.output.data(&crate::output::json::line(&ready)?)?);
    }
    context.output.data(&format!("{}  {}", style::good("Sandbox ready"), style::strong(base_url)))?;
    for (kind, key) in keys {
        context.output.data(&format!("  {:17} {key}", style::dim(&format!("{kind:16}"))))?;
    }
    context.output.note(&style::dim("State is in memory and ends with this process. Ctrl-C stops."))?;
    Ok(())
}
