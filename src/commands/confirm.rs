//! Confirmation prompt for destructive actions.

use super::Context;
use crate::output::Failure;
use crate::output::prompt::{self, Prompt};

/// A question, and the error and hint for when there is no terminal.
pub(super) struct Question<'q> {
    /// Sanitized. Ends with a question mark, or with what follows from a confirmation.
    pub(super) text: &'q str,
    /// Such as `deleting whk_1`.
    pub(super) action: &'q str,
    /// What to do instead, such as the whole command with `--yes`.
    pub(super) hint: &'q str,
}

/// Whether there is a terminal to ask on.
pub(super) fn is_possible(context: &Context) -> bool {
    !context.output.is_json() && prompt::is_possible()
}

/// Asks for confirmation. Returns the prompt, which also notices an interrupt of the action that follows. With
/// `--json`, which is for programs, and off a terminal it does not ask.
///
/// # Errors
/// A usage error where there is no terminal to ask on; a failure for any other answer.
pub(super) async fn confirm(context: &Context, question: &Question<'_>) -> Result<Prompt, Failure> {
    if !is_possible(context) {
        let message = format!("{} needs a confirmation, and there is no terminal to ask on", question.action);
        return Err(Failure::usage(message).hint(question.hint));
    }
    let mut prompt = Prompt::new(question.hint)?;
    if prompt.confirm(question.text).await? {
        return Ok(prompt);
    }
    Err(Failure::failed("cancelled: nothing was changed"))
}
