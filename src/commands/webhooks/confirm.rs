//! A yes before something that cannot be taken back.

use std::io::{self, BufRead, IsTerminal};

use crate::commands::Context;
use crate::output::Failure;

/// What is asked, and what is said where nobody can be.
pub(super) struct Question<'a> {
    /// Clean, and ends with a question mark.
    pub(super) text: &'a str,
    /// Such as `deleting whk_1`.
    pub(super) deed: &'a str,
    /// The whole command with `--yes`.
    pub(super) command: &'a str,
}

/// Goes on after a yes only. Off a terminal it names the flag instead of asking.
pub(super) fn confirm(context: &mut Context, question: &Question<'_>) -> Result<(), Failure> {
    let terminal = io::stdin().is_terminal() && context.output.stderr_is_terminal();
    if context.output.is_json() || !terminal {
        let message = format!("{} takes a yes, and there is nobody to ask", question.deed);
        return Err(Failure::usage(message).hint(format!("add --yes: {}", question.command)));
    }
    context.output.note(&format!("{} [y/N]", question.text))?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::failed("the answer was not yes: nothing was changed")),
    }
}
