//! `cstar why`: explains what happened to one event, and what to do next.

use jiff::tz::TimeZone;

use super::Context;
use crate::history::EventState;
use crate::ops::history_file;
use crate::ops::why::{Explanation, as_json, notes_around};
use crate::output::Failure;

/// Show what happened to one event, and what to do next
///
/// Reads the history of `listen` on this machine: when the event was received, each delivery attempt, and its outcome.
/// Needs no network.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar why",
    "cstar why last",
    "cstar why evt_ticket_created_1774583010044",
    "cstar why evt_1 --json | jq -r '.next[]'",
])]
pub(crate) struct Args {
    /// Id of the event, the beginning of one, or last for the newest [default: the newest that failed]
    #[arg(value_name = "ID")]
    id: Option<String>,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let reader = history_file::open(&context.env, &mut context.output)?;
    let event = match &args.id {
        Some(id) => history_file::find(&reader, id)?,
        None => history_file::newest(&reader, Some(EventState::Failed))?.ok_or_else(|| {
            Failure::failed("no event in the history has failed").hint("about the newest one: cstar why last")
        })?,
    };
    let notes = notes_around(&reader, &event)?;
    let explanation = Explanation::new(&event, &notes, &TimeZone::system());
    let value = || as_json(&event, &notes, &explanation);
    context.output.show_with(value, |out| explanation.lines().iter().try_for_each(|line| out.text(line)))
}
