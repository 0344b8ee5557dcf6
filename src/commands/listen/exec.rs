//! `--exec` and `--exec-shell`: commands that events are delivered to.

use std::sync::Arc;

use crate::forward::{Destination, Target, TargetCommand};

/// The commands of `cstar listen`.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct ExecArgs {
    /// Run COMMAND for each event, with the body on its standard input; exit code 0 means delivered; repeatable
    #[arg(long, value_name = "COMMAND", value_parser = direct)]
    exec: Vec<Arc<TargetCommand>>,
    /// The same with a script for sh, on Windows for cmd; repeatable
    #[arg(long, value_name = "SCRIPT", value_parser = shell)]
    exec_shell: Vec<Arc<TargetCommand>>,
}

impl ExecArgs {
    pub(super) fn is_empty(&self) -> bool {
        self.exec.is_empty() && self.exec_shell.is_empty()
    }

    /// The targets; every command gets every event.
    pub(super) fn targets(self) -> Vec<Target> {
        let mut targets: Vec<Target> = Vec::new();
        for command in self.exec.into_iter().chain(self.exec_shell) {
            let target = Target { to: Destination::Command(command), patterns: Vec::new() };
            if !targets.iter().any(|other| other.shares_server(&target)) {
                targets.push(target);
            }
        }
        targets
    }
}

fn direct(text: &str) -> Result<Arc<TargetCommand>, String> {
    TargetCommand::direct(text).map(Arc::new)
}

fn shell(text: &str) -> Result<Arc<TargetCommand>, String> {
    TargetCommand::shell(text).map(Arc::new)
}
