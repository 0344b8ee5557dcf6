//! The session of a page: the token becomes a cookie that scripts cannot read.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::inspector::cookie;
use crate::inspector::error::ApiError;
use crate::inspector::guard::{host, is_token};
use crate::inspector::input;
use crate::inspector::route::Route;
use crate::inspector::state::Shared;

const PATH: &str = "/_inspector/session";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post(PATH, begin).open().named("openSession", "Exchange the token for a cookie").body(json!({
            "type": "object",
            "required": ["token"],
            "additionalProperties": false,
            "properties": { "token": { "type": "string" } },
        })),
        Route::delete(PATH, end).open().named("closeSession", "Remove the cookie"),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSession {
    token: String,
}

async fn begin(
    State(inspector): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let NewSession { token } = input::json(&headers, &body)?;
    if !is_token(&token, inspector.token()) {
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, "the token is wrong")
            .hint("open the address that cstar printed"));
    }
    let cookie = cookie::set(host(&headers), inspector.token().expose());
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Needs no token: it only removes the cookie of this browser.
async fn end(headers: HeaderMap) -> Response {
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::remove(host(&headers)))]).into_response()
}
