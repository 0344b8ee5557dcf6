//! `cstar sandbox reset`: begin anew.

use serde_json::json;

use super::place::{self, DataDir};
use crate::commands::Context;
use crate::ops::local_sandbox;
use crate::output::clean::clean;
use crate::output::{Failure, style};
use crate::sandbox;

/// Remove everything a sandbox has kept
///
/// A sandbox that runs goes on, as at its first start.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  cstar sandbox reset\n  cstar sandbox reset --data-dir ./sandbox-data --yes"
)]
pub(super) struct Args {
    #[command(flatten)]
    directory: DataDir,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let directory = args.directory.resolve(&context.env)?;
    let shown = directory.display().to_string();
    let running = place::running(&directory);
    if running.is_none() && args.directory.is_given() {
        place::must_exist(&directory)?;
    }
    let question = format!("Remove every ticket, customer, event and so on of the sandbox in {shown}?");
    place::confirm(context, args.yes, &question, "a reset").await?;
    match &running {
        Some(running) => drop(local_sandbox::control(running, "reset", &json!({})).await?),
        None => sandbox::reset(&directory).map_err(|error| place::unusable(&error))?,
    }
    if context.output.is_json() {
        return Ok(context.output.json(&json!({ "data_dir": shown, "reset": true }))?);
    }
    Ok(context.output.sentence(&format!("{} {}", style::good("Reset"), clean(&shown)))?)
}
