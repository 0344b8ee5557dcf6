//! The envelopes of single objects, pages and errors, and the headers of responses. Where the documented samples
//! differ, only the members that all of them have are required.

use serde_json::{Map, Value, json};

use super::operation::{Answer, Key, Operation, Payload};
use super::schema::{Schema, member};
use crate::sandbox::http::error;

fn request_id() -> Schema {
    Schema::string().pattern("^req_[0-9A-Za-z]+$")
}

fn meta() -> Schema {
    Schema::object([member("requestId", request_id()), member("timestamp", Schema::time())]).named("Meta")
}

/// Shared by both documented places: `pagination` at the top and in `meta`.
fn pagination() -> [crate::sandbox::openapi::schema::Member; 3] {
    [
        member("total", Schema::count_from(0)),
        member("page", Schema::count_from(1)),
        member("pageSize", Schema::integer(1, 100)),
    ]
}

fn page_meta() -> Schema {
    let rest =
        [member("totalPages", Schema::count_from(0)).here(), member("hasMore", Schema::boolean()).here()];
    let place = Schema::object(pagination().into_iter().chain(rest)).named("MetaPagination");
    Schema::object([
        member("requestId", request_id()),
        member("timestamp", Schema::time()),
        member("pagination", place).here(),
    ])
    .named("ListMeta")
}

fn place() -> Schema {
    Schema::object(pagination().into_iter().chain([member("hasMore", Schema::boolean())])).named("Pagination")
}

fn cursor() -> Schema {
    Schema::object([
        member("total", Schema::count_from(0)),
        member("pageSize", Schema::integer(1, 100)),
        member("hasMore", Schema::boolean()),
        member("after", Schema::string().or_null().described("The value of `after` for the next request.")),
    ])
    .with("x-cstar-source", "ours")
    .named("CursorPagination")
}

/// A single event of a stream, as an object of its fields: OpenAPI 3.1 has no schema for a whole stream.
fn event() -> Schema {
    let data = Schema::string().with("contentMediaType", "application/json");
    Schema::object([
        member("id", Schema::string()).optional(),
        member("event", Schema::string()),
        member("data", data),
    ])
}

/// The whole body of a successful response.
fn success(payload: &Payload) -> Option<Schema> {
    let done = || member("success", Schema::constant(true));
    match payload {
        Payload::Nothing | Payload::Events(_) => None,
        Payload::Bare(schema) => Some(schema.clone()),
        Payload::Data(schema) | Payload::DataOrCsv(schema) => {
            Some(Schema::object([done(), member("data", schema.clone()), member("meta", meta()).here()]))
        }
        Payload::Page(schema) => Some(Schema::object([
            // Not a constant: a generator for Python writes invalid code for one that is optional.
            member("success", Schema::boolean().with("enum", [true])).here(),
            member("data", Schema::list(schema.clone())),
            member("pagination", place()).here(),
            member("meta", page_meta()).here(),
        ])),
        Payload::Part(schema) => Some(Schema::object([
            done(),
            member("data", Schema::list(schema.clone())),
            member("pagination", cursor()),
            member("meta", meta()),
        ])),
    }
}

/// The body of every error.
pub(crate) fn refusal() -> Schema {
    let error = Schema::object([
        member("type", Schema::choice(&error::TYPES)),
        member("code", Schema::string()),
        member("message", Schema::string()),
        member("param", Schema::string().described("The invalid parameter, member or header.")).optional(),
        member("doc_url", Schema::string().with("format", "uri")).optional(),
        member("request_id", request_id()),
        member("retryAfter", Schema::count_from(0).described("Seconds, as in `Retry-After`.")).optional(),
    ])
    .named("Error");
    let meta =
        Schema::object([member("requestId", request_id()).here(), member("timestamp", Schema::time())]);
    Schema::object([
        member("success", Schema::constant(false)),
        member("error", error),
        member("meta", meta.named("ErrorMeta")).here(),
    ])
    .named("Refusal")
}

/// The response object of a success. Adds its named schemas to `named`.
pub(crate) fn response(
    answer: &Answer,
    operation: &Operation,
    named: &mut Map<String, Value>,
) -> Map<String, Value> {
    let mut response = Map::new();
    response.insert("description".to_owned(), answer.description.into());
    response.insert("headers".to_owned(), headers(operation));
    match &answer.payload {
        Payload::Events(description) => {
            let schema = event().described(*description).json();
            response.insert("content".to_owned(), json!({ "text/event-stream": { "schema": schema } }));
        }
        payload => {
            if let Some(schema) = success(payload) {
                let json = schema.json();
                named.extend(schema.named);
                let mut content = json!({ "application/json": { "schema": json } });
                if let Payload::DataOrCsv(_) = payload {
                    content["text/csv"] = json!({ "schema": Schema::string().json() });
                }
                response.insert("content".to_owned(), content);
            }
        }
    }
    if !operation.links.is_empty() {
        response.insert("links".to_owned(), operation.links.clone().into());
    }
    response
}

fn headers(operation: &Operation) -> Value {
    let mut names = vec!["x-cstar-request-id"];
    if operation.key != Key::None {
        names.extend(KEYED_HEADERS);
    }
    if operation.once {
        names.push("Idempotent-Replayed");
    }
    references(&names)
}

/// The headers of responses to requests with a valid key.
const KEYED_HEADERS: [&str; 5] = [
    "CStar-Version",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "X-RateLimit-Window",
];

/// References to these headers.
pub(crate) fn references(names: &[&str]) -> Value {
    let one = |name: &&str| {
        ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{}", component(name)) }))
    };
    names.iter().map(one).collect::<Map<String, Value>>().into()
}

fn component(header: &str) -> String {
    header.replace('-', "")
}

/// Every header of a response.
pub(crate) fn header_components() -> Value {
    let whole = || Schema::count_from(0);
    let headers = [
        ("x-cstar-request-id", request_id(), "ours", "The id of the request, as in the body."),
        (
            "CStar-Version",
            Schema::string().with("format", "date"),
            "ours",
            "The API version of the response.",
        ),
        (
            "X-RateLimit-Limit",
            whole(),
            "documented",
            "Requests per hour for this key. Without limits, none of the four headers is sent.",
        ),
        ("X-RateLimit-Remaining", whole(), "documented", "The remaining requests in this hour."),
        ("X-RateLimit-Reset", whole(), "documented", "When the hour ends, in Unix seconds."),
        ("X-RateLimit-Window", Schema::constant(3600), "documented", "The length of the window, in seconds."),
        ("Retry-After", whole(), "documented", "Seconds to wait before a retry."),
        (
            "Idempotent-Replayed",
            Schema::constant("true"),
            "ours",
            "The response is a repetition for the same `Idempotency-Key`.",
        ),
        ("WWW-Authenticate", Schema::constant("Bearer"), "ours", "How to authenticate."),
        ("Sec-WebSocket-Version", Schema::constant("13"), "ours", "The supported version."),
    ];
    let one = |(name, schema, source, description): (&str, Schema, &str, &str)| {
        let json = json!({ "description": description, "schema": schema.json(), "x-cstar-source": source });
        (component(name), json)
    };
    headers.into_iter().map(one).collect::<Map<String, Value>>().into()
}
