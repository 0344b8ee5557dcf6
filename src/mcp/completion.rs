//! Completes the part of an address, or the argument of a prompt, that is being typed.

use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference};

use super::guides::GUIDES;
use crate::event;

/// The values that begin with what was typed.
pub(super) fn complete(request: &CompleteRequestParams) -> CompleteResult {
    let typed = request.argument.value.to_ascii_lowercase();
    let known: Vec<&str> = match (&request.r#ref, request.argument.name.as_str()) {
        (Reference::Resource(_), "type") | (Reference::Prompt(_), "events") => {
            event::catalogue().iter().map(|event| event.name).collect()
        }
        (_, "language") => GUIDES.iter().map(|guide| guide.language).collect(),
        _ => Vec::new(),
    };
    let values = known.into_iter().filter(|value| value.starts_with(&typed)).map(str::to_owned).collect();
    CompleteResult::new(CompletionInfo::with_all_values(values).unwrap_or_default())
}
