//! `cstar webhooks get`: one webhook.

use super::resolve::find;
use super::view;
use crate::commands::Context;
use crate::output::Failure;

/// Show one webhook
///
/// With the events it gets, its form of payload, and how often in a row it has failed. The signing secret
/// is not among it: `cstar webhooks rotate-secret` gives a new one.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar webhooks get whk_a1b2c3d4e5f6",
    "cstar webhooks get whk_a1b2 --json | jq .consecutiveFailures",
])]
pub(super) struct Args {
    /// Id of the webhook, or its beginning
    #[arg(value_name = "ID")]
    webhook: String,
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let session = context.session().await?;
    let found = find(&session, &args.webhook).await?;
    // Requested on its own, because the list may have fewer members.
    let webhook = session.client.webhook(&session.identity, found.id()).await?;
    context.output.show(&webhook.raw, |out| view::webhook(out, &webhook))
}
