//! Parses an ordinary answer: HTTP/1.1 with a body of known length, complete, and on a connection that stays open.
//!
//! It rejects everything else, even what is valid, because hyper then decides. What it accepts means the same to hyper.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::response::Answer;

/// An answer with more is for hyper.
const MOST_HEADERS: usize = 32;

/// `None` unless `read` is exactly one ordinary answer.
pub(super) fn parse(read: &[u8]) -> Option<Answer> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut head = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(length)) = head.parse(read) else { return None };
    let status = head.code.filter(|code| (200..=999).contains(code))?;
    if head.version != Some(1) {
        return None;
    }
    let mut body_length = None;
    for header in head.headers.iter() {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        if is("content-length") {
            let is_first = body_length.replace(digits(header.value)?).is_none();
            is_first.then_some(())?;
        } else if is("connection") && !header.value.eq_ignore_ascii_case(b"keep-alive")
            || is("transfer-encoding")
        {
            return None;
        }
    }
    let body_length = if matches!(status, 204 | 304) { 0 } else { body_length? };
    let body = read.get(length..).filter(|body| body.len() == body_length)?;
    Some(Answer { status, headers: map(head.headers)?, body: Bytes::copy_from_slice(body) })
}

fn digits(value: &[u8]) -> Option<usize> {
    // `parse` also accepts a sign.
    let only_digits = value.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(value).ok().filter(|_| only_digits)?.parse().ok()
}

fn map(headers: &[httparse::Header<'_>]) -> Option<HeaderMap> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for header in headers {
        let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
        map.append(name, HeaderValue::from_bytes(header.value).ok()?);
    }
    Some(map)
}
