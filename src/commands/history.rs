//! `cstar history`: lists, shows, counts, exports, saves and dismisses the events that `listen` recorded.

mod dismiss;
mod export;
mod list;
mod save;
mod selection;
mod show;
mod stats;

use super::Context;
use crate::output::Failure;

/// List the events received; show, export, save or dismiss them
///
/// `listen` records every event and every delivery attempt in a file on this machine that only you can read. The
/// newest event comes last.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true, after_help = examples![
    "cstar history",
    "cstar history --status failed --since 1h",
    "cstar history --search ada@example.com --status 5xx",
    "cstar history --type 'ticket.*' --json | jq -r '.[].id'",
    "cstar history show evt_ticket_created_1774583010044",
    "cstar history export --har delivery.har",
])]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Subcommand>,
    #[command(flatten)]
    list: list::ListArgs,
}

#[derive(clap::Subcommand, Debug)]
enum Subcommand {
    List(list::ListArgs),
    Show(show::Args),
    Stats(stats::Args),
    Export(export::Args),
    Save(save::Args),
    Dismiss(dismiss::Args),
}

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    match args.command {
        None => list::run(context, &args.list),
        Some(Subcommand::List(list)) => list::run(context, &list),
        Some(Subcommand::Show(show)) => show::run(context, &show),
        Some(Subcommand::Stats(stats)) => stats::run(context, &stats),
        Some(Subcommand::Save(save)) => save::run(context, &save),
        Some(Subcommand::Export(export)) => export::run(context, &export),
        Some(Subcommand::Dismiss(dismiss)) => dismiss::run(context, &dismiss).await,
    }
}
