//! What is checked on every request before anything else looks at it: Host, Origin, method, and the
//! kind and announced size of the body.
//!
//! Any web page can send requests to localhost. The Host check stops a page whose own name resolves
//! to 127.0.0.1 (DNS rebinding), the Origin check stops every other page, and the JSON content type
//! forces browsers to ask first, which is granted only to the origins that were named at the start (`cors`).

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::http::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, ORIGIN, TRANSFER_ENCODING,
};
use axum::http::{Method, request};

use super::cors::Granted;
use super::error::ApiError;

/// The largest request body, in bytes.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;

/// The port a Host header means when it names none.
const HTTP_PORT: u16 = 80;

/// Passes a request on, or says why not.
pub(crate) fn check(request: &request::Parts, port: u16) -> Result<(), ApiError> {
    let host = single(&request.headers, &HOST)?.ok_or_else(ApiError::host_missing)?;
    // a full URI in the request line outranks the Host header, so it has to pass as well
    let authority = request.uri.authority().map_or(host, |authority| authority.as_str());
    if !is_loopback(host, port) || !is_loopback(authority, port) {
        return Err(ApiError::host_not_allowed());
    }
    let granted = request.extensions.get::<Granted>().is_some();
    if !granted && !same_origin(&request.headers, host) {
        return Err(ApiError::origin_not_allowed());
    }
    if matches!(request.method, Method::TRACE | Method::CONNECT) {
        return Err(ApiError::method_refused());
    }
    check_body(&request.method, &request.headers)
}

/// The one value of a header that must not be repeated.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ApiError> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(ApiError::host_missing());
    }
    // a value outside ASCII names no loopback host, so it is refused as a wrong one
    Ok(first.map(|value| value.to_str().unwrap_or_default()))
}

/// `localhost`, `127.0.0.1` or `[::1]`, with our port. Parsed, never compared by prefix:
/// `127.0.0.1.example` is somebody else.
fn is_loopback(host: &str, port: u16) -> bool {
    let (name, given) = match host.rsplit_once(':') {
        Some((name, digits)) if !host.ends_with(']') => (name, port_number(digits)),
        _ => (host, Some(HTTP_PORT)),
    };
    given == Some(port) && is_loopback_name(name)
}

fn port_number(digits: &str) -> Option<u16> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn is_loopback_name(name: &str) -> bool {
    if let Some(v6) = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return v6.parse() == Ok(Ipv6Addr::LOCALHOST);
    }
    name.eq_ignore_ascii_case("localhost") || name.parse() == Ok(Ipv4Addr::LOCALHOST)
}

/// No Origin (not a browser), or exactly the origin the request was sent to.
fn same_origin(headers: &HeaderMap, host: &str) -> bool {
    let own = format!("http://{host}");
    let mut origins = headers.get_all(ORIGIN).iter();
    origins.all(|origin| origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()))
}

fn check_body(method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    let length = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > BODY_LIMIT as u64) {
        return Err(ApiError::payload_too_large());
    }
    let writes = matches!(*method, Method::POST | Method::PATCH | Method::PUT);
    let has_body = length.is_some_and(|length| length > 0) || headers.contains_key(TRANSFER_ENCODING);
    if writes && (has_body || headers.contains_key(CONTENT_TYPE)) && !is_json(headers) {
        return Err(ApiError::unsupported_media_type());
    }
    Ok(())
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_with_the_right_port_pass() {
        for host in
            ["localhost:4747", "LocalHost:4747", "127.0.0.1:4747", "[::1]:4747", "[0:0:0:0:0:0:0:1]:4747"]
        {
            assert!(is_loopback(host, 4747), "{host}");
        }
        for host in [
            "localhost",
            "localhost:80",
            "localhost:",
            "localhost:+4747",
            "localhost:4747:4747",
            "localhost.:4747",
            "localhost.evil.example:4747",
            "evil.example:4747",
            "127.0.0.1.evil.example:4747",
            "127.0.0.2:4747",
            "127.1:4747",
            "0177.0.0.1:4747",
            "2130706433:4747",
            "0.0.0.0:4747",
            "[::]:4747",
            "[::ffff:127.0.0.1]:4747",
            "::1:4747",
            "[::1]",
            "[::1:4747",
            "user@localhost:4747",
            "localhost:4747@evil.example",
            " localhost:4747",
            "localhost:69283",
            "",
            ":4747",
        ] {
            assert!(!is_loopback(host, 4747), "{host}");
        }
    }

    #[test]
    fn a_missing_port_means_port_80() {
        assert!(is_loopback("localhost", 80));
        assert!(is_loopback("[::1]", 80));
        assert!(is_loopback("127.0.0.1:80", 80));
        assert!(!is_loopback("localhost:", 80));
    }

    #[test]
    fn json_is_recognised_by_its_essence() {
        let json = |value: &'static str| {
            let value = axum::http::HeaderValue::from_static(value);
            is_json(&HeaderMap::from_iter([(CONTENT_TYPE, value)]))
        };
        assert!(json("application/json"));
        assert!(json("Application/JSON; charset=utf-8"));
        assert!(!json("text/plain"));
        assert!(!json("application/jsonp"));
        assert!(!json("text/plain;application/json"));
        assert!(!is_json(&HeaderMap::new()));
    }
}
