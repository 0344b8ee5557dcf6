//! `cstar webhooks rotate-secret`: creates a new signing secret after confirmation. The old one stays valid for a
//! while.

use super::resolve::find;
use super::{create, view};
use crate::commands::Context;
use crate::commands::confirm::{Question, confirm};
use crate::output::{Failure, style};

/// Give a webhook a new signing secret, and print it this once
///
/// The receiver has to learn it: put it there before the old one ends.
///
/// cStar does not document this request. `cstar doctor` shows whether your server has it.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar webhooks rotate-secret whk_a1b2c3d4e5f6",
    "SECRET=$(cstar webhooks rotate-secret whk_a1b2 --yes --quiet)";
    "Until the printed time, deliveries are signed with both secrets, so that receivers can switch.",
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
    let id = webhook.id();
    if !args.yes {
        let question = Question {
            text: &format!("Give {} a new signing secret?", view::described(&webhook)),
            action: &format!("rotating the secret of {id}"),
            hint: &format!("add --yes: cstar webhooks rotate-secret {id} --yes"),
        };
        confirm(context, &question).await?;
    }
    let rotated = session.client.rotate_secret(&session.identity, id).await?;
    create::show_secret(context, "Rotated", &rotated)?;
    if let Some(until) = rotated.text("previousSecretExpiresAt") {
        let zone = jiff::tz::TimeZone::system();
        let until = view::time(Some(until), Some(&zone));
        let line = format!("Until {until} deliveries carry a signature of the old secret as well.");
        context.output.status(&style::dim(&line))?;
    }
    Ok(())
}
