//! The first checks of every request: Host, Origin, method, and the type and announced size of the body.
//!
//! Any web page can send requests to localhost. The Host check stops a page whose own name resolves to 127.0.0.1
//! (DNS rebinding). The Origin check stops every other page, also one on another port of this machine. The JSON
//! content type forces browsers to send a preflight request, which `cors` answers for the allowed origins only.

use axum::http::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, ORIGIN, TRANSFER_ENCODING,
};
use axum::http::{Method, request};

use super::error::ApiError;
use crate::net::{AllowedHost, is_address_host, is_allowed_host};

/// The largest request body, in bytes.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;
/// The largest import into a running sandbox, in bytes.
pub(crate) const IMPORT_LIMIT: usize = 64 * 1024 * 1024;

/// Where health checks look.
pub(crate) const READY_PATH: &str = "/_sandbox/ready";

/// Marks a request from an allowed origin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AllowedOrigin;

pub(crate) fn body_limit(path: &str) -> usize {
    if path == "/_sandbox/import" { IMPORT_LIMIT } else { BODY_LIMIT }
}

pub(crate) fn check(request: &request::Parts, allowed: &[AllowedHost]) -> Result<(), ApiError> {
    let host = single(&request.headers, &HOST)?.ok_or_else(ApiError::host_missing)?;
    // a full URI in the request line takes precedence over the Host header, so both have to pass
    let authority = request.uri.authority().map_or(host, |authority| authority.as_str());
    let is_allowed =
        |host: &str| is_allowed_host(host, allowed) || (is_health_check(request) && is_address_host(host));
    if !is_allowed(host) || !is_allowed(authority) {
        return Err(ApiError::host_not_allowed());
    }
    let granted = request.extensions.get::<AllowedOrigin>().is_some();
    if !granted && !same_origin(&request.headers, host) {
        return Err(ApiError::origin_not_allowed());
    }
    if matches!(request.method, Method::TRACE | Method::CONNECT) {
        return Err(ApiError::method_refused());
    }
    check_body(&request.method, &request.headers, body_limit(request.uri.path()))
}

/// Whether this only asks whether the sandbox is ready. Orchestrators ask with the address of the container as the host.
/// A page that rebinds its name to this machine cannot: its host is that name, not an address.
pub(crate) fn is_health_check(request: &request::Parts) -> bool {
    matches!(request.method, Method::GET | Method::HEAD) && request.uri.path() == READY_PATH
}

/// The one value of a header that must not be repeated.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ApiError> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(ApiError::host_missing());
    }
    // not ASCII, so not a loopback host: refused as a wrong one
    Ok(first.map(|value| value.to_str().unwrap_or_default()))
}

/// No Origin (not a browser), or exactly the origin that the request was sent to.
fn same_origin(headers: &HeaderMap, host: &str) -> bool {
    let own = format!("http://{host}");
    let mut origins = headers.get_all(ORIGIN).iter();
    origins.all(|origin| origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()))
}

fn check_body(method: &Method, headers: &HeaderMap, limit: usize) -> Result<(), ApiError> {
    let length = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit as u64) {
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
