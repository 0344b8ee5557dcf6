//! CORS: only web pages of the origins given at the start may call the API.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap,
    HeaderName, HeaderValue, ORIGIN, VARY,
};
use axum::http::{Method, StatusCode, request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::guard::{self, AllowedOrigin};
use crate::net::AllowedHost;

const REQUEST_PRIVATE: HeaderName = HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE: HeaderName = HeaderName::from_static("access-control-allow-private-network");

const METHODS: &str = "GET, HEAD, POST, PATCH, DELETE";
const HEADERS: &str = "Authorization, Content-Type, CStar-Version, Idempotency-Key, Last-Event-ID";
/// The headers that a page may read.
const EXPOSED: &str = "CStar-Version, Idempotent-Replayed, Retry-After, X-CStar-Request-Id, X-CStar-Sandbox-Fault, \
                       X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-RateLimit-Window";
/// How long a browser may cache a preflight response, in seconds.
const MAX_AGE: &str = "600";

/// An origin as browsers send it: scheme and authority in lower case, without a path.
pub(crate) fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let plain =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | ':' | '[' | ']');
    rest.is_some_and(|authority| !authority.is_empty() && authority.chars().all(plain))
}

/// Admits the pages of the allowed origins, and answers their preflight requests.
pub(crate) async fn admit_pages(
    origins: &[String],
    hosts: &[AllowedHost],
    mut request: Request,
    next: Next,
) -> Response {
    let Some(origin) = granted(origins, request.headers()) else {
        let mut response = next.run(request).await;
        if !origins.is_empty() {
            // or a cache could give a page the answer that was meant for no page
            vary(response.headers_mut());
        }
        return response;
    };
    request.extensions_mut().insert(AllowedOrigin);
    let (parts, body) = request.into_parts();
    // what the guard refuses gets its error body further in
    let mut response = if is_preflight(&parts) && guard::check(&parts, hosts).is_ok() {
        preflight(&parts)
    } else {
        next.run(Request::from_parts(parts, body)).await
    };
    allow(origin, response.headers_mut());
    response
}

/// The origin of a request, if it is allowed.
fn granted(origins: &[String], headers: &HeaderMap) -> Option<HeaderValue> {
    let mut sent = headers.get_all(ORIGIN).iter();
    let (Some(origin), None) = (sent.next(), sent.next()) else { return None };
    origins.iter().any(|known| known.as_bytes() == origin.as_bytes()).then(|| origin.clone())
}

fn is_preflight(request: &request::Parts) -> bool {
    request.method == Method::OPTIONS && request.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight(request: &request::Parts) -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
        (ACCESS_CONTROL_MAX_AGE, MAX_AGE),
    ];
    let mut response = (StatusCode::NO_CONTENT, headers, Body::empty()).into_response();
    if request.headers.contains_key(REQUEST_PRIVATE) {
        response.headers_mut().insert(ALLOW_PRIVATE, HeaderValue::from_static("true"));
    }
    response
}

/// Lets a page of this origin read the response. Without `Access-Control-Allow-Credentials`: nothing here uses cookies,
/// so a page that sends them has made a mistake, and its browser says so.
fn allow(origin: HeaderValue, headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    vary(headers);
}

fn vary(headers: &mut HeaderMap) {
    headers.append(VARY, HeaderValue::from_static("Origin"));
}

#[cfg(test)]
mod tests {
    use crate::sandbox::http::cors::is_origin;

    #[test]
    fn an_origin_has_no_path_and_no_wildcard() {
        for good in ["http://localhost:5173", "https://app.example", "http://[::1]:80"] {
            assert!(is_origin(good), "{good}");
        }
        for bad in ["", "*", "null", "localhost", "http://", "http://a/", "http://A", "ftp://a", "http://a b"]
        {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
