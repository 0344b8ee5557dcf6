//! `cstar __complete` (hidden): candidates for the word under the cursor. The scripts below `completions/` call it
//! at every press of Tab.
//!
//! The protocol is our own, so that the script of one version works with the binary of another: the shell, the index
//! of the word under the cursor and all words in, one candidate per line out. On errors nothing is printed, because
//! it would end up in the line that is being typed.

mod api;
mod line;
mod objects;
mod values;
mod webhooks;

use std::ffi::OsString;

use clap::Command;
use clap_complete::engine::{self, CompletionCandidate};

use super::Context;
use crate::args::shell::Shell;
use crate::host::dirs;
use crate::output::Failure;
use line::Line;

/// Print candidates for the word under the cursor
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The shell that asks
    #[arg(value_enum)]
    shell: Shell,
    /// Place of the word under the cursor, from 0
    place: usize,
    /// The words of the line
    #[arg(last = true)]
    words: Vec<OsString>,
}

/// Runs the command. `tree` makes the public part of the command line, for the words before the cursor.
pub(crate) fn run(
    context: &mut Context,
    args: Args,
    tree: fn(&[OsString]) -> Command,
) -> Result<(), Failure> {
    let Some(line) = Line::read(args.shell, &args.words, args.place) else { return Ok(()) };
    for candidate in candidates(context, tree(&words_before(&line)), &line) {
        if let Some(shown) = line.answer(&candidate.0, &candidate.1) {
            context.output.data(&shown)?;
        }
    }
    Ok(())
}

/// The words before the cursor, which decide what may follow.
fn words_before(line: &Line) -> Vec<OsString> {
    line.words().iter().take(line.place()).map(OsString::from).collect()
}

/// Candidates with their help.
fn candidates(context: &Context, tree: Command, line: &Line) -> Vec<(String, String)> {
    let mut tree = values::add_to(tree, &context.env, line.words());
    let words = line.words().iter().map(OsString::from).collect();
    let found = engine::complete(&mut tree, words, line.place(), dirs::current(&context.env));
    let found: Vec<_> = found.unwrap_or_default().iter().filter_map(text_of).collect();
    asked_for(found, line.current())
}

/// The first line of the help is enough. A name that is not Unicode cannot be passed to every shell.
fn text_of(candidate: &CompletionCandidate) -> Option<(String, String)> {
    let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    let value = candidate.get_value().to_str()?;
    Some((value.to_owned(), help.lines().next().unwrap_or_default().to_owned()))
}

/// Offers flags only after a dash. Otherwise shells would insert the common prefix `--` at the second Tab after a
/// complete word.
fn asked_for(found: Vec<(String, String)>, current: &str) -> Vec<(String, String)> {
    let is_flag = |value: &str| value.starts_with('-') && value != "-";
    if current.starts_with('-') {
        return found;
    }
    found.into_iter().filter(|(value, _)| !is_flag(value)).collect()
}

#[cfg(test)]
mod tests;
