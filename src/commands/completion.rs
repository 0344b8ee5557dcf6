//! `cstar completion`: the completion script of a shell.

use clap_complete::Shell;

use super::Context;
use crate::cli;
use crate::output::Failure;

/// Print the completion script of a shell
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  source <(cstar completion bash)\n  cstar completion fish > ~/.config/fish/completions/cstar.fish"
)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    // Into memory first: the generator panics when its pipe is closed.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli::public_tree(), "cstar", &mut script);
    Ok(context.output.bytes(&script)?)
}
