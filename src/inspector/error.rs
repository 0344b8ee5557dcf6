//! Errors of the JSON API: `{"error": {"message", "hint"}}` and a status.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::history::HistoryError;
use crate::output::sanitize::{redact, sanitize};
use crate::output::{Exit, Failure};

/// Why a request failed.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    message: String,
    hint: Option<String>,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), hint: None }
    }

    /// A request that cannot be understood.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        let status = match failure.exit() {
            Exit::Usage => StatusCode::BAD_REQUEST,
            Exit::Failed => StatusCode::UNPROCESSABLE_ENTITY,
            // Not 401, which is about the token of the inspector itself.
            Exit::Auth => StatusCode::FORBIDDEN,
            Exit::Unreachable => StatusCode::BAD_GATEWAY,
            Exit::Bug | Exit::Interrupted | Exit::Server(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let hint = failure.hints().first().cloned();
        Self { status, message: failure.message().to_owned(), hint }
    }
}

impl From<HistoryError> for ApiError {
    fn from(error: HistoryError) -> Self {
        let status = match error.is_transient() {
            true => StatusCode::SERVICE_UNAVAILABLE,
            false => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let hint = self.hint.as_deref().map(|hint| sanitize(&redact(hint)));
        let body = json!({ "error": { "message": sanitize(&redact(&self.message)), "hint": hint } });
        (self.status, Json(body)).into_response()
    }
}
