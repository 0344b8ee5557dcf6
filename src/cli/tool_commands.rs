//! The commands for the sandbox, for diagnosis, and for agents and shells.

use clap::{Args, Subcommand};

use super::one_command::CommandArgs;
use crate::commands::runtime::block_on;
use crate::commands::{Context, completion, doctor, mcp_server, open, sandbox, ui};
use crate::output::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum ToolCommand {
    Sandbox(Box<sandbox::Args>),
    Ui(ui::Args),
    Open(open::Args),
    Doctor(doctor::Args),
    McpServer(mcp_server::Args),
    Completion(completion::Args),
}

impl ToolCommand {
    pub(super) const ARGS: [CommandArgs; 6] = [
        ("sandbox", sandbox::Args::augment_args),
        ("ui", ui::Args::augment_args),
        ("open", open::Args::augment_args),
        ("doctor", doctor::Args::augment_args),
        ("mcp-server", mcp_server::Args::augment_args),
        ("completion", completion::Args::augment_args),
    ];

    pub(crate) fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self {
            Self::Sandbox(args) => block_on(sandbox::run(context, *args)),
            Self::Ui(args) => block_on(ui::run(context, args)),
            Self::Open(args) => open::run(context, &args),
            Self::Doctor(args) => block_on(doctor::run(context, args)),
            Self::McpServer(args) => block_on(mcp_server::run(context, args)),
            Self::Completion(args) => completion::run(context, args),
        }
    }
}
