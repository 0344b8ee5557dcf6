//! `cstar api`: any request to the API, in the manner of `gh api`.

mod arguments;
mod fields;
mod ls;
mod path;
mod request;
mod response;
mod send;

use super::Context;
use crate::output::Failure;
use arguments::RequestArgs;

/// Send any request to the API, and list its operations
///
/// PATH is relative to your team: `tickets` is /api/v1/teams/{team}/tickets. One that begins with /api/, auth/ or
/// teams/ is not. METHOD is GET, or POST if there are fields or a body. `cstar help api` has more.
#[derive(clap::Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    override_usage = "cstar api [OPTIONS] [METHOD] PATH\n       cstar api ls [WORD]",
    after_help = examples![
        "cstar api tickets",
        "cstar api tickets --paginate --jq '.data[] | [.id, .title] | @tsv'",
        "cstar api POST tickets -f title='Printer on fire' -f priority=high",
        "cstar api PATCH tickets/tkt_a1B2 -F 'tags[]=billing' -F metadata[plan]=pro",
        "cstar api DELETE tickets/tkt_a1B2 --yes",
        "cstar api ls tickets";
        "Operations that `cstar api ls` marks as ours are in the sandbox; cStar itself may not have them.",
    ]
)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Subcommand>,
    #[command(flatten)]
    request: RequestArgs,
}

#[derive(clap::Subcommand, Debug)]
enum Subcommand {
    Ls(ls::Args),
}

pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    match args.command {
        Some(Subcommand::Ls(list)) => ls::run(context, &list),
        None => send::run(context, args.request).await,
    }
}
