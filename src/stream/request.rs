//! Builds the listen request with its cursor.

use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};

use super::response::Expected;
use super::transport::TransportKind;
use super::ws::handshake;

/// From the SSE standard; ours: that the listen endpoint reads it.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Servers reject headers of more than a few kilobytes.
const LONGEST_CURSOR: usize = 1024;

/// Overrides the client's total timeout, because a stream has no end.
const NO_TIMEOUT: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);

/// Builds the listen request (ours: path, `types`, `Last-Event-ID`, and for a WebSocket `last_event_id` in the query,
/// because browsers cannot set headers of a WebSocket request).
pub(crate) fn build(
    kind: TransportKind,
    url: &Url,
    headers: &HeaderMap,
    types: &[String],
    cursor: Option<&str>,
) -> (Request, Expected) {
    let mut request = Request::new(Method::GET, with_query(kind, url, types, cursor));
    *request.timeout_mut() = Some(NO_TIMEOUT);
    let out = request.headers_mut();
    out.clone_from(headers);
    out.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if kind == TransportKind::Ws {
        let accept = handshake::add_headers(out);
        return (request, Expected::WebSocket { accept });
    }
    out.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    if let Some(value) = cursor.and_then(cursor_header) {
        out.insert(LAST_EVENT_ID, value);
    }
    (request, Expected::EventStream)
}

fn with_query(kind: TransportKind, url: &Url, types: &[String], cursor: Option<&str>) -> Url {
    let mut url = url.clone();
    if !types.is_empty() {
        url.query_pairs_mut().append_pair("types", &types.join(","));
        // Commas are separators and need no escaping, which is more readable in logs.
        let query = url.query().map(|query| query.replace("%2C", ","));
        url.set_query(query.as_deref());
    }
    if let Some(id) = cursor.filter(|id| kind == TransportKind::Ws && is_sendable(id)) {
        url.query_pairs_mut().append_pair("last_event_id", id);
    }
    url
}

/// Whether `id` can be sent as `Last-Event-ID`.
pub(crate) fn is_sendable(id: &str) -> bool {
    cursor_header(id).is_some()
}

/// The id as UTF-8, as in the standard.
fn cursor_header(id: &str) -> Option<HeaderValue> {
    if id.is_empty() || id.len() > LONGEST_CURSOR {
        return None;
    }
    HeaderValue::from_bytes(id.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(types: &[&str], cursor: Option<&str>) -> Request {
        by(TransportKind::Sse, types, cursor)
    }

    fn by(kind: TransportKind, types: &[&str], cursor: Option<&str>) -> Request {
        let types: Vec<_> = types.iter().map(ToString::to_string).collect();
        let url = "http://127.0.0.1:1/webhooks/listen".parse().unwrap();
        build(kind, &url, &HeaderMap::new(), &types, cursor).0
    }

    #[test]
    fn types_are_joined_with_commas() {
        assert_eq!(
            request(&["ticket.*", "customer.created"], None).url().query(),
            Some("types=ticket.*,customer.created")
        );
        assert_eq!(request(&["a&b=c"], None).url().query(), Some("types=a%26b%3Dc"));
        assert_eq!(request(&[], None).url().query(), None);
    }

    #[test]
    fn cursor_is_sent_as_utf8() {
        let sent = |id| request(&[], Some(id)).headers().get(LAST_EVENT_ID).map(|v| v.as_bytes().to_vec());
        assert_eq!(sent("evt_1"), Some(b"evt_1".to_vec()));
        assert_eq!(sent("…"), Some("…".as_bytes().to_vec()));
        let long = "x".repeat(1025);
        for bad in ["", "a\nb", "a\rb", "\u{1b}", &long] {
            assert_eq!(sent(bad), None, "{bad:?}");
        }
        assert!(request(&[], None).headers().get(LAST_EVENT_ID).is_none());
    }

    #[test]
    fn websocket_has_cursor_in_the_query() {
        let query =
            |types: &[&str], id| by(TransportKind::Ws, types, Some(id)).url().query().map(str::to_owned);
        assert_eq!(query(&["a.*", "b.c"], "evt_1").as_deref(), Some("types=a.*,b.c&last_event_id=evt_1"));
        assert_eq!(query(&[], "d e&f=…").as_deref(), Some("last_event_id=d+e%26f%3D%E2%80%A6"));
        assert_eq!(query(&[], "a\nb"), None);
        let request = by(TransportKind::Ws, &[], Some("evt_1"));
        assert!(request.headers().get(LAST_EVENT_ID).is_none() && request.headers().get(ACCEPT).is_none());
        assert_eq!(request.headers()["upgrade"], "websocket");
    }
}
