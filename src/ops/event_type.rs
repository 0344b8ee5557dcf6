//! Finds an event type by name, with suggestions for a mistyped one.

use crate::event::{self, EventType};
use crate::output::Failure;

/// The event type called `name`.
pub(crate) fn named(name: &str) -> Result<&'static EventType, Failure> {
    event::find(name).ok_or_else(|| {
        let near: Vec<_> = event::suggest(name).iter().map(|name| format!("`{name}`")).collect();
        let failure = Failure::usage(format!("there is no event type `{name}`"));
        let failure = match near.is_empty() {
            true => failure,
            false => failure.hint(format!("did you mean {}?", near.join(" or "))),
        };
        failure.hint("all types: cstar events")
    })
}
