//! Reads request bodies: JSON, and nothing else.

use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// The largest request body, in bytes: an edited event.
pub(super) const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// The body as JSON. The content type makes browsers ask before a page of another origin may send it.
pub(super) fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, ApiError> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body is not application/json"));
    }
    serde_json::from_slice(body).map_err(|error| ApiError::bad(format!("the body cannot be used: {error}")))
}
