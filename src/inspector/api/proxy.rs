//! Passes requests on to the sandbox of this machine, with its key, which the page never gets.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use reqwest::Url;

use crate::account::Account;
use crate::inspector::error::ApiError;
use crate::inspector::input::BODY_LIMIT;
use crate::inspector::route::Route;
use crate::inspector::state::Shared;
use crate::net;

/// What may be asked for. Everything else of the sandbox is a page of its own.
const ALLOWED: [&str; 3] = ["/api/v1/", "/_sandbox", "/openapi.json"];
/// Streams of events would hand out the signing secret.
const EVENT_STREAMS: [&str; 2] = ["/webhooks/listen", "/realtime"];
/// This one ends when the page does.
const LOG_STREAM: &str = "/logs/stream";
const TIMEOUT: Duration = Duration::from_secs(30);
/// The request log names it, so that the page can leave out its own requests.
const USER_AGENT: &str = concat!("cstar-inspector/", env!("CARGO_PKG_VERSION"));
/// Headers of the request that reach the sandbox.
const PASSED: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::ACCEPT,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
];
/// Headers of the response that reach the page.
const RETURNED: [HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::RETRY_AFTER,
    header::DATE,
    HeaderName::from_static("x-cstar-request-id"),
    HeaderName::from_static("x-cstar-sandbox-fault"),
    HeaderName::from_static("idempotent-replayed"),
];

pub(super) fn routes() -> Vec<Route> {
    vec![Route::any("/_inspector/cstar/{*path}", pass)]
}

async fn pass(
    State(inspector): State<Shared>,
    Path(path): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let account = inspector.sandbox().await.ok_or_else(|| {
        ApiError::not_found("there is no sandbox on this machine to pass the request on to")
            .hint("start one and use it: cstar sandbox, then cstar ui --sandbox")
    })?;
    let (parts, body) = request.into_parts();
    if parts.method == Method::CONNECT || parts.method == Method::TRACE {
        return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "the sandbox has no such method"));
    }
    let url = url(&account, &path, parts.uri.query())?;
    let body = axum::body::to_bytes(body, BODY_LIMIT).await;
    let body = body.map_err(|_| ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"))?;
    send(&account, parts.method, url, &parts.headers, body).await
}

/// The address at the sandbox. `/v1/…` is short for `/api/v1/…`.
fn url(account: &Account, path: &str, query: Option<&str>) -> Result<Url, ApiError> {
    let path = match path.strip_prefix("v1/") {
        Some(rest) => format!("/api/v1/{rest}"),
        None => format!("/{path}"),
    };
    let mut url = account.base.join("/");
    url.set_path(&path);
    url.set_query(query);
    // Compared afterwards, because setting it removes `..` in every spelling.
    let path = url.path();
    let is_allowed = ALLOWED.iter().any(|start| path.starts_with(start));
    if !is_allowed || EVENT_STREAMS.iter().any(|end| path.trim_end_matches('/').ends_with(end)) {
        return Err(ApiError::not_found(format!("`{path}` is not passed on to the sandbox")));
    }
    Ok(url)
}

async fn send(
    account: &Account,
    method: Method,
    url: Url,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let failed = |error: reqwest::Error| {
        let why = net::error_chain::error_message(&error);
        let message = format!("could not reach the sandbox at {}: {why}", account.base);
        ApiError::new(StatusCode::BAD_GATEWAY, message)
    };
    let client = net::api_client(&account.base, &account.trust);
    let client = client.map_err(|error| ApiError::internal(error.to_string()))?;
    let is_endless = url.path().ends_with(LOG_STREAM);
    let mut request = client.request(method, url).bearer_auth(account.key.secret().expose());
    request = request.header(header::USER_AGENT, USER_AGENT);
    if !is_endless {
        request = request.timeout(TIMEOUT);
    }
    for name in PASSED {
        if let Some(value) = headers.get(&name) {
            request = request.header(name, value.clone());
        }
    }
    let response = request.body(body).send().await.map_err(failed)?;
    let status = response.status();
    let returned: Vec<(HeaderName, HeaderValue)> = RETURNED
        .into_iter()
        .filter_map(|name| Some((name.clone(), response.headers().get(&name)?.clone())))
        .collect();
    let mut answer = (status, Body::from_stream(response.bytes_stream())).into_response();
    answer.headers_mut().extend(returned);
    Ok(answer)
}
