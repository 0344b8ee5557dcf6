//! `cstar keys`: lists, creates and revokes the API keys of the team.

mod create;
mod list;
mod revoke;
mod save;
mod summary;

use super::Context;
use crate::output::Failure;

/// List, create and revoke API keys
///
/// A publishable key (pk_…) can be used in a web page and has few permissions; a secret key (sk_…) may do everything
/// that the team may. Each is of one environment, test or live.
///
/// cStar does not document these requests. `cstar doctor` shows whether your server has them.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar keys list",
    "cstar keys create --name CI --environment test",
    "cstar keys create --name laptop --save acme-test",
    "cstar keys revoke key_a1B2c3D4e5F6";
    "All three need a secret key (sk_…).",
])]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Subcommand,
}

#[derive(clap::Subcommand, Debug)]
enum Subcommand {
    List(list::Args),
    Create(create::Args),
    Revoke(revoke::Args),
}

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    match args.command {
        Subcommand::List(list) => list::run(context, &list).await,
        Subcommand::Create(create) => create::run(context, &create).await,
        Subcommand::Revoke(revoke) => revoke::run(context, &revoke).await,
    }
}
