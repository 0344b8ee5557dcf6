//! Event patterns on the command line.

use crate::event::Pattern;

/// Reads a pattern such as `ticket.created`, `ticket.*` or `*`.
pub(crate) fn parse(text: &str) -> Result<Pattern, String> {
    Pattern::parse(text).map_err(|error| error.to_string())
}
