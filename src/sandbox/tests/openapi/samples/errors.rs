//! The documented errors, and the examples of errors in the document.

use serde_json::json;

use super::{TEAM, refusal};
use crate::sandbox::tests::openapi::Checker;

#[test]
fn documented_errors_are_valid() {
    let checker = Checker::lenient();
    let trigger = format!("POST {TEAM}/webhooks/trigger-test");
    let page = "https://www.cstar.help/developers/api-reference";
    for (status, kind, code, message, anchor) in [
        (
            401,
            "authentication_error",
            "authentication_required",
            "Invalid or expired API key",
            "authentication",
        ),
        (
            403,
            "authorization_error",
            "insufficient_permissions",
            "Secret key required for this endpoint",
            "authentication",
        ),
        (
            429,
            "rate_limit_error",
            "rate_limit_exceeded",
            "Rate limit exceeded. Try again in 60 seconds",
            "rate-limiting",
        ),
    ] {
        let error = json!({"type": kind, "code": code, "message": message,
            "doc_url": format!("{page}#{anchor}"), "request_id": "req_abc123"});
        checker.check(&trigger, status, &refusal(error));
    }
    let unknown = json!({"type": "validation_error", "code": "PARAMETER_INVALID",
        "message": "Unknown event type: invalid.event", "param": "event", "request_id": "req_abc123"});
    checker.check(&trigger, 400, &refusal(unknown));
    let missing = json!({"type": "invalid_request_error", "code": "parameter_missing",
        "message": "The 'title' field is required.", "param": "title",
        "doc_url": "https://cstar.help/developers/errors#parameter_missing", "request_id": "req_abc123"});
    checker.check(&format!("POST {TEAM}/tickets"), 400, &refusal(missing));
    let not_found = json!({"type": "not_found_error", "code": "RESOURCE_MISSING", "message": "Ticket not found",
        "request_id": "req_abc123"});
    checker.check(&format!("GET {TEAM}/tickets/{{id}}/messages"), 404, &refusal(not_found));
    // the sample of 2026 has no `meta`
    let limited = json!({"success": false, "error": {"type": "rate_limit_error", "code": "rate_limit_exceeded",
        "message": "Rate limit exceeded. Try again in 42 seconds.",
        "doc_url": "https://cstar.help/developers/errors#rate_limit_error", "request_id": "req_a1B2c3D4e5F6"}});
    checker.check(&format!("GET {TEAM}/tickets"), 429, &limited);
}

#[test]
fn error_examples_are_valid() {
    let checker = Checker::strict();
    let schema = checker.at("components/schemas/Refusal");
    let mut seen = 0;
    for (name, response) in checker.document["components"]["responses"].as_object().unwrap() {
        let examples = response["content"]["application/json"]["examples"].as_object();
        for (code, example) in examples.into_iter().flatten() {
            assert!(schema.is_valid(&example["value"]), "{name} {code}: {example}");
            assert_eq!(example["value"]["error"]["code"], *code);
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}
