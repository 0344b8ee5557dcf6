//! `cstar init`: writes the beginning of a project.

mod framework;
mod receiver;

use super::Context;
use crate::output::Failure;

/// Write a webhook receiver to start from
///
/// It writes into an empty place and changes no file that exists.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar init receiver --list",
    "cstar init receiver --framework express --dir receiver",
])]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Subcommand,
}

#[derive(Debug, clap::Subcommand)]
enum Subcommand {
    Receiver(receiver::Args),
}

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    match args.command {
        Subcommand::Receiver(args) => receiver::run(context, args).await,
    }
}
