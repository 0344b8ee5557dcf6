//! A raw HTTP request, as proxies and `nc` show it: with CRLF or LF, any version, folded headers, a body in chunks.

use super::captured::{Captured, signature_of};

/// Whether the first line is that of a request.
pub(super) fn is_request(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Ok(line) = std::str::from_utf8(line.trim_ascii_end()) else { return false };
    let words: Vec<&str> = line.split(' ').collect();
    let [method, _, version] = words.as_slice() else { return false };
    !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase()) && version.starts_with("HTTP/")
}

pub(super) fn parse(bytes: &[u8]) -> Result<Captured, String> {
    // Blank lines before the request come from copying.
    let bytes = bytes.trim_ascii_start();
    if !is_request(bytes) {
        return Err("it is not an HTTP request: the first line should read `POST /path HTTP/1.1`".to_owned());
    }
    let (head, mut body) = split(bytes);
    let headers = headers(&String::from_utf8_lossy(head))?;
    let value = |wanted: &str| {
        let found = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    };
    let mut remarks = Vec::new();
    let decoded;
    if value("transfer-encoding").is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked")) {
        match unchunk(body) {
            Some(whole) => {
                decoded = whole;
                body = &decoded;
            }
            None => remarks.push(
                "The body is not in chunks, though its header says so: it is taken as it is.".to_owned(),
            ),
        }
    } else if let Some(length) =
        value("content-length").and_then(|length| length.trim().parse::<usize>().ok())
    {
        match body.get(..length) {
            Some(start) if start.len() < body.len() => {
                let rest = body.len() - length;
                remarks.push(format!("Content-Length is {length}: {rest} more bytes were left out."));
                body = start;
            }
            Some(_) => {}
            None => remarks.push(format!(
                "Content-Length is {length}, but the body has {} bytes: a part was lost, or line breaks changed.",
                body.len()
            )),
        }
    }
    let signature = signature_of(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let origin = "the HTTP request".to_owned();
    Ok(Captured { origin, body: body.to_vec(), signature, sent_at: None, remarks })
}

/// The head and the body, which an empty line separates.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut start = 0;
    while let Some(end) = bytes.get(start..).and_then(|rest| memchr::memchr(b'\n', rest)) {
        let line = bytes.get(start..start + end).unwrap_or_default();
        if line.trim_ascii_end().is_empty() {
            let body = bytes.get(start + end + 1..).unwrap_or_default();
            return (bytes.get(..start).unwrap_or_default(), body);
        }
        start += end + 1;
    }
    (bytes, &[])
}

/// The headers after the first line. A line that begins with white space continues the one before it.
fn headers(head: &str) -> Result<Vec<(String, String)>, String> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for (number, line) in head.lines().enumerate().skip(1) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
            continue;
        }
        // Names of HTTP/2 such as `:path` begin with the colon.
        let colon = line.get(1..).and_then(|rest| rest.find(':')).map(|place| place + 1);
        let Some((name, value)) = colon.and_then(|colon| line.split_at_checked(colon)) else {
            return Err(format!(
                "line {} of the HTTP request is not a header: is there an empty line before the body?",
                number + 1
            ));
        };
        let value = value.strip_prefix(':').unwrap_or(value);
        headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    Ok(headers)
}

/// The body without the sizes of its chunks; `None` if it is not in chunks.
fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = memchr::memchr(b'\n', rest)?;
        let line = std::str::from_utf8(rest.get(..end)?).ok()?;
        let size = line.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = rest.get(end + 1..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?;
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(request: &[u8]) -> (String, Option<String>, usize) {
        let parsed = parse(request).unwrap();
        (String::from_utf8(parsed.body).unwrap(), parsed.signature, parsed.remarks.len())
    }

    #[test]
    fn requests_are_read_with_either_line_break() {
        for request in [
            "POST /hook HTTP/1.1\r\nHost: x\r\nX-Signature: t=1,v1=ab\r\n\r\n{\"a\":1}\n",
            "\n\nPOST /hook HTTP/2\nhost: x\nx-signature:t=1,v1=ab  \n\n{\"a\":1}\n",
            "POST http://x/hook HTTP/1.1\nX-Signature: t=1,\n  v1=ab\n\n{\"a\":1}\n",
        ] {
            let (body, signature, remarks) = body(request.as_bytes());
            assert_eq!((body.as_str(), remarks), ("{\"a\":1}\n", 0));
            assert_eq!(signature.unwrap().replace(' ', ""), "t=1,v1=ab");
        }
        let alias = "POST / HTTP/1.1\n:path: /\nCSTAR-Signature: t=2,v1=cd\n\n";
        assert_eq!(body(alias.as_bytes()), (String::new(), Some("t=2,v1=cd".to_owned()), 0));
    }

    #[test]
    fn content_length_and_chunks_are_honoured() {
        let longer = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}\n\n";
        assert_eq!(body(longer), ("{}".to_owned(), None, 1));
        let shorter = b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}";
        assert_eq!(body(shorter), ("{}".to_owned(), None, 1));
        let chunks =
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n1\r\n}\r\n0\r\n\r\n";
        assert_eq!(body(chunks), ("{}".to_owned(), None, 0));
        let joined = b"POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n{}";
        assert_eq!(body(joined), ("{}".to_owned(), None, 1));
        let endless = b"POST / HTTP/1.1\nTransfer-Encoding: chunked\n\nffffffffffffffff\n{}";
        assert_eq!(body(endless).2, 1);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "{}", "GET /", "post / HTTP/1.1", "HTTP/1.1 200 OK"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
        let no_gap = parse(b"POST / HTTP/1.1\nHost: x\n{\"a\"}\n").unwrap_err();
        assert!(no_gap.contains("line 3"), "{no_gap}");
    }
}
