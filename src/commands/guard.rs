//! `cstar __guard`: runs the server of `cstar dev`, and ends it with everything it has started when `cstar dev` ends.

use std::ffi::OsString;
use std::process::{Command, Stdio};

use super::Context;
use crate::host::guard;
use crate::host::io_error::io_message;
use crate::output::{Exit, Failure};

/// Run a program and end all of its processes at the end of standard input
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

pub(crate) async fn run(_context: &mut Context, args: Args) -> Result<(), Failure> {
    let mut words = args.command.into_iter();
    let program = words.next().unwrap_or_default();
    let shown = program.to_string_lossy().into_owned();
    let mut command = Command::new(program);
    // In a group of its own, a server that reads the terminal would be stopped.
    command.args(words).stdin(Stdio::null());
    match guard::run(command).await {
        Ok(0) => Ok(()),
        Ok(code) => Err(Failure::reported(Exit::Server(code))),
        Err(error) => {
            Err(Failure::new(Exit::Usage, format!("could not start `{shown}`: {}", io_message(&error))))
        }
    }
}
