//! What every request has to pass, and the headers that every response gets.
//!
//! Any web page can send requests to localhost. The Host check stops a page whose own name resolves to this machine (DNS
//! rebinding). `Origin` and `Sec-Fetch-Site` stop every other page, also one on another port. Data needs the token too.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode, request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

use super::cookie;
use super::error::ApiError;
use super::input::BODY_LIMIT;
use super::state::Inspector;
use crate::Secret;
use crate::net::is_allowed_host;

/// Nothing from elsewhere, no inline script or style, and texts become elements only on purpose.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

const ON_EVERY_RESPONSE: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Checks host and origin, and adds the headers.
pub(super) async fn check(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = match is_from_here(&parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => error.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in ON_EVERY_RESPONSE {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Data must not be in a cache; assets set their own rule.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Requires the token, as `Authorization: Bearer` or as the cookie of a session.
pub(super) async fn require_token(
    State(inspector): State<Arc<Inspector>>,
    request: Request,
    next: Next,
) -> Response {
    if has_token(request.headers(), inspector.token()) {
        return next.run(request).await;
    }
    let error = ApiError::new(StatusCode::UNAUTHORIZED, "the token is missing or wrong")
        .hint("open the address that cstar printed, or send its token as Authorization: Bearer");
    ([(header::WWW_AUTHENTICATE, "Bearer")], error).into_response()
}

/// Compares in constant time.
pub(super) fn is_token(given: &str, token: &Secret) -> bool {
    given.as_bytes().ct_eq(token.expose().as_bytes()).into()
}

fn has_token(headers: &HeaderMap, token: &Secret) -> bool {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match bearer.and_then(|value| value.strip_prefix("Bearer ")) {
        Some(given) => is_token(given, token),
        None => cookie::value(headers, host(headers)).is_some_and(|given| is_token(given, token)),
    }
}

/// The `Host` header; empty if there is none.
pub(super) fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn is_from_here(request: &request::Parts) -> Result<(), ApiError> {
    let forbidden = |message| ApiError::new(StatusCode::FORBIDDEN, message);
    let host = host(&request.headers);
    // A full URI in the request line takes precedence over the Host header, so both have to pass.
    let authority = request.uri.authority().map_or(host, |authority| authority.as_str());
    let hosts = request.headers.get_all(header::HOST).iter().count();
    if hosts != 1 || !is_allowed_host(host, &[]) || !is_allowed_host(authority, &[]) {
        return Err(forbidden("the Host header does not name this machine")
            .hint("use 127.0.0.1 or localhost in the address"));
    }
    let own = format!("http://{host}");
    let mut origins = request.headers.get_all(header::ORIGIN).iter();
    let is_same = origins.all(|origin| origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()));
    if !is_same || !may_fetch(request) {
        return Err(forbidden("pages of another origin have no access"));
    }
    let length =
        request.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > BODY_LIMIT as u64) {
        return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"));
    }
    Ok(())
}

/// Browsers say where a request comes from, also where they send no `Origin`. A link to the page itself is fine: the
/// page has no data of its own.
fn may_fetch(request: &request::Parts) -> bool {
    let value = |name: &str| request.headers.get(name).map(HeaderValue::as_bytes);
    let is_page = matches!(request.uri.path(), "/" | "/_inspector" | "/_inspector/");
    match value("sec-fetch-site") {
        None | Some(b"same-origin" | b"none") => true,
        Some(_) => is_page && request.method == Method::GET && value("sec-fetch-mode") == Some(b"navigate"),
    }
}
