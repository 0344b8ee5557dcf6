//! Stores headers as `name: value` lines, without those that carry credentials.

use http::{HeaderMap, HeaderName, header};

/// The most bytes of the headers of one message.
const MAX_TEXT: usize = 8 * 1024;

/// A header whose name contains one of these may carry a credential. A signature does not: it is only valid for
/// its body and for five minutes.
const CREDENTIALS: [&str; 12] = [
    "authorization",
    "authenticat",
    "cookie",
    "token",
    "secret",
    "password",
    "passwd",
    "api-key",
    "apikey",
    "api_key",
    "credential",
    "session",
];

/// Headers of nearly every response. Checked first, because most names are among them.
const HARMLESS: [HeaderName; 12] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::DATE,
    header::CONNECTION,
    header::SERVER,
    header::ETAG,
    header::TRANSFER_ENCODING,
    header::VARY,
    header::CACHE_CONTROL,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("x-powered-by"),
    HeaderName::from_static("x-request-id"),
];

fn is_kept(name: &HeaderName) -> bool {
    // Names are lower case already.
    HARMLESS.contains(name) || !CREDENTIALS.iter().any(|part| name.as_str().contains(part))
}

/// Whether the value of such a header is never recorded or shown.
pub(crate) fn carries_credentials(name: &HeaderName) -> bool {
    !is_kept(name)
}

/// Replaces bytes that are not UTF-8. A value cannot contain a line break.
pub(super) fn to_text(headers: &HeaderMap) -> String {
    let mut text = String::with_capacity(headers.len() * 40);
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        if !is_kept(name) || text.len() + name.as_str().len() + value.len() + 3 > MAX_TEXT {
            continue;
        }
        text.push_str(name.as_str());
        text.push_str(": ");
        text.push_str(&value);
        text.push('\n');
    }
    text
}

pub(super) fn from_text(text: &str) -> Vec<(String, String)> {
    let pairs = text.lines().filter_map(|line| line.split_once(": "));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::tests::headers as map;

    #[test]
    fn credentials_are_dropped() {
        let map = map(&[
            ("content-type", "text/plain"),
            ("set-cookie", "a=1"),
            ("cookie", "a=1"),
            ("authorization", "Bearer x"),
            ("proxy-authorization", "Basic x"),
            ("proxy-authenticate", "Basic realm=x"),
            ("www-authenticate", "Bearer x"),
            ("x-auth-token", "x"),
            ("x-api-key", "x"),
            ("x-signature", "t=1,v1=ab"),
            ("cstar-signature", "t=1,v1=ab"),
        ]);
        let names: Vec<String> = from_text(&to_text(&map)).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["content-type", "x-signature", "cstar-signature"]);
    }

    #[test]
    fn values_are_unchanged() {
        let map = map(&[("a", "x: y: z"), ("b", ""), ("a", "second")]);
        let mut back = from_text(&to_text(&map));
        back.sort();
        let want = [("a", "second"), ("a", "x: y: z"), ("b", "")];
        assert_eq!(back, want.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn long_headers_are_left_out() {
        let mut map = map(&[("short", "1")]);
        let long = http::HeaderValue::from_maybe_shared(vec![b'x'; MAX_TEXT]).expect("a value");
        map.insert("long", long);
        assert_eq!(from_text(&to_text(&map)), [("short".to_owned(), "1".to_owned())]);
    }
}
