//! Every error of the sandbox: status, type, code and message in one place.
//!
//! Where cStar's pages disagree, the newest one decides: 401 and 403 share the type
//! `authentication_error` (error pages of 2026), although older samples say `authorization_error`.
//! What cStar does not document is marked `ours`. Errors of HTTP itself are in
//! `error/http.rs`, those of keys in `error/access.rs`, those of rate limits in `error/limits.rs`, and those of customers in `error/customers.rs`.

mod access;
mod customers;
mod http;
mod limits;

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::http::header::{
    ALLOW, CONNECTION, HeaderValue, RETRY_AFTER, SEC_WEBSOCKET_VERSION, WWW_AUTHENTICATE,
};
use axum::response::{IntoResponse, Response};

const AUTHENTICATION: &str = "authentication_error";
const INVALID_REQUEST: &str = "invalid_request_error";
const VALIDATION: &str = "validation_error";
const NOT_FOUND: &str = "not_found_error";
const RATE_LIMIT: &str = "rate_limit_error";
const API: &str = "api_error";
const INTERNAL: &str = "internal_error";

/// Every documented type of error. `authorization_error` is in older samples only, and is never sent
/// here.
pub(crate) const TYPES: [&str; 7] =
    [AUTHENTICATION, "authorization_error", INVALID_REQUEST, VALIDATION, NOT_FOUND, RATE_LIMIT, API];

const ALL_METHODS: &str = "GET, HEAD, POST, PATCH, PUT, DELETE";

/// How many characters of the caller's text an error message repeats.
const ECHO_LIMIT: usize = 100;

/// An error without a request id. It travels as a response extension to the outermost
/// layer, the only place that writes error bodies.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) kind: &'static str,
    pub(crate) code: &'static str,
    pub(crate) message: Cow<'static, str>,
    pub(crate) param: Option<&'static str>,
    /// Anchor on the public error page; `None` where the samples carry no `doc_url`.
    pub(crate) anchor: Option<&'static str>,
    /// Seconds until a retry makes sense.
    pub(crate) retry_after: Option<u64>,
    companion: Companion,
}

/// The header that goes with an error.
#[derive(Clone, Copy, Debug)]
enum Companion {
    None,
    /// HTTP requires one on every 401 (ours).
    Challenge,
    /// All methods that the sandbox has.
    Allow,
    /// The rest of the request will not be read.
    Close,
    /// The supported WebSocket version.
    WebSocketVersion,
    /// Documented for 429.
    RetryAfter,
}

impl ApiError {
    fn new(
        status: StatusCode,
        kind: &'static str,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        let message = message.into();
        let companion = Companion::None;
        Self { status, kind, code, message, param: None, anchor: None, retry_after: None, companion }
    }

    /// Links to the section of the code on the public error page.
    fn documented(mut self) -> Self {
        self.anchor = Some(self.code);
        self
    }

    fn with(mut self, companion: Companion) -> Self {
        self.companion = companion;
        self
    }

    /// A required body member is missing (documented).
    pub(crate) fn parameter_missing(param: &'static str) -> Self {
        let message = format!("The '{param}' field is required.");
        let mut error =
            Self::new(StatusCode::BAD_REQUEST, INVALID_REQUEST, "parameter_missing", message).documented();
        error.param = Some(param);
        error
    }

    /// An invalid member, query parameter or header (documented for `trigger-test`).
    pub(crate) fn parameter_invalid(param: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        let mut error = Self::new(StatusCode::BAD_REQUEST, VALIDATION, "PARAMETER_INVALID", message);
        error.param = Some(param);
        error
    }

    /// An event type outside the catalogue (documented).
    pub(crate) fn unknown_event(param: &'static str, name: &str) -> Self {
        Self::parameter_invalid(param, format!("Unknown event type: {}", shortened(name)))
    }

    /// A subscription that is neither an event type nor a pattern that matches one (shape as documented
    /// for `trigger-test`).
    pub(crate) fn unknown_subscription(name: &str) -> Self {
        Self::parameter_invalid("events", format!("Unknown event type: {}", shortened(name)))
    }

    /// A body that is not JSON, or not an object (type documented, code ours).
    pub(crate) fn invalid_json(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, INVALID_REQUEST, "invalid_json", message)
    }

    /// Not found, worded as in `Webhook not found` (documented).
    pub(crate) fn resource_missing(what: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, NOT_FOUND, "RESOURCE_MISSING", format!("{what} not found"))
    }

    /// An idempotency key reused for a different request (status documented, code ours).
    pub(crate) fn idempotency_conflict() -> Self {
        let mut error = Self::new(
            StatusCode::CONFLICT,
            INVALID_REQUEST,
            "idempotency_key_reused",
            "This Idempotency-Key was already used for a different request within the last 24 hours.",
        );
        error.param = Some("Idempotency-Key");
        error
    }

    /// The team has the maximum number of keys (ours).
    pub(crate) fn too_many_keys(limit: usize) -> Self {
        let message = format!("A team has at most {limit} API keys. Revoke one first.");
        Self::new(StatusCode::BAD_REQUEST, INVALID_REQUEST, "too_many_keys", message)
    }

    /// The team has the maximum number of webhooks (ours).
    pub(crate) fn too_many_webhooks(limit: usize) -> Self {
        let message = format!("A team has at most {limit} webhooks. Delete one first.");
        Self::new(StatusCode::BAD_REQUEST, INVALID_REQUEST, "too_many_webhooks", message)
    }

    /// An attempt of the delivery is in flight (status documented, code ours).
    pub(crate) fn delivery_in_flight() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            INVALID_REQUEST,
            "delivery_under_way",
            "This delivery is being attempted right now. Look at its attempts in a moment.",
        )
    }

    /// A value that must be unique is taken (status documented, code ours).
    pub(crate) fn conflict(param: &'static str, message: &'static str) -> Self {
        let mut error = Self::new(StatusCode::CONFLICT, INVALID_REQUEST, "resource_conflict", message);
        error.param = Some(param);
        error
    }

    pub(crate) fn internal() -> Self {
        Self::internal_because("a defect of its own")
    }

    /// With the reason: the caller is the person who runs the sandbox.
    pub(crate) fn internal_because(reason: &str) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            API,
            INTERNAL,
            format!("Something went wrong in the sandbox: {}.", shortened(reason).trim_end_matches('.')),
        )
    }

    pub(crate) fn is_defect(&self) -> bool {
        self.code == INTERNAL
    }

    /// A stream so far behind that events it had not read are gone (ours).
    pub(crate) fn listener_overtaken() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            API,
            "listener_overtaken",
            "The listener read too slowly: events it had not received were dropped from the log.",
        )
    }
}

/// A broken store is a server error to the caller.
impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal_because(&error.to_string())
    }
}

impl IntoResponse for ApiError {
    /// Status and headers only: `envelope::finish` writes the body, with the request id.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let header = match self.companion {
            Companion::None => None,
            Companion::Challenge => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Companion::Allow => Some((ALLOW, HeaderValue::from_static(ALL_METHODS))),
            Companion::Close => Some((CONNECTION, HeaderValue::from_static("close"))),
            Companion::WebSocketVersion => Some((SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"))),
            Companion::RetryAfter => self.retry_after.map(|s| (RETRY_AFTER, HeaderValue::from(s))),
        };
        if let Some((name, value)) = header {
            response.headers_mut().insert(name, value);
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// `text`, truncated to keep the message readable.
fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(ECHO_LIMIT) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}
