//! The bodies around every answer: the success envelope, the error envelope, and the request id.

use crate::sandbox::request_meta::RequestMeta;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::error::ApiError;
use super::query::Page;
use crate::sandbox::caller::Caller;

/// Carries the request id on every response (ours: no page says whether cStar's API sends one).
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-cstar-request-id");

/// Documented on several pages of 2026; `#<code>` is appended.
const DOC_PAGE: &str = "https://cstar.help/developers/errors";

/// What a handler knows about an authenticated request. Present only when the key was accepted.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Id and time of the request.
    pub(crate) meta: RequestMeta,
    /// Whose key it was.
    pub(crate) caller: Caller,
}

/// A finished JSON answer, in the bytes that go out.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl IntoResponse for Rendered {
    fn into_response(self) -> Response {
        (self.status, [(CONTENT_TYPE, json_type())], self.body).into_response()
    }
}

/// `{"success":true,"data":…,"meta":{"requestId","timestamp"}}` (documented).
pub(crate) fn success(status: StatusCode, data: Value, meta: &RequestMeta) -> Rendered {
    let body = json!({ "success": true, "data": data, "meta": meta_json(meta) });
    Rendered { status, body: body.to_string().into() }
}

/// A page of a list, with both documented spellings of its place: `pagination` beside `data`, as on the pages
/// of 2026, and in `meta`, as in older samples.
pub(crate) fn list(items: Vec<Value>, page: Page, total: u64, meta: &RequestMeta) -> Rendered {
    let has_more = page.offset() + (items.len() as u64) < total;
    let mut meta = meta_json(meta);
    meta["pagination"] = json!({
        "page": page.number,
        "pageSize": page.size,
        "total": total,
        "totalPages": total.div_ceil(page.size.max(1)),
        "hasMore": has_more,
    });
    let body = json!({
        "success": true,
        "data": items,
        "pagination": { "total": total, "page": page.number, "pageSize": page.size, "hasMore": has_more },
        "meta": meta,
    });
    Rendered { status: StatusCode::OK, body: body.to_string().into() }
}

/// A part of a list that is paged by a cursor, with `pagination` beside `data` as in other lists.
pub(crate) fn part(items: Vec<Value>, pagination: Value, meta: &RequestMeta) -> Rendered {
    let body = json!({ "success": true, "data": items, "pagination": pagination, "meta": meta_json(meta) });
    Rendered { status: StatusCode::OK, body: body.to_string().into() }
}

/// Gives every response its request id, and every refusal its documented body. Also catches what a
/// library below answered in plain text.
pub(crate) fn finish(response: Response, meta: &RequestMeta) -> Response {
    let (mut parts, mut body) = response.into_parts();
    let refusal = parts.extensions.remove::<ApiError>().or_else(|| {
        let bare = parts.status.is_client_error() || parts.status.is_server_error();
        bare.then(|| ApiError::from_status(parts.status))
    });
    if let Some(error) = refusal {
        report(&error, &meta.request_id);
        parts.headers.remove(CONTENT_LENGTH);
        parts.headers.insert(CONTENT_TYPE, json_type());
        body = Body::from(failure(&error, meta).to_string());
    }
    if let Ok(id) = HeaderValue::from_str(&meta.request_id) {
        parts.headers.insert(REQUEST_ID, id);
    }
    Response::from_parts(parts, body)
}

/// Logs a defect of the sandbox for the one who runs it: one line per request id, also when a client tries again.
/// Errors that a fault injects are asked for, and are not logged.
pub(crate) fn report(error: &ApiError, request_id: &str) {
    if error.is_defect() {
        tracing::error!("{request_id} is answered with {}: {}", error.status.as_u16(), error.message);
    }
}

/// `{"success":false,"error":{…},"meta":{…}}` (documented; `meta` as on the newest error page).
pub(crate) fn failure(error: &ApiError, meta: &RequestMeta) -> Value {
    json!({ "success": false, "error": error_object(error, &meta.request_id), "meta": meta_json(meta) })
}

/// The `error` member alone, which is also what an `error` frame of a stream carries.
pub(crate) fn error_object(error: &ApiError, request_id: &str) -> Value {
    let mut object = Map::new();
    object.insert("type".into(), error.kind.into());
    object.insert("code".into(), error.code.into());
    object.insert("message".into(), error.message.as_ref().into());
    if let Some(param) = error.param {
        object.insert("param".into(), param.into());
    }
    if let Some(anchor) = error.anchor {
        object.insert("doc_url".into(), format!("{DOC_PAGE}#{anchor}").into());
    }
    object.insert("request_id".into(), request_id.into());
    if let Some(seconds) = error.retry_after {
        object.insert("retryAfter".into(), seconds.into());
    }
    Value::Object(object)
}

fn meta_json(meta: &RequestMeta) -> Value {
    // whole seconds, as in the samples
    let timestamp = meta.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    json!({ "requestId": &*meta.request_id, "timestamp": timestamp })
}

fn json_type() -> HeaderValue {
    HeaderValue::from_static("application/json")
}
