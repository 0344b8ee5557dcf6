//! Classifies the response to a listen request: a stream, a reason to retry, or a refusal.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    LOCATION,
};
use reqwest::{Response, StatusCode};

use super::content_type::ContentType;
use super::disconnect::Disconnect;
use super::ws::handshake;
use crate::net::{self, truncate_text};

/// An nginx header: a server sends `no` to ask proxies not to buffer the response.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Characters of a header that are kept.
const LONGEST_HEADER: usize = 1024;
const LONGEST_BODY: usize = 4 * 1024 * 1024;
/// The time limit for the body of a refusal.
const BODY_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(crate) enum ResponseKind {
    Stream(Response),
    Retry(Disconnect),
    /// Give up.
    Refused(StreamRefusal),
}

/// A response that a retry would not change. Text is raw, but the API key is redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StreamRefusal {
    pub(crate) status: u16,
    pub(crate) reason: Refusal,
    /// The first 4 MiB of the body.
    pub(crate) body: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Status,
    /// A redirect. It is not followed, because the key is for this address only.
    Redirect {
        /// The target of the redirect.
        location: Option<String>,
    },
    /// A success status, but no event stream.
    NotAStream {
        found: ContentType,
    },
    /// A WebSocket was requested, and the response did not open one.
    NoWebSocket {
        problem: &'static str,
    },
}

/// The kind of stream that was requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    EventStream,
    WebSocket {
        /// The required value of `Sec-WebSocket-Accept`.
        accept: String,
    },
}

impl StreamRefusal {
    /// Whether the server has no such stream at all. Its protocol is not documented, so cStar may have none.
    pub(crate) fn is_missing_stream(&self) -> bool {
        self.reason == Refusal::Status && matches!(self.status, 404 | 405 | 410)
    }
}

impl fmt::Display for StreamRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server answered HTTP {}", self.status)?;
        match &self.reason {
            Refusal::Status => Ok(()),
            Refusal::Redirect { location: Some(to) } => {
                write!(f, ", a redirect to {to}, which is not followed")
            }
            Refusal::Redirect { location: None } => f.write_str(", a redirect to nowhere"),
            Refusal::NotAStream { found } => write!(f, " with {found} instead of an event stream"),
            Refusal::NoWebSocket { problem } => write!(f, " to the WebSocket request: {problem}"),
        }
    }
}

/// Classifies `response` to a request for `expected`. `sent` are the headers of the request. With
/// `connected_before`, the server has served a stream in this run, so a wrong kind of response is probably temporary.
pub(crate) async fn classify(
    response: Response,
    expected: &Expected,
    sent: &HeaderMap,
    connected_before: bool,
    now: Timestamp,
) -> ResponseKind {
    let status = response.status();
    let retry = |reason| ResponseKind::Retry(reason);
    if status.is_server_error()
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
    {
        let retry_after = net::retry_after(response.headers(), now);
        return retry(Disconnect::Status { status: status.as_u16(), retry_after });
    }
    let reason = if status.is_redirection() {
        let location = header(response.headers(), LOCATION).map(|to| without_key(to, sent));
        Refusal::Redirect { location }
    } else if let Expected::WebSocket { accept } = expected {
        match websocket_problem(&response, accept) {
            None => return ResponseKind::Stream(response),
            // A failed upgrade may be temporary. Client errors are handled like those of an event stream.
            Some(problem) if connected_before && !status.is_client_error() => {
                return retry(Disconnect::NoWebSocket { status: status.as_u16(), problem });
            }
            Some(_) if status.is_client_error() => Refusal::Status,
            Some(problem) => Refusal::NoWebSocket { problem },
        }
    } else if status.is_success() {
        match not_a_stream(&response) {
            None => return ResponseKind::Stream(response),
            Some(found) if connected_before => {
                return retry(Disconnect::NotAStream { status: status.as_u16(), found });
            }
            Some(found) => Refusal::NotAStream { found },
        }
    } else {
        Refusal::Status
    };
    // A 101 has no body.
    let body = if status.is_informational() { String::new() } else { read_start(response).await };
    let body = without_key(body, sent);
    ResponseKind::Refused(StreamRefusal { status: status.as_u16(), reason, body })
}

fn websocket_problem(response: &Response, accept: &str) -> Option<&'static str> {
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Some("it did not switch protocols");
    }
    handshake::find_problem(response.headers(), accept)
}

/// Whether the headers show that a proxy buffers the stream: a stream has no `Content-Length`, and some proxies
/// announce that they buffer.
pub(crate) fn is_buffered(headers: &HeaderMap) -> bool {
    headers.contains_key(CONTENT_LENGTH)
        || headers.get(BUFFERING).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"yes"))
}

fn not_a_stream(response: &Response) -> Option<ContentType> {
    if response.status() == StatusCode::NO_CONTENT {
        return Some(ContentType::Empty);
    }
    let Some(content_type) = header(response.headers(), CONTENT_TYPE) else {
        return Some(ContentType::Unnamed);
    };
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if response.status() != StatusCode::OK || !essence.eq_ignore_ascii_case("text/event-stream") {
        return Some(ContentType::Other(content_type));
    }
    header(response.headers(), CONTENT_ENCODING)
        .filter(|encoding| !encoding.trim().is_empty() && !encoding.trim().eq_ignore_ascii_case("identity"))
        .map(ContentType::Encoded)
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.get(name).map(|value| truncate_text(text(value), LONGEST_HEADER))
}

/// The part of the body that arrives within [`BODY_TIMEOUT`].
async fn read_start(mut response: Response) -> String {
    let mut body = Vec::new();
    let read = async {
        while body.len() < LONGEST_BODY {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                _ => break,
            }
        }
    };
    let _ = tokio::time::timeout(BODY_TIMEOUT, read).await;
    body.truncate(LONGEST_BODY);
    String::from_utf8_lossy(&body).into_owned()
}

/// `text` without the API key of the request's headers.
pub(crate) fn without_key(text: String, sent: &HeaderMap) -> String {
    match key_within(&text, sent) {
        Some(key) => text.replace(key, "[key]"),
        None => text,
    }
}

/// Whether `text` contains the API key of the request's headers.
pub(crate) fn holds_key(text: &str, sent: &HeaderMap) -> bool {
    key_within(text, sent).is_some()
}

/// The API key of the request's headers, if `text` contains it.
fn key_within<'a>(text: &str, sent: &'a HeaderMap) -> Option<&'a str> {
    const SCHEME: &str = "Bearer ";
    let value = sent.get(AUTHORIZATION)?;
    // Nearly every text is the id or the type of an event, which is shorter than a key.
    if text.len() + SCHEME.len() < value.len() {
        return None;
    }
    let value = value.to_str().ok()?;
    let key = value.strip_prefix(SCHEME).unwrap_or(value);
    (!key.is_empty() && text.contains(key)).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffering_proxies_are_detected() {
        let is_buffering = |name: &'static str, value| {
            is_buffered(&HeaderMap::from_iter([(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )]))
        };
        assert!(is_buffering("content-length", "100") && is_buffering("x-accel-buffering", "Yes"));
        assert!(
            !is_buffering("x-accel-buffering", "no") && !is_buffering("content-type", "text/event-stream")
        );
    }

    #[test]
    fn echoed_key_is_redacted() {
        let mut headers = HeaderMap::new();
        assert_eq!(without_key("a sk_test_1".into(), &headers), "a sk_test_1");
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer sk_test_1"));
        assert_eq!(without_key("a sk_test_1 b".into(), &headers), "a [key] b");
        assert!(holds_key("a sk_test_1 b", &headers) && !holds_key("a sk_test_2 b", &headers));
        assert!(holds_key("sk_test_1", &headers) && !holds_key("sk_test_", &headers));
        headers.insert(AUTHORIZATION, HeaderValue::from_static("sk_test_1"));
        assert!(holds_key("sk_test_1", &headers) && !holds_key("sk_test_", &headers));
    }
}
