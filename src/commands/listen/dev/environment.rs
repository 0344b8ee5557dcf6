//! The process of the server: its command, and its environment.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::Secret;
use crate::account::Account;
use crate::commands::Context;
use crate::host::env::names;
use crate::host::io_error::io_message;
use crate::host::program::find;
use crate::output::{Failure, style};

/// The variable that servers take their port from.
pub(super) const PORT: &str = "PORT";

/// The program that the user names.
pub(super) fn program(context: &Context, words: &[OsString]) -> Result<PathBuf, Failure> {
    let name = words.first().map(OsString::as_os_str).unwrap_or_default();
    find(name, &context.env).ok_or_else(|| {
        let shown = name.to_string_lossy();
        Failure::usage(format!("could not start `{shown}`: there is no such program"))
            .hint("name a program of your PATH, or its path, after `--`")
    })
}

/// The guard that runs the server, see `host::guard`. The key in the environment is that of the sandbox or none: with
/// another one a mistake of the server would change real data.
pub(super) fn command(
    context: &mut Context,
    program: PathBuf,
    words: &[OsString],
    (account, secret, port): (&Account, &Secret, Option<u16>),
) -> Result<Command, Failure> {
    let mut command = Command::new(own_program()?);
    command.args(["__guard", "--"]).arg(program).args(words.iter().skip(1));
    command.env(names::WEBHOOK_SECRET, secret.expose());
    if let Some(port) = port {
        command.env(PORT, port.to_string());
    }
    if account.sandbox.is_some() {
        command.env(names::BASE_URL, account.base.to_string());
        command.env(names::API_KEY, account.key.secret().expose());
    } else if context.env.secret(names::API_KEY).is_some_and(|key| key.expose().contains("_live_")) {
        command.env_remove(names::API_KEY);
        let line = "The server does not get CSTAR_API_KEY, because it is a live key.";
        context.output.status(&style::dim(line))?;
    }
    Ok(command)
}

fn own_program() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(|error| {
        Failure::failed(format!("could not find the program of cstar: {}", io_message(&error)))
    })
}
