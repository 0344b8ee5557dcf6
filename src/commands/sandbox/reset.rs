//! `cstar sandbox reset`: deletes the state.

use serde_json::json;

use super::state_dir::{self, DataDir, State};
use crate::commands::Context;
use crate::ops::local_sandbox;
use crate::output::{Failure, style};
use crate::sandbox;

/// Delete the state of a sandbox
///
/// A running sandbox keeps running, with the state of its first start.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar sandbox reset",
    "cstar sandbox reset --data-dir ./sandbox-data --yes",
])]
pub(super) struct Args {
    #[command(flatten)]
    directory: DataDir,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let state = args.directory.state(context).await?;
    let shown = state.describe();
    if let (State::Kept(directory), true) = (&state, args.directory.is_given()) {
        state_dir::require_state(directory)?;
    }
    let question = match &state {
        State::Running(_) => format!("Remove every ticket, customer, event and so on of {shown}?"),
        State::Kept(_) => {
            format!("Remove every ticket, customer, event and so on of the sandbox in {shown}?")
        }
    };
    state_dir::confirm(context, args.yes, &question, "a reset").await?;
    match &state {
        State::Running(running) => drop(local_sandbox::control(running, "reset", &json!({})).await?),
        State::Kept(directory) => sandbox::reset(directory).map_err(|error| state_dir::unusable(&error))?,
    }
    let done = json!({ "data_dir": state.data_dir(), "base_url": state.base_url(), "reset": true });
    context.output.show(&done, |out| out.text(&format!("{} {shown}", style::good("Reset"))))
}
