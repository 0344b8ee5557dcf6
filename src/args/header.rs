//! Extra delivery headers on the command line: `Name: value`.

use http::{HeaderMap, HeaderName, HeaderValue};

/// A header to add to every delivery.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
}

/// Reads `Name: value`.
///
/// # Errors
/// A message for the user. The value, which may be a secret, is not repeated.
pub(crate) fn parse(text: &str) -> Result<Header, String> {
    let (name, value) = text.split_once(':').ok_or("expected `Name: value`, but there is no colon")?;
    let name = name.trim();
    let name =
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is not a header name"))?;
    if ["content-length", "transfer-encoding", "connection"].contains(&name.as_str()) {
        return Err(format!("`{name}` is set by the HTTP client"));
    }
    let mut value = HeaderValue::from_str(value.trim()).map_err(|_| {
        format!("the value of `{name}` has a character that is not allowed in a header, such as a line break")
    })?;
    value.set_sensitive(true);
    Ok(Header { name, value })
}

/// The headers as a map. A name that was repeated keeps all of its values.
pub(crate) fn map(headers: &[Header]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for Header { name, value } in headers {
        map.append(name.clone(), value.clone());
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_parsed_or_rejected() {
        let header = parse("X-Tag:  a:b ").unwrap();
        assert_eq!((header.name.as_str(), header.value.to_str().unwrap()), ("x-tag", "a:b"));
        for bad in ["foo", ": x", "a b: c", "X: a\nb", "Content-Length: 5"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(!parse("X: hunter2\nb").unwrap_err().contains("hunter2"));
    }
}
