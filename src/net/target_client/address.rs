//! The parts of a request that come from the target URL: path, `Host` and `Authorization`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use http_body_util::Full;
use percent_encoding::percent_decode_str;
use reqwest::Url;

#[derive(Debug)]
pub(super) struct Address {
    path: Uri,
    host: HeaderValue,
    credentials: Option<HeaderValue>,
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
        Some(Self {
            path: path.parse().ok()?,
            host: HeaderValue::from_str(&host).ok()?,
            credentials: credentials(url),
        })
    }

    pub(super) fn request(&self, headers: HeaderMap, body: Bytes) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.path.clone();
        *request.headers_mut() = headers;
        request.headers_mut().entry(HOST).or_insert_with(|| self.host.clone());
        if let Some(credentials) = &self.credentials {
            request.headers_mut().entry(AUTHORIZATION).or_insert_with(|| credentials.clone());
        }
        request
    }
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
