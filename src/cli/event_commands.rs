//! The commands about events: receive, send, inspect, verify.

use clap::{Args, Subcommand};

use super::one_command::CommandArgs;
use crate::commands::runtime::block_on;
use crate::commands::{Context, demo, events, history, identity, listen, replay, sign, trigger, verify, why};
use crate::output::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum EventCommand {
    Demo(demo::Args),
    Listen(Box<listen::Args>),
    Trigger(trigger::Args),
    Events(events::Args),
    History(history::Args),
    Why(why::Args),
    Replay(replay::Args),
    Verify(verify::Args),
    Sign(sign::Args),
    Identity(Box<identity::Args>),
}

impl EventCommand {
    pub(super) const ARGS: [CommandArgs; 10] = [
        ("demo", demo::Args::augment_args),
        ("listen", listen::Args::augment_args),
        ("trigger", trigger::Args::augment_args),
        ("events", events::Args::augment_args),
        ("history", history::Args::augment_args),
        ("why", why::Args::augment_args),
        ("replay", replay::Args::augment_args),
        ("verify", verify::Args::augment_args),
        ("sign", sign::Args::augment_args),
        ("identity", identity::Args::augment_args),
    ];

    pub(crate) fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self {
            Self::Demo(args) => block_on(demo::run(context, args)),
            Self::Listen(args) => block_on(listen::run(context, *args)),
            Self::Trigger(args) => block_on(trigger::run(context, args)),
            Self::Events(args) => events::run(context, args),
            Self::History(args) => block_on(history::run(context, args)),
            Self::Why(args) => why::run(context, args),
            Self::Replay(args) => block_on(replay::run(context, args)),
            Self::Verify(args) => block_on(verify::run(context, &args)),
            Self::Sign(args) => sign::run(context, args),
            Self::Identity(args) => block_on(identity::run(context, *args)),
        }
    }
}
