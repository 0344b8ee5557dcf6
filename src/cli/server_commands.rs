//! The commands about the user's own server: write it, run it, check it, load it.

use clap::{Args, Subcommand};

use super::one_command::CommandArgs;
use crate::commands::runtime::block_on;
use crate::commands::{Context, bench, check, init, listen::dev, types};
use crate::output::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum ServerCommand {
    // Boxed, because it has the flags of `listen`.
    Dev(Box<dev::Args>),
    Init(init::Args),
    Types(types::Args),
    Check(check::Args),
    Bench(bench::Args),
}

impl ServerCommand {
    pub(super) const ARGS: [CommandArgs; 5] = [
        ("dev", dev::Args::augment_args),
        ("init", init::Args::augment_args),
        ("types", types::Args::augment_args),
        ("check", check::Args::augment_args),
        ("bench", bench::Args::augment_args),
    ];

    pub(crate) fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self {
            Self::Dev(args) => block_on(dev::run(context, *args)),
            Self::Init(args) => block_on(init::run(context, args)),
            Self::Types(args) => types::run(context, &args),
            Self::Check(args) => block_on(check::run(context, args)),
            Self::Bench(args) => block_on(bench::run(context, &args)),
        }
    }
}
