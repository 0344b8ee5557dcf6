//! Errors of HTTP itself, before a request reaches the API. All ours: cStar documents none.

use axum::http::{Method, StatusCode};

use super::{API, ApiError, Companion, INVALID_REQUEST, NOT_FOUND};

/// The characters of a path that an error repeats.
const PATH_SHOWN: usize = 200;

impl ApiError {
    /// Not a WebSocket handshake of RFC 6455 (ours).
    pub(crate) fn bad_upgrade(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, INVALID_REQUEST, "bad_upgrade", message)
    }

    /// An unsupported WebSocket version (status and header by RFC 6455, code ours).
    pub(crate) fn upgrade_version() -> Self {
        let message = "Only version 13 of the WebSocket protocol is spoken here.";
        Self::new(StatusCode::UPGRADE_REQUIRED, INVALID_REQUEST, "upgrade_version", message)
            .with(Companion::WebSocketVersion)
    }

    /// A body that ended early or is not valid HTTP (ours).
    pub(crate) fn unreadable_body() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            INVALID_REQUEST,
            "unreadable_body",
            "The request body could not be read.",
        )
    }

    /// No Host header, or more than one (ours).
    pub(crate) fn host_missing() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            INVALID_REQUEST,
            "host_missing",
            "Exactly one Host header is required.",
        )
    }

    /// A Host other than loopback: the sign of DNS rebinding (ours).
    pub(crate) fn host_not_allowed() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            INVALID_REQUEST,
            "host_not_allowed",
            "The sandbox answers to localhost, *.localhost, 127.0.0.1 and [::1], with any port. For another name \
             start it with --allow-host NAME.",
        )
    }

    /// The sandbox cannot serve now (ours).
    pub(crate) fn not_ready(reason: impl std::fmt::Display) -> Self {
        let message = format!("The sandbox is not ready: {reason}.");
        let mut error =
            Self::new(StatusCode::SERVICE_UNAVAILABLE, API, "not_ready", message).with(Companion::RetryAfter);
        error.retry_after = Some(1);
        error
    }

    /// A request from a web page of another origin (ours).
    pub(crate) fn origin_not_allowed() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            INVALID_REQUEST,
            "origin_not_allowed",
            "The sandbox does not answer web pages of another origin.",
        )
    }

    /// A method that the path does not have (ours).
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            INVALID_REQUEST,
            "method_not_allowed",
            "This method is not allowed here.",
        )
    }

    /// A method that no path has (ours).
    pub(crate) fn method_refused() -> Self {
        Self::method_not_allowed().with(Companion::Allow)
    }

    /// A body without a JSON content type (ours).
    pub(crate) fn unsupported_media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            INVALID_REQUEST,
            "unsupported_media_type",
            "The request body must be sent with Content-Type: application/json.",
        )
    }

    /// A body over the limit. The connection closes, because the rest is not read (ours).
    pub(crate) fn payload_too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            INVALID_REQUEST,
            "payload_too_large",
            "The request body is larger than 1 MiB.",
        )
        .with(Companion::Close)
    }

    /// A body that took too long to arrive (ours).
    pub(crate) fn body_timeout() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            INVALID_REQUEST,
            "request_timeout",
            "The request body did not arrive in time.",
        )
        .with(Companion::Close)
    }

    /// Too many request bodies in memory (ours).
    pub(crate) fn too_busy() -> Self {
        let message = "The sandbox has as many request bodies in hand as it may have. Try again in a moment.";
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, API, "server_busy", message);
        error.retry_after = Some(1);
        error.with(Companion::RetryAfter)
    }

    /// The server is temporarily unavailable (ours).
    pub(crate) fn unavailable(seconds: u64) -> Self {
        let message = "The service is temporarily unavailable.";
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, API, "service_unavailable", message);
        error.retry_after = Some(seconds);
        error.with(Companion::RetryAfter)
    }

    /// No route has this path. Type and code are documented for a missing object, the message is ours.
    pub(crate) fn endpoint_missing(method: &Method, path: &str) -> Self {
        let path: String = path.chars().take(PATH_SHOWN).collect();
        let message = format!(
            "Endpoint not found: {method} {path}. The paths of a team start with /api/v1/teams/{{team}}/; \
             /openapi.json lists all paths."
        );
        Self::new(StatusCode::NOT_FOUND, NOT_FOUND, "RESOURCE_MISSING", message)
    }

    /// The error for a bare status from a library.
    pub(crate) fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::resource_missing("Endpoint"),
            StatusCode::METHOD_NOT_ALLOWED => Self::method_not_allowed(),
            StatusCode::PAYLOAD_TOO_LARGE => Self::payload_too_large(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::unsupported_media_type(),
            _ if status.is_server_error() => Self { status, ..Self::internal() },
            _ => Self::new(status, INVALID_REQUEST, "invalid_request", "The request is not valid."),
        }
    }
}
