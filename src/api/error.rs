//! Errors of API requests, parsed tolerantly from every documented error shape.

use std::time::Duration;

use reqwest::header::{HeaderMap, LOCATION};
use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;

use super::limits::{MAX_ITEMS, MAX_VALUES, max_value_count};
use crate::host::clock::Clock;
use crate::net::ProxyRefusal;
use crate::net::error_chain::{self, CertificateProblem};
use crate::net::{self, BaseUrl, FailureCause, SetupError, truncate_text};

/// Characters of an API error message that are kept.
const LONGEST_MESSAGE: usize = 4096;
/// Characters of the other members, and of the target of a redirect, that are kept.
const LONGEST_NAME: usize = 1024;

/// The documented error object. Older pages lack some members, so all are optional.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct ErrorDetail {
    #[serde(rename = "type")]
    pub(crate) error_type: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    /// The invalid member of the request (one page calls it `field`).
    #[serde(alias = "field")]
    pub(crate) param: Option<String>,
    pub(crate) request_id: Option<String>,
    #[serde(rename = "retryAfter")]
    pub(crate) retry_after: Option<f64>,
}

impl ErrorDetail {
    /// Parses an error response. The detail is empty if the response is not from the API.
    pub(crate) fn from_response(answer: &[u8]) -> Self {
        // More values would need too much memory.
        if max_value_count(answer) > MAX_VALUES {
            return Self::default();
        }
        let Ok(value) = serde_json::from_slice::<Value>(answer) else { return Self::default() };
        let error = value.get("error").cloned().unwrap_or(value);
        if let Value::String(message) = error {
            // The oldest shape: {"success": false, "error": "…"}
            return Self { message: Some(message), ..Self::default() }.bounded();
        }
        serde_json::from_value::<Self>(error).unwrap_or_default().bounded()
    }

    fn bounded(self) -> Self {
        let bound = |text: Option<String>, most| text.map(|text| truncate_text(text, most));
        Self {
            error_type: bound(self.error_type, LONGEST_NAME),
            code: bound(self.code, LONGEST_NAME),
            message: bound(self.message, LONGEST_MESSAGE),
            param: bound(self.param, LONGEST_NAME),
            request_id: bound(self.request_id, LONGEST_NAME),
            retry_after: self.retry_after,
        }
    }

    fn message_or_default(&self) -> String {
        let message = self.message.as_deref().unwrap_or("no reason given");
        message.trim_end_matches('.').to_owned()
    }
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("could not {0}")]
    Setup(#[from] SetupError),
    #[error("the API key has a character that is not allowed in an HTTP header")]
    KeyNotHeaderSafe,
    #[error("could not reach {base}: {reason}")]
    Unreachable {
        base: BaseUrl,
        reason: String,
        retryable: bool,
        /// Whether the connection was accepted.
        connected: bool,
        /// The problem with the server's certificate, if that is the cause.
        certificate: Option<CertificateProblem>,
        /// The cause, if the error contains it.
        cause: Option<FailureCause>,
    },
    #[error("the API refused the request: {} (HTTP {status})", detail.message_or_default())]
    Refused { status: u16, detail: Box<ErrorDetail> },
    #[error("too many requests: {} (HTTP 429)", detail.message_or_default())]
    RateLimited { retry_after: Option<Duration>, detail: Box<ErrorDetail> },
    #[error("the API failed: {} (HTTP {status})", detail.message_or_default())]
    Server { status: u16, detail: Box<ErrorDetail> },
    #[error("{base} redirects to {to}; redirects are not followed, to protect the key")]
    Redirect { base: String, to: String },
    #[error("the answer is not what the API documents: {}", describe_json_error(.0))]
    InvalidResponse(serde_json::Error),
    #[error("the answer of {base} is too large: it has more than {} MiB", .limit / 1024 / 1024)]
    TooLarge { base: BaseUrl, limit: usize },
    #[error("the answer of {base} is too large: it has more than {} values", MAX_VALUES)]
    TooManyValues { base: BaseUrl },
    #[error("the API sent a page of {0} items, and a page has {max} at most", max = MAX_ITEMS)]
    LongPage(usize),
    #[error("the response of {base} is a stream of events, which does not end")]
    EventStream { base: BaseUrl },
    #[error("the API named a team id that cannot be part of an address")]
    InvalidTeamId,
    #[error("the API named a key id that cannot be part of an address")]
    InvalidKeyId,
    #[error(
        "the id of a webhook or of a delivery is too long, or has a character that cannot be part of an address"
    )]
    InvalidWebhookId,
    #[error("`{0}` cannot be an id: ids have letters, digits, `_` and `-` only, and at most 256 of them")]
    InvalidId(String),
}

impl ApiError {
    /// The error of a request without a response.
    pub(crate) fn unreachable(base: &BaseUrl, error: reqwest::Error) -> Self {
        // The message already has the address; reqwest would repeat it with the path.
        let error = error.without_url();
        // A retry does not change the certificate.
        let retryable = !error.is_builder() && !error_chain::is_tls(&error);
        // Nothing listens on this machine, and a retry does not change that.
        let retryable = retryable && !(base.is_loopback() && is_refused(&error));
        let certificate = error_chain::certificate_problem(&error);
        let connected = !error.is_connect();
        let cause = error_chain::no_response(&error).map(|found| found.cause);
        let (base, reason) = (base.clone(), reason(&error));
        Self::Unreachable { base, reason, retryable, connected, certificate, cause }
    }

    /// The same error with the refusal of a proxy as its cause.
    pub(crate) fn with_proxy_refusal(self, refusal: &ProxyRefusal) -> Self {
        match self {
            Self::Unreachable { base, retryable, connected, certificate, .. } => Self::Unreachable {
                base,
                reason: refusal.to_string(),
                retryable: retryable && !refusal.is_final(),
                connected,
                certificate,
                cause: None,
            },
            other => other,
        }
    }

    /// The error of a port that does not speak plain http, which a retry would not change.
    pub(crate) fn wrong_protocol(base: &BaseUrl, cause: FailureCause) -> Self {
        let reason = format!("the server {}", cause.message());
        let (base, cause) = (base.clone(), Some(cause));
        Self::Unreachable { base, reason, retryable: false, connected: true, certificate: None, cause }
    }

    /// The error of a response without a success status.
    pub(crate) fn from_response(status: u16, headers: &HeaderMap, answer: &[u8], base: &BaseUrl) -> Self {
        let detail = Box::new(ErrorDetail::from_response(answer));
        match status {
            300..=399 => {
                let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
                Self::Redirect { base: base.to_string(), to: truncate_text(to.to_owned(), LONGEST_NAME) }
            }
            429 => Self::RateLimited { retry_after: retry_after(headers, &detail), detail },
            500.. => Self::Server { status, detail },
            _ => Self::Refused { status, detail },
        }
    }

    pub(crate) fn detail(&self) -> Option<&ErrorDetail> {
        match self {
            Self::Refused { detail, .. } | Self::RateLimited { detail, .. } | Self::Server { detail, .. } => {
                Some(detail)
            }
            _ => None,
        }
    }
}

fn is_refused(error: &reqwest::Error) -> bool {
    error_chain::ErrorChain(Some(error)).any(|cause| {
        let error = cause.downcast_ref::<std::io::Error>();
        error.is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused)
    })
}

fn retry_after(headers: &HeaderMap, detail: &ErrorDetail) -> Option<Duration> {
    let body = || detail.retry_after.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    net::retry_after(headers, Clock::System.now()).or_else(body)
}

/// What is wrong with the JSON of a response, without positions and type names, which do not help without the response.
fn describe_json_error(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match error.classify() {
        Category::Eof if error.column() == 0 => "it is empty".to_owned(),
        Category::Eof => "its JSON is cut off".to_owned(),
        Category::Data => {
            match text.strip_prefix("missing field ").and_then(|rest| rest.split(" at ").next()) {
                Some(name) => format!("it has no {name}"),
                None => "a value in it has the wrong type".to_owned(),
            }
        }
        Category::Syntax | Category::Io => "it is not JSON".to_owned(),
    }
}

fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return match error.is_connect() {
            true => "no connection in time".to_owned(),
            false => "the connection was accepted, but there was no answer in time".to_owned(),
        };
    }
    error_chain::error_message(error)
}

#[cfg(test)]
mod tests {
    use reqwest::header::RETRY_AFTER;

    use super::*;

    fn base() -> BaseUrl {
        BaseUrl::parse("https://www.cstar.help").unwrap()
    }

    #[test]
    fn all_documented_error_shapes_are_read() {
        let newest = br#"{"success":false,"error":{"type":"authentication_error","code":"invalid_api_key",
            "message":"The API key provided is invalid or has been revoked.","request_id":"req_1"}}"#;
        let error = ApiError::from_response(401, &HeaderMap::new(), newest, &base());
        assert_eq!(
            error.to_string(),
            "the API refused the request: The API key provided is invalid or has been revoked (HTTP 401)"
        );
        assert_eq!(error.detail().unwrap().request_id.as_deref(), Some("req_1"));

        let field = br#"{"error":{"code":"X","message":"m","field":"title"}}"#;
        assert_eq!(ErrorDetail::from_response(field).param.as_deref(), Some("title"));
        let oldest = br#"{"success":false,"error":"Invalid API key"}"#;
        assert_eq!(ErrorDetail::from_response(oldest).message.as_deref(), Some("Invalid API key"));
        assert!(ErrorDetail::from_response(b"<html>").message.is_none());
        assert!(ErrorDetail::from_response(b"[1]").message.is_none());
    }

    #[test]
    fn error_texts_are_bounded() {
        let long = "é".repeat(100_000);
        let body = serde_json::json!({"error": {"message": long, "code": long, "type": long}}).to_string();
        let detail = ErrorDetail::from_response(body.as_bytes());
        let length = |text: Option<String>| text.map(|text| text.chars().count());
        assert_eq!(length(detail.message), Some(LONGEST_MESSAGE + 1));
        assert_eq!((length(detail.code), length(detail.error_type)), (Some(1025), Some(1025)));
        let oldest = serde_json::json!({"error": long}).to_string();
        assert_eq!(length(ErrorDetail::from_response(oldest.as_bytes()).message), Some(LONGEST_MESSAGE + 1));
    }

    #[test]
    fn invalid_responses_are_described() {
        #[derive(Debug, Deserialize)]
        struct WebhookFields {
            #[serde(rename = "data")]
            _data: bool,
        }
        for (answer, message) in [
            ("<html>", "it is not JSON"),
            ("", "it is empty"),
            (r#"{"data":"#, "its JSON is cut off"),
            (r#"{"success":true}"#, "it has no `data`"),
            (r#"{"data":"x"}"#, "a value in it has the wrong type"),
        ] {
            let error = ApiError::InvalidResponse(serde_json::from_str::<WebhookFields>(answer).unwrap_err());
            assert_eq!(error.to_string(), format!("the answer is not what the API documents: {message}"));
        }
    }

    #[test]
    fn retry_after_is_read_from_header_or_body() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "42".parse().unwrap());
        for (headers, body) in [(headers, &b"{}"[..]), (HeaderMap::new(), br#"{"error":{"retryAfter":42}}"#)]
        {
            let error = ApiError::from_response(429, &headers, body, &base());
            assert!(
                matches!(error, ApiError::RateLimited { retry_after: Some(wait), .. } if wait.as_secs() == 42)
            );
        }
    }
}
