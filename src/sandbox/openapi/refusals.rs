//! The error responses: one per status, with an example of each of its codes.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::envelopes::{self, references};
use super::operation::{Key, Operation};
use crate::sandbox::caller::Environment;
use crate::sandbox::http::envelope::failure;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::request_meta::RequestMeta;

/// The shared response of an error status.
struct Refusal {
    status: u16,
    name: &'static str,
    description: &'static str,
    headers: &'static [&'static str],
    errors: fn() -> Vec<ApiError>,
}

const ALL: [Refusal; 12] = [
    Refusal {
        status: 400,
        name: "BadRequest",
        description: "Something in the request is invalid; `param` names it.",
        headers: &[],
        errors: || {
            let page = "The 'page' parameter must be a whole number from 1 to 4294967295.";
            vec![
                ApiError::parameter_missing("title"),
                ApiError::parameter_invalid("page", page),
                ApiError::invalid_json("The request body must be a JSON object."),
                ApiError::too_many_keys(1000),
                ApiError::too_many_webhooks(100),
                ApiError::host_missing(),
                ApiError::unreadable_body(),
                ApiError::bad_upgrade("A WebSocket needs HTTP/1.1 and 'Connection: Upgrade'."),
            ]
        },
    },
    Refusal {
        status: 401,
        name: "Unauthorized",
        description: "There is no usable API key.",
        headers: &["WWW-Authenticate"],
        errors: || {
            vec![
                ApiError::authentication_required(),
                ApiError::invalid_key_format(),
                ApiError::invalid_api_key(),
            ]
        },
    },
    Refusal {
        status: 403,
        name: "Forbidden",
        description: "The key does not permit this, or the request is from a web page.",
        headers: &[],
        errors: || {
            vec![
                ApiError::insufficient_permissions(),
                ApiError::publishable_key_write(Environment::Live),
                ApiError::team_access_denied(),
                ApiError::origin_not_allowed(),
                ApiError::host_not_allowed(),
            ]
        },
    },
    Refusal {
        status: 404,
        name: "NotFound",
        description: "The object does not exist.",
        headers: &[],
        errors: || vec![ApiError::resource_missing("Ticket")],
    },
    Refusal {
        status: 408,
        name: "RequestTimeout",
        description: "The body took too long to arrive.",
        headers: &[],
        errors: || vec![ApiError::body_timeout()],
    },
    Refusal {
        status: 409,
        name: "Conflict",
        description: "The `Idempotency-Key` was used for another request, a unique value exists already, or a delivery is in progress.",
        headers: &[],
        errors: || {
            vec![
                ApiError::idempotency_conflict(),
                ApiError::conflict("email", "A customer with this email already exists."),
                ApiError::delivery_in_flight(),
            ]
        },
    },
    Refusal {
        status: 413,
        name: "PayloadTooLarge",
        description: "The body is larger than 1 MiB.",
        headers: &[],
        errors: || vec![ApiError::payload_too_large()],
    },
    Refusal {
        status: 415,
        name: "UnsupportedMediaType",
        description: "The `Content-Type` is not JSON.",
        headers: &[],
        errors: || vec![ApiError::unsupported_media_type()],
    },
    Refusal {
        status: 426,
        name: "UpgradeRequired",
        description: "The WebSocket version is not 13.",
        headers: &["Sec-WebSocket-Version"],
        errors: || vec![ApiError::upgrade_version()],
    },
    Refusal {
        status: 429,
        name: "RateLimited",
        description: "The key's hourly budget is used up.",
        headers: &[
            "Retry-After",
            "X-RateLimit-Limit",
            "X-RateLimit-Remaining",
            "X-RateLimit-Reset",
            "X-RateLimit-Window",
        ],
        errors: || vec![ApiError::rate_limit_exceeded(42)],
    },
    Refusal {
        status: 500,
        name: "InternalError",
        description: "The sandbox failed, or a fault was injected.",
        headers: &[],
        errors: || vec![ApiError::internal()],
    },
    Refusal {
        status: 503,
        name: "Unavailable",
        description: "The sandbox cannot serve now; the message says why.",
        headers: &["Retry-After"],
        errors: || vec![ApiError::not_ready("webhook deliveries do not run")],
    },
];

/// The time of the examples: that of the documented samples.
const SAMPLE_TIME: Timestamp = Timestamp::constant(1_774_864_800, 0);

/// The response for any other status.
const OTHERWISE: &str = "Otherwise";

/// The error responses of an operation: the derived ones and its own.
pub(crate) fn responses_for(operation: &Operation, path: &str) -> Map<String, Value> {
    let mut statuses = vec![400, 403, 500];
    if operation.key != Key::None {
        statuses.extend([401, 429]);
    }
    if operation.body.is_some() {
        statuses.extend([408, 413, 415]);
    }
    if operation.once {
        statuses.push(409);
    }
    // the team in the path is never a 404: another team is forbidden
    if path.replace("/api/v1/teams/{team}", "").contains('{') {
        statuses.push(404);
    }
    statuses.extend(&operation.refusals);
    let errors = ALL.iter().filter(|refusal| statuses.contains(&refusal.status));
    let mut refusals: Map<String, Value> =
        errors.map(|refusal| (refusal.status.to_string(), reference(refusal.name))).collect();
    refusals.insert("default".to_owned(), reference(OTHERWISE));
    refusals
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/responses/{name}") })
}

/// All error responses, for the components.
pub(crate) fn components(named: &mut Map<String, Value>) -> Value {
    let schema = envelopes::refusal();
    let body = schema.json();
    named.extend(schema.named);
    let mut responses = Map::new();
    for refusal in &ALL {
        let examples: Map<String, Value> = (refusal.errors)().iter().map(example).collect();
        let headers = [&["x-cstar-request-id"], refusal.headers].concat();
        let response = json!({
            "description": refusal.description,
            "headers": references(&headers),
            "content": { "application/json": { "schema": body, "examples": examples } },
        });
        responses.insert(refusal.name.to_owned(), response);
    }
    let otherwise = json!({
        "description": "Any other error.",
        "headers": references(&["x-cstar-request-id"]),
        "content": { "application/json": { "schema": body } },
    });
    responses.insert(OTHERWISE.to_owned(), otherwise);
    responses.into()
}

fn example(error: &ApiError) -> (String, Value) {
    let meta = RequestMeta::of("req_a1B2c3D4e5F6", SAMPLE_TIME);
    (error.code.to_owned(), json!({ "value": failure(error, &meta) }))
}
