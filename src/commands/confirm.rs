//! A yes before something that cannot be taken back.

use super::Context;
use crate::output::Failure;
use crate::output::prompt::{self, Asker};

/// What is asked, and what is printed where there is no terminal to ask on.
pub(super) struct Question<'q> {
    /// Clean, and ends with a question mark or what follows from a yes.
    pub(super) text: &'q str,
    /// Such as `deleting whk_1`.
    pub(super) deed: &'q str,
    /// What to do instead, such as the whole command with `--yes`.
    pub(super) instead: &'q str,
}

/// Whether a question can be asked.
pub(super) fn is_possible(context: &Context) -> bool {
    !context.output.is_json() && prompt::is_possible()
}

/// Continues after a confirmation only, with who asked: it hears an interrupt of what follows. Nothing is asked
/// with `--json`, which is for programs, or off a terminal.
///
/// # Errors
/// A usage error where there is no terminal to ask on; a failure for any other answer.
pub(super) async fn confirm(context: &Context, question: &Question<'_>) -> Result<Asker, Failure> {
    if !is_possible(context) {
        let message = format!("{} needs a confirmation, and there is no terminal to ask on", question.deed);
        return Err(Failure::usage(message).hint(question.instead));
    }
    let mut asker = Asker::new(question.instead)?;
    if asker.confirm(question.text).await? {
        return Ok(asker);
    }
    Err(Failure::failed("the answer was not yes: nothing was changed"))
}
