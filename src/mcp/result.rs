//! The result of a call: a value, or a failure in sentences with the next step.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::Value;

use super::untrusted;
use crate::output::sanitize::sanitize;
use crate::output::{Exit, Failure, json};

/// A structured result, with the same value as text for clients without structured content.
pub(super) fn result(value: Value, longest: usize) -> CallToolResult {
    let value = untrusted::sanitize(value, longest);
    let text = json::line(&value).unwrap_or_default();
    let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
    result.structured_content = Some(value);
    result
}

/// A failure that the model can see and act on.
pub(super) fn failure(failure: &Failure, lockdown: bool) -> CallToolResult {
    error(sentences(failure, lockdown))
}

/// The same, from a text that is already sanitized.
pub(super) fn error(text: impl Into<String>) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(text)])
}

/// What went wrong, the API's code and request id, and what to do next.
fn sentences(failure: &Failure, lockdown: bool) -> String {
    let message = match failure.api() {
        // The server may repeat what a customer wrote.
        Some(_) if lockdown => "the API refused the request (its message is withheld)".to_owned(),
        _ => sanitize(failure.message()),
    };
    let mut sentences = vec![sentence(&message)];
    if let Some(api) = failure.api() {
        let facts = [("Code", &api.code), ("Parameter", &api.param), ("Request id", &api.request_id)];
        let details = facts
            .iter()
            .filter_map(|(name, fact)| fact.as_deref().map(|fact| format!("{name}: {}.", sanitize(fact))));
        sentences.extend(details);
    }
    sentences.extend(failure.hints().iter().map(|hint| format!("Next: {}", sentence(&sanitize(hint)))));
    if failure.exit() == Exit::Auth {
        sentences.push(
            "Ask the user to configure a key; never ask for the key itself. This server looks for a stored \
             key at every call. A key in the environment is read when the server starts, from `env` in the \
             configuration of the MCP client."
                .to_owned(),
        );
    }
    sentences.join(" ")
}

/// `text` with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter();
    // Names of commands and tools keep their lower case.
    let start: String = match text.starts_with("cstar") {
        true => first.collect(),
        false => first.flat_map(char::to_uppercase).collect(),
    };
    let end = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{start}{}{end}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::failure::ApiDetail;

    #[test]
    fn failure_names_code_request_id_and_next_step() {
        let detail = ApiDetail {
            code: Some("RESOURCE_MISSING".to_owned()),
            request_id: Some("req_1".to_owned()),
            ..ApiDetail::default()
        };
        let failure = Failure::failed("there is no ticket \x1b[2J").hint("list them").with_api(detail);
        assert_eq!(
            sentences(&failure, false),
            "There is no ticket \\x1b[2J. Code: RESOURCE_MISSING. Request id: req_1. Next: List them."
        );
        assert!(sentences(&Failure::new(Exit::Auth, "no key"), false).contains("never ask for the key"));
    }
}
