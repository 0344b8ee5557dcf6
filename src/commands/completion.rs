//! `cstar completion`: the completion script of a shell.

use super::Context;
use crate::args::shell::Shell;
use crate::output::Failure;

/// Print the completion script of a shell
///
/// Event types, profiles and ids are completed too, besides commands and flags.
#[derive(clap::Args, Debug)]
#[command(
    after_help = concat!(
        "Examples:\n",
        "  source <(cstar completion bash)\n",
        "  source <(cstar completion zsh)\n",
        "  cstar completion fish > ~/.config/fish/completions/cstar.fish\n",
        "  cstar completion powershell | Out-String | Invoke-Expression\n",
        "  eval (cstar completion elvish | slurp)\n\n",
        "The script asks `cstar` itself at every press of Tab, so it does not have to be regenerated for a new version.",
    )
)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    Ok(context.output.bytes(args.shell.script().as_bytes())?)
}
