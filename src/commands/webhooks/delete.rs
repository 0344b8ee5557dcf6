//! `cstar webhooks delete`: the end of a webhook, after a yes.

use super::confirm::{Question, confirm};
use super::{Asker, view};
use crate::commands::Context;
use crate::output::{Failure, style};

/// Delete a webhook: what was not delivered yet is dropped
///
/// It cannot be undone, so it is asked for on a terminal. `cstar webhooks update ID --active false` is the
/// gentle way.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  cstar webhooks delete whk_a1b2c3d4e5f6\n  cstar webhooks delete whk_a1b2 --yes"
)]
pub(super) struct Args {
    /// Id of the webhook, or its beginning
    #[arg(value_name = "ID")]
    webhook: String,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let asker = Asker::new(context).await?;
    let webhook = asker.find(&args.webhook).await?;
    let (id, told) = (webhook.id(), view::told(&webhook));
    if !args.yes {
        let question = Question {
            text: &format!("Delete {told}? What was not delivered yet is dropped."),
            deed: &format!("deleting {id}"),
            command: &format!("cstar webhooks delete {id} --yes"),
        };
        confirm(context, &question)?;
    }
    let answer = asker.client.delete_webhook(&asker.identity, id).await?;
    if context.output.is_json() {
        return Ok(context.output.json(&answer)?);
    }
    Ok(context.output.data(&format!("{}  {told}", style::good("Deleted")))?)
}
