//! The operations of the request log (ours).

use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Schema, member};
use crate::sandbox::caller::Environment;
use crate::sandbox::glob::LONGEST;
use crate::sandbox::request_log::ring::CAPACITY;
use crate::sandbox::streams::logs::{DEFAULT_LIMIT, MAX_LIMIT};

fn operation(id: &str, summary: &str) -> Operation {
    filtered(Operation::new(id, "Request log", summary).ours().key(Key::Secret))
}

/// Adds the parameters that every view of the log has.
pub(super) fn filtered(operation: Operation) -> Operation {
    let methods = Schema::list(Schema::string().pattern("^[A-Za-z]*$"));
    let statuses = Schema::list(Schema::string().pattern("^([1-5](xx|XX|[0-9]{2}(-[1-5][0-9]{2})?))?$"));
    let path = Schema::string().length(0, LONGEST);
    operation
        .takes(Parameter::query("method", methods, "Such as `GET` or `POST,PATCH`.").commas())
        .takes(Parameter::query("status", statuses, "Such as `404`, `4xx` or `400-499`.").commas())
        .takes(Parameter::query("path", path, "A pattern, such as `*/tickets/*`."))
        .takes(Parameter::query("since", Schema::time(), "Not before this time."))
        .takes(Parameter::query("until", Schema::time(), "Before this time."))
}

/// `GET …/logs`.
pub(crate) fn list() -> Operation {
    let limit = Schema::integer(1, whole(MAX_LIMIT)).with("default", DEFAULT_LIMIT);
    operation("listRequests", "List requests to the API, the newest first")
        .takes(Parameter::query("limit", limit, "The maximum number of lines."))
        .takes(Parameter::query("after", Schema::string(), "The id of the last line of the previous page."))
        .answers(200, "A part of the log", Payload::Part(line()))
}

/// `GET …/logs/stream`.
pub(crate) fn stream() -> Operation {
    let last = Schema::integer(0, whole(CAPACITY)).with("default", 0);
    operation("followRequests", "Stream the lines of the request log")
        .takes(Parameter::query("last", last, "The number of existing lines to start with."))
        .takes(Parameter::header("Last-Event-ID", Schema::string(), "Resume after this line."))
        .answers(
            200,
            "The stream",
            Payload::Events(
                "One event: `session` first, then a `log` for each line. Comments are heartbeats.",
            ),
        )
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn line() -> Schema {
    let text = || Schema::string().or_null();
    let environments = Environment::ALL.map(Environment::as_str);
    let body = || Schema::any().described("Only if bodies are logged; a string if it was truncated.");
    Schema::object([
        member("id", Schema::string().pattern("^req_[0-9A-Za-z]+$")),
        member("object", Schema::constant("request_log")),
        member("time", Schema::time()),
        member("method", Schema::string()),
        member("path", Schema::string().described("With the query, but without secrets.")),
        member("status", Schema::integer(100, 599)),
        member("duration_ms", Schema::number().with("minimum", 0)),
        member("error_code", text()),
        member("key_prefix", text()),
        member("user_agent", text()),
        member("environment", Schema::choice(&environments).or_null()),
        member("ip", text()),
        member("faults", Schema::list(Schema::string())).optional(),
        member("request_body", body()).optional(),
        member("response_body", body()).optional(),
    ])
    .with("x-cstar-source", "ours")
    .named("RequestLogLine")
}
