//! The commands for a running sandbox only: they wait for what happens in it, move its clock, and save its state.

mod clock;
mod snapshot;
mod wait;

use crate::commands::Context;
use crate::output::Failure;

#[derive(clap::Subcommand, Debug)]
pub(super) enum Subcommand {
    // Boxed, because it has many flags.
    Wait(Box<wait::Args>),
    Snapshot(snapshot::Args),
    Clock(clock::Args),
}

pub(super) async fn run(context: &mut Context, command: &Subcommand) -> Result<(), Failure> {
    match command {
        Subcommand::Wait(args) => wait::run(context, args).await,
        Subcommand::Snapshot(args) => snapshot::run(context, args).await,
        Subcommand::Clock(args) => clock::run(context, args).await,
    }
}
