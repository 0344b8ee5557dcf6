//! `cstar completion`: the completion script of a shell.

use super::Context;
use crate::args::shell::Shell;
use crate::output::Failure;

/// Print the completion script of a shell
///
/// Event types, profiles and ids are completed too, besides commands and flags.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "source <(cstar completion bash)",
    "source <(cstar completion zsh)",
    "cstar completion fish > ~/.config/fish/completions/cstar.fish",
    "cstar completion powershell | Out-String | Invoke-Expression",
    "eval (cstar completion elvish | slurp)";
    "The script asks `cstar` itself at every press of Tab, so it does not have to be regenerated for a new version.",
])]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    Ok(context.output.bytes(args.shell.script().as_bytes())?)
}
