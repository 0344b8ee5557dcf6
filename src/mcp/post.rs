//! Middleware in front of rmcp for what clients POST: reads `Accept` as HTTP defines it, answers invalid messages
//! with a JSON-RPC error, and splits batches of protocol 2025-03-26 and joins their answers. rmcp does none of these.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use rmcp::model::ClientJsonRpcMessage;
use serde_json::Value;

use super::jsonrpc::{self, Inbound, Part};

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";
/// The negotiated version of the protocol. Clients of 2025-03-26 or earlier send none (documented by MCP).
const VERSION: &str = "mcp-protocol-version";
/// Messages of a batch that run at the same time.
const AT_ONCE: usize = 16;
/// Bytes of one response within a batch.
const MAX_ANSWER: usize = 32 * 1024 * 1024;

/// Answers what rmcp cannot, and passes the rest on in the form that rmcp expects.
pub(super) async fn prepare(mut request: Request, next: Next) -> Response {
    let wanted = match *request.method() {
        Method::POST => "application/json, text/event-stream",
        _ => EVENTS,
    };
    if wanted.split(", ").all(|media_type| accepts(request.headers(), media_type)) {
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static(wanted));
    }
    if request.method() != Method::POST || !is_json(request.headers()) {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, jsonrpc::MAX_BYTES).await else {
        return json(StatusCode::PAYLOAD_TOO_LARGE, &jsonrpc::too_long());
    };
    if body.trim_ascii().is_empty() {
        return json(StatusCode::BAD_REQUEST, &jsonrpc::unreadable("it is empty"));
    }
    match jsonrpc::read(&body, has_batches(&head.headers)) {
        Inbound::One(Part::Message(_)) => next.run(Request::from_parts(head, Body::from(body))).await,
        Inbound::One(Part::Ignored) => StatusCode::ACCEPTED.into_response(),
        Inbound::One(Part::Invalid(error)) => json(StatusCode::BAD_REQUEST, &error),
        Inbound::Batch(parts) => batch(head, parts, next).await,
    }
}

/// Whether `media_type` is accepted, by name or by `*`. Without the header, everything is.
fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<(String, bool)> = values.flat_map(|value| value.split(',')).filter_map(range).collect();
    let main = media_type.split('/').next().unwrap_or_default();
    let by_name = |name: &str| ranges.iter().find(|range| range.0 == name).map(|range| range.1);
    // The most specific range wins.
    by_name(media_type)
        .or_else(|| by_name(&format!("{main}/*")))
        .or_else(|| by_name("*/*"))
        .unwrap_or(ranges.is_empty())
}

/// A media range, and whether it is accepted: `q=0` means that it is not.
fn range(text: &str) -> Option<(String, bool)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?.to_ascii_lowercase();
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some((name, quality.and_then(|quality| quality.parse::<f32>().ok()).is_none_or(|quality| quality > 0.0)))
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(JSON)
}

fn has_batches(headers: &HeaderMap) -> bool {
    headers.get(VERSION).is_none_or(|version| version.as_bytes() <= b"2025-03-26".as_slice())
}

fn json(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, JSON)], value.to_string()).into_response()
}

/// Runs each message by itself and returns all responses in one array; without responses there is no body.
async fn batch(head: Parts, parts: Vec<Part>, next: Next) -> Response {
    let answers = futures_util::stream::iter(parts).map(|part| one(&head, part, next.clone()));
    let answers: Vec<Result<Option<Value>, Response>> = answers.buffered(AT_ONCE).collect().await;
    match answers.into_iter().filter_map(Result::transpose).collect::<Result<Vec<Value>, Response>>() {
        Ok(answers) if answers.is_empty() => StatusCode::ACCEPTED.into_response(),
        Ok(answers) => json(StatusCode::OK, &Value::Array(answers)),
        // The problem is not one message but the session or the version.
        Err(refusal) => refusal,
    }
}

async fn one(head: &Parts, part: Part, next: Next) -> Result<Option<Value>, Response> {
    let message = match part {
        Part::Ignored => return Ok(None),
        Part::Invalid(error) => return Ok(Some(error)),
        Part::Message(message) => message,
    };
    let response = next.run(request(head, &message)).await;
    let (answer, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MAX_ANSWER).await else {
        return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    match answered(&body) {
        Some(answer) => Ok(Some(answer)),
        None if answer.status.is_success() => Ok(None),
        None => Err(Response::from_parts(answer, Body::from(body))),
    }
}

fn request(head: &Parts, message: &ClientJsonRpcMessage) -> Request {
    let mut request = Request::new(Body::from(serde_json::to_vec(message).unwrap_or_default()));
    *request.method_mut() = head.method.clone();
    *request.uri_mut() = head.uri.clone();
    *request.headers_mut() = head.headers.clone();
    request.headers_mut().remove(header::CONTENT_LENGTH);
    request
}

/// The response in a body of JSON or events. Notifications before it, such as progress, cannot be part of a batch.
fn answered(body: &Bytes) -> Option<Value> {
    let text = std::str::from_utf8(body).ok()?;
    let mut lines = text.lines().map(|line| line.strip_prefix("data:").unwrap_or(line));
    lines.find_map(|line| {
        let value: Value = serde_json::from_str(line).ok()?;
        (value.get("result").is_some() || value.get("error").is_some()).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(value: &str, media_type: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, value.parse().unwrap());
        accepts(&headers, media_type)
    }

    #[test]
    fn accept_header_follows_http() {
        assert!(accepts(&HeaderMap::new(), JSON));
        for value in ["", "*/*", "text/event-stream", "text/*", "a/b, TEXT/Event-Stream;q=0.1", "*/*;q=0.8"] {
            assert!(accepted(value, EVENTS), "{value}");
        }
        for value in ["application/json", "text/html, a/*", "*/*;q=0", "*/*, text/event-stream; q=0.0"] {
            assert!(!accepted(value, EVENTS), "{value}");
        }
    }
}
