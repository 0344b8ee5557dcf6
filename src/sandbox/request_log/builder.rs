//! Builds the log entry of a request while the request is handled.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use bytes::Bytes;
use tokio::time::Instant;

use super::entry::LogEntry;
use super::redact;
use crate::sandbox::caller::{Environment, KEY_PREFIXES};
use crate::sandbox::http::auth;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::request_meta::RequestMeta;

/// Identifies a `logs --tail` across its connections (ours).
const TAIL: HeaderName = HeaderName::from_static("cstar-tail");
const LONGEST_TAIL: usize = 64;

/// How many characters of a key are shown: the documented prefix and four more.
const KEY_SHOWN: usize = 12;
/// A shorter key is not a key of cStar, and its prefix could be most of it.
const SHORTEST_KEY: usize = 32;

/// The client's end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

#[derive(Debug)]
pub(crate) struct EntryBuilder {
    began: Instant,
    entry: LogEntry,
    keep_bodies: bool,
}

/// Whether requests to `uri` are logged: those to the API, with or without a key.
pub(crate) fn is_logged(uri: &Uri) -> bool {
    let is_below = |root| {
        uri.path().strip_prefix(root).is_some_and(|rest: &str| rest.is_empty() || rest.starts_with('/'))
    };
    auth::is_protected(uri) || is_below("/api/library") || is_below("/api/auth")
}

impl EntryBuilder {
    /// Reads the head of a request; `None` if it is not logged.
    pub(crate) fn new(request: &Request, meta: &RequestMeta, keep_bodies: bool) -> Option<Self> {
        let (uri, headers) = (request.uri(), request.headers());
        if !is_logged(uri) {
            return None;
        }
        let text =
            |name: HeaderName| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let key = auth::bearer(headers).unwrap_or_default();
        let entry = LogEntry {
            id: Arc::clone(&meta.request_id),
            time: meta.time,
            method: request.method().clone(),
            target: redact::target(uri.path(), uri.query()),
            status: StatusCode::OK,
            duration: std::time::Duration::ZERO,
            error_code: None,
            key_prefix: key_prefix(key),
            user_agent: text(USER_AGENT).map(|text| redact::user_agent(&text)),
            environment: environment(key),
            ip: request.extensions().get::<Peer>().map(|peer| ip(peer.0.ip())),
            faults: Vec::new(),
            request_body: None,
            response_body: None,
            tail: tail(headers),
        };
        // bodies of `/logs` would fill the log with itself
        let keep_bodies = keep_bodies && !entry.path().ends_with("/logs");
        Some(Self { began: Instant::now(), entry, keep_bodies })
    }

    pub(crate) fn request_body(&mut self, body: &Bytes) {
        if self.keep_bodies {
            self.entry.request_body = redact::body(body);
        }
    }

    /// Completes the entry with the response.
    pub(crate) async fn finish(
        mut self,
        code: Option<&'static str>,
        faults: Vec<String>,
        response: Response,
    ) -> (LogEntry, Response) {
        let response = if self.keep_bodies { self.response_body(response).await } else { response };
        self.entry.status = response.status();
        self.entry.duration = self.began.elapsed();
        self.entry.error_code = code.map(Into::into);
        self.entry.faults = faults;
        (self.entry, response)
    }

    /// Records a response body that is in memory; a stream has no end to wait for.
    async fn response_body(&mut self, response: Response) -> Response {
        let stream = HeaderValue::from_static("text/event-stream");
        if response.body().size_hint().exact().is_none()
            || response.headers().get(CONTENT_TYPE) == Some(&stream)
            || response.status() == StatusCode::SWITCHING_PROTOCOLS
        {
            return response;
        }
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        self.entry.response_body = redact::body(&bytes);
        Response::from_parts(parts, Body::from(bytes))
    }
}

/// The error code of a response, whose body is not written yet.
pub(crate) fn error_code(response: &Response) -> Option<&'static str> {
    let status = response.status();
    let bare = status.is_client_error() || status.is_server_error();
    match response.extensions().get::<ApiError>() {
        Some(error) => Some(error.code),
        None => bare.then(|| ApiError::from_status(status).code),
    }
}

fn key_prefix(key: &str) -> Option<String> {
    let prefix = KEY_PREFIXES.into_iter().find(|prefix| key.starts_with(prefix))?;
    let shown = if key.len() < SHORTEST_KEY { prefix.len() } else { KEY_SHOWN };
    Some(key.chars().take(shown).collect())
}

/// By the prefix of the key, so that requests with a revoked key are in the log of its owner.
fn environment(key: &str) -> Option<Environment> {
    let begins = |with: [&str; 2]| with.iter().any(|prefix| key.starts_with(prefix));
    match (begins(["sk_test_", "pk_test_"]), begins(["sk_live_", "pk_live_"])) {
        (true, _) => Some(Environment::Test),
        (_, true) => Some(Environment::Live),
        _ => None,
    }
}

fn ip(ip: IpAddr) -> String {
    ip.to_canonical().to_string()
}

/// The id of the `logs --tail` that sends the request.
pub(crate) fn tail(headers: &HeaderMap) -> Option<Arc<str>> {
    let value = headers.get(TAIL)?.to_str().ok()?;
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (plain && (1..=LONGEST_TAIL).contains(&value.len())).then(|| value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_prefix_of_a_key_is_shown() {
        let key = "sk_test_AbCd567890123456789012345678901";
        assert_eq!(key_prefix(key).as_deref(), Some("sk_test_AbCd"));
        assert_eq!(key_prefix("pk_live_hunter2").as_deref(), Some("pk_live_"));
        for other in ["", "hunter2", "sk_hunter2", "Bearer sk_test_x"] {
            assert_eq!(key_prefix(other), None);
        }
    }

    #[test]
    fn only_requests_to_the_api_are_logged() {
        for (path, logged) in [
            ("/api/v1/auth/whoami", true),
            ("/api/library/acme/articles?q=x", true),
            ("/api/library", true),
            ("/api/libraryx", false),
            ("/api/auth/acme/login", true),
            ("/api/authx", false),
            ("/_sandbox/faults", false),
            ("/", false),
            ("/favicon.ico", false),
        ] {
            assert_eq!(is_logged(&path.parse().unwrap()), logged, "{path}");
        }
    }
}
