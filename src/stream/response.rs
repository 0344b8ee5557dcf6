//! What the answer to a listen request means: a stream, a reason to try again, or a refusal.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    LOCATION,
};
use reqwest::{Response, StatusCode};

use super::disconnect::Disconnect;
use super::ws::handshake;
use crate::net::{self, cut};

/// nginx's; a server answers `no` to ask for a stream that is passed on at once.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Characters of a header that are kept.
const LONGEST_HEADER: usize = 1024;
const LONGEST_BODY: usize = 4 * 1024 * 1024;
/// A refusal is reported without the rest of its body if that does not come soon.
const BODY_TIMEOUT: Duration = Duration::from_secs(2);

/// What to do with an answer.
#[derive(Debug)]
pub(crate) enum ResponseKind {
    /// Read it.
    Stream(Response),
    /// Try again later.
    Retry(Disconnect),
    /// Give up.
    Refused(Refused),
}

/// An answer that another attempt would not change. Text is raw, but for the API key, which is
/// redacted should the server echo it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The HTTP status.
    pub(crate) status: u16,
    /// What is wrong with the answer.
    pub(crate) reason: Refusal,
    /// The first 4 MiB of the body.
    pub(crate) body: String,
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A status that says no.
    Status,
    /// A redirect. It is not followed: the key is meant for this address only.
    Redirect {
        /// Where to.
        location: Option<String>,
    },
    /// A success, but no event stream.
    NotAStream {
        /// What it was instead.
        found: ContentType,
    },
    /// No WebSocket, though one was asked for.
    NoWebSocket {
        /// What is wrong with the answer.
        problem: &'static str,
    },
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// An event stream.
    EventStream,
    /// A WebSocket.
    WebSocket {
        /// The one right `Sec-WebSocket-Accept`.
        accept: String,
    },
}

impl fmt::Display for Refused {
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

/// What a body is, when it is not an event stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ContentType {
    /// Nothing (204).
    Empty,
    /// No content type was given.
    Unnamed,
    /// Another media type.
    Other(String),
    /// An event stream under a content encoding, though none was accepted.
    Encoded(String),
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("no content"),
            Self::Unnamed => f.write_str("content of no type"),
            Self::Other(name) => f.write_str(name),
            Self::Encoded(encoding) => write!(f, "a stream in the encoding {encoding}"),
        }
    }
}

/// Judges `response` to a request for `expected`. `sent` are the headers of the request; `connected_before` tells whether the
/// server has served a stream in this run, so that a wrong kind of answer may pass.
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
        match no_socket(&response, accept) {
            None => return ResponseKind::Stream(response),
            // an upgrade gone wrong may pass; a status that says no is judged like any other
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
    // a 101 has no body, only another protocol
    let body = if status.is_informational() { String::new() } else { beginning(response).await };
    let body = without_key(body, sent);
    ResponseKind::Refused(Refused { status: status.as_u16(), reason, body })
}

fn no_socket(response: &Response, accept: &str) -> Option<&'static str> {
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Some("it did not switch protocols");
    }
    handshake::problem(response.headers(), accept)
}

/// Whether the headers of an event stream give a proxy away that collects the stream: only what has
/// an end has a length, and who hides nothing says that it buffers.
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
    headers.get(name).map(|value| cut(text(value), LONGEST_HEADER))
}

/// The beginning of the body, as far as it comes soon.
async fn beginning(mut response: Response) -> String {
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
    match key_of(sent) {
        Some(key) if text.contains(key) => text.replace(key, "[key]"),
        _ => text,
    }
}

/// Whether `text` has the API key of the request's headers in it.
pub(crate) fn holds_key(text: &str, sent: &HeaderMap) -> bool {
    key_of(sent).is_some_and(|key| text.contains(key))
}

fn key_of(sent: &HeaderMap) -> Option<&str> {
    let value = sent.get(AUTHORIZATION)?.to_str().ok()?;
    Some(value.strip_prefix("Bearer ").unwrap_or(value)).filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_or_its_own_word_gives_a_buffering_proxy_away() {
        let judge = |name: &'static str, value| {
            is_buffered(&HeaderMap::from_iter([(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )]))
        };
        assert!(judge("content-length", "100") && judge("x-accel-buffering", "Yes"));
        assert!(!judge("x-accel-buffering", "no") && !judge("content-type", "text/event-stream"));
    }

    #[test]
    fn an_echoed_key_is_blotted_out() {
        let mut headers = HeaderMap::new();
        assert_eq!(without_key("a sk_test_1".into(), &headers), "a sk_test_1");
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer sk_test_1"));
        assert_eq!(without_key("a sk_test_1 b".into(), &headers), "a [key] b");
        assert!(holds_key("a sk_test_1 b", &headers) && !holds_key("a sk_test_2 b", &headers));
    }
}
