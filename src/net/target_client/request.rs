//! One request, as the bytes of its head and as hyper takes it. Both are the same on the wire.

use std::io::Write as _;

use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, Request};
use http_body_util::Full;

use super::address::{Address, write_header};

/// Headers whose meaning hyper knows.
const SPECIAL: [HeaderName; 7] =
    [CONNECTION, CONTENT_LENGTH, EXPECT, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];
/// Enough for nearly every head.
const USUAL_HEAD: usize = 1024;

/// The headers of a request. They may be asked for again if it has to be sent over another connection.
pub(crate) trait RequestHeaders: Sync {
    fn map(&self) -> HeaderMap;

    /// Appends the lines of the map in its order and returns true, if that is possible without the map. It must then
    /// contain neither `Host` nor `Authorization`, nor a header that concerns the connection.
    fn write(&self, head: &mut Vec<u8>) -> bool {
        let _ = head;
        false
    }
}

impl<F: Fn() -> HeaderMap + Sync> RequestHeaders for F {
    fn map(&self) -> HeaderMap {
        self()
    }
}

/// A request, usually a POST. It is rendered each time that it is sent, because a copy in case of a second time would cost every delivery
/// a quarter of its allocations.
pub(super) struct PostRequest<'a> {
    pub(super) address: &'a Address,
    pub(super) headers: &'a dyn RequestHeaders,
    pub(super) body: Bytes,
}

impl PostRequest<'_> {
    pub(super) fn to_hyper(&self) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(self.body.clone()));
        *request.method_mut() = self.address.method.clone();
        *request.uri_mut() = self.address.path.clone();
        *request.headers_mut() = self.all_headers();
        request
    }

    fn all_headers(&self) -> HeaderMap {
        let mut headers = self.headers.map();
        headers.entry(HOST).or_insert_with(|| self.address.host.clone());
        if let Some(credentials) = &self.address.credentials {
            headers.entry(AUTHORIZATION).or_insert_with(|| credentials.clone());
        }
        headers
    }

    /// The bytes before the body. `None` if only hyper can send the request.
    pub(super) fn head(&self) -> Option<Vec<u8>> {
        // hyper sends no length then.
        if self.body.is_empty() {
            return None;
        }
        let mut head = Vec::with_capacity(USUAL_HEAD);
        head.extend_from_slice(self.address.first_line.as_bytes());
        if self.headers.write(&mut head) {
            head.extend_from_slice(&self.address.last_lines);
        } else {
            let headers = self.all_headers();
            if SPECIAL.iter().any(|name| headers.contains_key(name)) {
                return None;
            }
            for (name, value) in &headers {
                write_header(&mut head, name.as_str(), value.as_bytes());
            }
        }
        write!(head, "content-length: {}\r\n\r\n", self.body.len()).ok()?;
        Some(head)
    }
}
