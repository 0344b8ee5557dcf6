//! The envelopes of responses, for success and for errors, and the request id.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::error::ApiError;
use super::query::Page;
use crate::sandbox::caller::Caller;
use crate::sandbox::request_meta::RequestMeta;

/// Carries the request id on every response (ours: no page says whether cStar's API sends one).
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-cstar-request-id");

/// The error page (documented on several pages of 2026); `#<code>` is appended.
const DOC_PAGE: &str = "https://cstar.help/developers/errors";

/// An authenticated request. Present only if the key was accepted.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) meta: RequestMeta,
    pub(crate) caller: Caller,
}

/// A finished JSON response.
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

/// A page of a list, with both documented spellings: `pagination` beside `data`, as on the pages
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

/// A page of a list with a cursor, with `pagination` beside `data` as in other lists.
pub(crate) fn part(items: Vec<Value>, pagination: Value, meta: &RequestMeta) -> Rendered {
    let body = json!({ "success": true, "data": items, "pagination": pagination, "meta": meta_json(meta) });
    Rendered { status: StatusCode::OK, body: body.to_string().into() }
}

/// Adds the request id to every response, and the documented body to every error. Also replaces the
/// plain text that a library answers with.
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

/// Logs a defect of the sandbox: one line per request id, also if a client retries.
/// Injected errors are not logged.
pub(crate) fn report(error: &ApiError, request_id: &str) {
    if error.is_defect() {
        tracing::error!("{request_id} is answered with {}: {}", error.status.as_u16(), error.message);
    }
}

/// `{"success":false,"error":{…},"meta":{…}}` (documented; `meta` as on the newest error page).
pub(crate) fn failure(error: &ApiError, meta: &RequestMeta) -> Value {
    json!({ "success": false, "error": error_object(error, &meta.request_id), "meta": meta_json(meta) })
}

/// The `error` member, which the `error` frame of a stream carries as well.
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

/// `meta` without a pagination.
pub(crate) fn meta_json(meta: &RequestMeta) -> Value {
    // whole seconds, as in the documented samples
    let timestamp = meta.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    json!({ "requestId": &*meta.request_id, "timestamp": timestamp })
}

fn json_type() -> HeaderValue {
    HeaderValue::from_static("application/json")
}
