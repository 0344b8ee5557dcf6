//! `cstar history`: what `listen` received, what became of it, and all of it for other tools.

mod body;
mod dismiss;
mod export;
mod har;
mod list;
mod show;

use clap::ValueEnum;

use super::Context;
use crate::args::{pattern, time_spec};
use crate::event::Pattern;
use crate::history::{EventFilter, EventState};
use crate::output::Failure;

/// List the events received; show, export or dismiss them
///
/// `listen` keeps every event and every attempt to deliver it in a file on this machine, which only its owner can
/// read. The newest event is the last.
#[derive(clap::Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = concat!(
        "Examples:\n",
        "  cstar history\n",
        "  cstar history --status failed --since 1h\n",
        "  cstar history --type 'ticket.*' --json | jq -r '.[].id'\n",
        "  cstar history show evt_ticket_created_1774583010044\n",
        "  cstar history export --har delivery.har",
    )
)]
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
    Export(export::Args),
    Dismiss(dismiss::Args),
}

/// Which events.
#[derive(clap::Args, Debug)]
struct Selection {
    /// Only these types: 'ticket.*,customer.created'; repeatable
    #[arg(long = "type", value_name = "PATTERN", value_delimiter = ',', value_parser = pattern::parse)]
    types: Vec<Pattern>,
    /// Only events with a delivery that ended like this
    #[arg(long, value_name = "STATUS")]
    status: Option<Status>,
    /// Only events received then or later: 1h (ago), 2026-03-06, 2026-03-06T14:30
    #[arg(long, value_name = "TIME", value_parser = time_spec::parse)]
    since: Option<time_spec::TimeSpec>,
    /// Only events received before
    #[arg(long, value_name = "TIME", value_parser = time_spec::parse)]
    until: Option<time_spec::TimeSpec>,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Status {
    Delivered,
    Failed,
    Waiting,
    Dismissed,
    Skipped,
}

impl Selection {
    fn filter(&self, context: &Context, limit: Option<usize>) -> EventFilter {
        let (now, zone) = (context.clock.now(), jiff::tz::TimeZone::system());
        let at = |time: &Option<time_spec::TimeSpec>| time.as_ref().map(|time| time.resolve(now, &zone));
        EventFilter {
            types: self.types.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
            state: self.status.map(|status| match status {
                Status::Delivered => EventState::Delivered,
                Status::Failed => EventState::Failed,
                Status::Waiting => EventState::Waiting,
                Status::Dismissed => EventState::Dismissed,
                Status::Skipped => EventState::Skipped,
            }),
            since: at(&self.since),
            until: at(&self.until),
            limit,
            after: None,
        }
    }
}

/// Runs the command.
pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    match args.command {
        None => list::run(context, &args.list),
        Some(Subcommand::List(list)) => list::run(context, &list),
        Some(Subcommand::Show(show)) => show::run(context, &show),
        Some(Subcommand::Export(export)) => export::run(context, &export),
        Some(Subcommand::Dismiss(dismiss)) => dismiss::run(context, &dismiss).await,
    }
}

#[cfg(test)]
mod tests;
