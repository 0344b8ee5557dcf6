//! `cstar webhooks delete`: deletes a webhook after confirmation.

use super::resolve::find;
use super::view;
use crate::commands::Context;
use crate::commands::confirm::{Question, confirm};
use crate::output::{Failure, style};

/// Delete a webhook and drop its pending deliveries
///
/// This cannot be undone; on a terminal you are asked to confirm. To pause a webhook instead, run
/// `cstar webhooks update ID --active false`.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar webhooks delete whk_a1b2c3d4e5f6",
    "cstar webhooks delete whk_a1b2 --yes",
])]
pub(super) struct Args {
    /// Id of the webhook, or its beginning
    #[arg(value_name = "ID")]
    webhook: String,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let session = context.session().await?;
    let webhook = find(&session, &args.webhook).await?;
    let (id, described) = (webhook.id(), view::described(&webhook));
    if !args.yes {
        let question = Question {
            text: &format!("Delete {described}? What was not delivered yet is dropped."),
            action: &format!("deleting {id}"),
            hint: &format!("add --yes: cstar webhooks delete {id} --yes"),
        };
        confirm(context, &question).await?;
    }
    let answer = session.client.delete_webhook(&session.identity, id).await?;
    context.output.show(&answer, |out| out.text(&format!("{}  {described}", style::good("Deleted"))))
}
