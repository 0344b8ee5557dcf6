//! Event patterns on the command line, with a word about the one that was probably meant.

use crate::event::Pattern;

/// Reads a pattern such as `ticket.created`, `ticket.*` or `*`.
///
/// # Errors
/// A sentence for the user.
pub(crate) fn parse(text: &str) -> Result<Pattern, String> {
    Pattern::parse(text).map_err(|error| error.to_string())
}
