//! The parts of a request that come from the target URL: path, `Host` and `Authorization`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderValue, Method, Uri};
use percent_encoding::percent_decode_str;
use reqwest::Url;

#[derive(Debug)]
pub(super) struct Address {
    pub(super) method: Method,
    pub(super) path: Uri,
    pub(super) host: HeaderValue,
    pub(super) credentials: Option<HeaderValue>,
    /// The method and the path, as they are sent.
    pub(super) first_line: String,
    /// `Host` and `Authorization`, as they are sent after the headers of a delivery.
    pub(super) last_lines: Vec<u8>,
}

impl Address {
    /// `None` when no request can be sent to `url`.
    pub(super) fn new(url: &Url) -> Option<Self> {
        let host = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str()?),
            None => url.host_str()?.to_owned(),
        };
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let path: Uri = path.parse().ok()?;
        let method = Method::POST;
        let (host, credentials) = (HeaderValue::from_str(&host).ok()?, credentials(url));
        let mut last_lines = Vec::new();
        write_header(&mut last_lines, HOST.as_str(), host.as_bytes());
        if let Some(credentials) = &credentials {
            write_header(&mut last_lines, AUTHORIZATION.as_str(), credentials.as_bytes());
        }
        Some(Self { first_line: first_line(&method, &path), last_lines, method, path, host, credentials })
    }

    pub(super) fn with_method(self, method: Method) -> Self {
        Self { first_line: first_line(&method, &self.path), method, ..self }
    }
}

fn first_line(method: &Method, path: &Uri) -> String {
    format!("{method} {path} HTTP/1.1\r\n")
}

/// The `Authorization` header for a URL with a user name or password.
fn credentials(url: &Url) -> Option<HeaderValue> {
    let (user, password) = (url.username(), url.password());
    if user.is_empty() && password.is_none() {
        return None;
    }
    let decode = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
    let pair = [decode(user), vec![b':'], decode(password.unwrap_or_default())].concat();
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Appends a header, whose value must be one that is allowed.
pub(super) fn write_header(head: &mut Vec<u8>, name: &str, value: &[u8]) {
    for part in [name.as_bytes(), b": ", value, b"\r\n"] {
        head.extend_from_slice(part);
    }
}
