//! Finds the command that a line names. Building the arguments of every command takes most of the start-up time.

use std::ffi::OsString;

use clap::Command;

use super::global_flags;

/// The name of a command, and the function that adds its arguments.
pub(super) type CommandArgs = (&'static str, fn(Command) -> Command);

/// The command of `all` that `args` name, after the flags of `program`.
pub(super) fn find(program: &Command, all: &[&[CommandArgs]], args: &[OsString]) -> Option<CommandArgs> {
    let word = global_flags::first_word(program, args)?;
    all.iter().copied().flatten().copied().find(|(name, _)| *name == word)
}
