//! `cstar webhooks`: registers, changes and tests webhooks, and shows their deliveries.

mod attempt;
mod create;
mod delete;
mod deliveries;
mod events;
mod get;
mod list;
mod resend;
mod resolve;
mod rotate_secret;
mod test;
mod update;
mod view;

use super::Context;
use crate::output::Failure;

/// Register, change and test webhooks, and see their deliveries
///
/// A webhook is an address on the internet that cStar sends signed events to, as `cstar listen` does to this
/// machine. Failed deliveries are retried with increasing delays.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar webhooks create --name Server --url https://example.com/webhook --events 'ticket.created,customer.*'",
    "cstar webhooks list",
    "cstar webhooks test whk_a1b2",
    "cstar webhooks deliveries whk_a1b2 --status failed";
    "An id may be shortened to its beginning if that is unique. All of these need a secret key (sk_…).",
])]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Subcommand,
}

#[derive(clap::Subcommand, Debug)]
enum Subcommand {
    List(list::Args),
    Get(get::Args),
    Create(create::Args),
    Update(update::Args),
    Delete(delete::Args),
    Test(test::Args),
    RotateSecret(rotate_secret::Args),
    Deliveries(deliveries::Args),
    Resend(resend::Args),
}

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    match args.command {
        Subcommand::List(list) => list::run(context, &list).await,
        Subcommand::Get(get) => get::run(context, &get).await,
        Subcommand::Create(create) => create::run(context, create).await,
        Subcommand::Update(update) => update::run(context, update).await,
        Subcommand::Delete(delete) => delete::run(context, &delete).await,
        Subcommand::Test(test) => test::run(context, &test).await,
        Subcommand::RotateSecret(rotate) => rotate_secret::run(context, &rotate).await,
        Subcommand::Deliveries(deliveries) => deliveries::run(context, &deliveries).await,
        Subcommand::Resend(resend) => resend::run(context, &resend).await,
    }
}
