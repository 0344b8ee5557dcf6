//! The steps of a request: guard, faults, key, rate limit, permission, body, route. On the way back the response
//! gets its envelope and headers, and the request log its entry.
//!
//! This is one plain function and not a stack of `tower` layers and extractors. The order of the steps is part of
//! the documented behaviour (a request over its limit is counted before its permissions are checked, for example),
//! and the last step logs what the first ones found. In layers, both would be spread over types
//! that pass values to each other as request extensions.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::LengthLimitError;
use tokio::sync::OwnedSemaphorePermit;

use super::teams::{Teams, Unknown};
use super::{document, routes};
use crate::sandbox::caller::Caller;
use crate::sandbox::http::envelope::{self, Call};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::faults::active::{FaultEffects, FaultRequest};
use crate::sandbox::http::limits::Quota;
use crate::sandbox::http::{auth, capacity, cors, guard, version};
use crate::sandbox::request_log::builder::{self, EntryBuilder, error_code};
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::state::Shared;

/// How long a request body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The whole sandbox as one service.
pub(crate) fn router(teams: Arc<Teams>) -> Router {
    // a fallback service, or axum would route before the first step
    front_of(routes::served(document::all_routes()), teams)
}

fn front_of(routes: Router, teams: Arc<Teams>) -> Router {
    Router::new()
        .fallback_service(routes)
        .layer(middleware::from_fn_with_state(teams.clone(), front))
        .layer(middleware::from_fn_with_state(teams, pages))
}

/// CORS comes first: a preflight request carries no key.
async fn pages(State(teams): State<Arc<Teams>>, request: Request, next: Next) -> Response {
    let settings = &teams.main().settings;
    cors::admit_pages(&settings.cors_origins, &settings.allow_hosts, request, next).await
}

/// What the response and the log need to know about a request.
#[derive(Default)]
struct RequestContext {
    quota: Option<Quota>,
    version: Option<&'static str>,
    effects: FaultEffects,
    /// `None` if the request is not logged.
    log_entry: Option<EntryBuilder>,
    /// Held while the request body is in memory.
    body_permit: Option<OwnedSemaphorePermit>,
}

async fn front(State(teams): State<Arc<Teams>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let (state, unknown) = teams.of_request(&parts);
    let mut request = Request::from_parts(parts, body);
    request.extensions_mut().insert(state.clone());
    if let Some(unknown) = unknown {
        request.extensions_mut().insert(unknown);
    }
    let meta = RequestMeta::new(&state.settings.clock);
    let log_entry = EntryBuilder::new(&request, &meta, state.log_bodies.load(Ordering::Relaxed));
    let mut context = RequestContext { log_entry, ..RequestContext::default() };
    let response = match admit((&teams, &state), request, &meta, &mut context).await {
        Ok(request) => run(next, request).await,
        Err(error) => error.into_response(),
    };
    let code = error_code(&response);
    let mut response = envelope::finish(response, &meta);
    let RequestContext { quota, version, effects, log_entry, body_permit } = context;
    drop(body_permit);
    if let Some(quota) = quota {
        // Callers compare it with their own clock.
        let moved = state.settings.clock.offset().div_euclid(1000);
        quota.skewed(effects.skew.saturating_sub(moved)).write(response.headers_mut());
    }
    if let Some(version) = version {
        version::echo(version, response.headers_mut());
    }
    effects.write(state.settings.clock.real(), response.headers_mut());
    match log_entry {
        Some(log_entry) => {
            let (entry, response) = log_entry.finish(code, effects.faults, response).await;
            state.log_request(entry);
            response
        }
        None => response,
    }
}

/// Checks a request, the cheapest check first, and reads its body.
async fn admit(
    (teams, state): (&Arc<Teams>, &Shared),
    request: Request,
    meta: &RequestMeta,
    context: &mut RequestContext,
) -> Result<Request, ApiError> {
    let (mut parts, body) = request.into_parts();
    guard::check(&parts, &state.settings.allow_hosts)?;
    let needs_key = auth::is_control(&parts.uri) && !guard::is_health_check(&parts);
    if teams.main().settings.keys.is_generated() && needs_key {
        // other machines can call: changes of the sandbox itself need its key
        admit_control(teams, state, &parts)?;
    }
    if !guard::is_health_check(&parts)
        && let Some(unknown) = parts.extensions.remove::<Unknown>()
    {
        return Err(unknown.into());
    }
    if needs_key {
        parts.extensions.insert(Arc::clone(teams));
    }
    let fault_request =
        builder::is_logged(&parts.uri).then(|| state.faults.register(&parts.method, parts.uri.path()));
    if let Some(fault_request) = &fault_request {
        context.effects = state.faults.effects(fault_request);
        if !context.effects.latency.is_zero() {
            tokio::time::sleep(context.effects.latency).await;
        }
    }
    if auth::is_protected(&parts.uri) {
        let caller = auth::authenticate(&state.keys, &parts.headers)?;
        state.keys.touch(caller.key, meta.time);
        let (quota, within_limit) = state.limiter.count(caller, meta.time);
        context.quota = quota;
        within_limit?;
        context.version = Some(version::requested(&parts.headers)?);
        apply_error_fault(state, fault_request.as_ref(), Some(caller), meta, context)?;
        auth::authorize(state.store.team(), caller, &parts.method, &parts.uri)?;
        let meta = RequestMeta { actor: state.keys.actor(caller.key), ..meta.clone() };
        parts.extensions.insert(Call { meta, caller });
        if let Some(fault_request) = fault_request {
            parts.extensions.insert(fault_request);
        }
    } else {
        apply_error_fault(state, fault_request.as_ref(), None, meta, context)?;
    }
    let (limit, has_key) = (guard::body_limit(parts.uri.path()), parts.extensions.get::<Call>().is_some());
    context.body_permit = state.bodies.reserve(capacity::size(&body, limit), has_key).await?;
    let body = read(body, limit).await?;
    if let Some(log_entry) = &mut context.log_entry {
        log_entry.request_body(&body);
    }
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// Checks the key of a request to the sandbox itself: a secret one of the main team, or of the team that is changed.
fn admit_control(teams: &Teams, state: &Shared, parts: &Parts) -> Result<(), ApiError> {
    if let Ok(caller) = auth::authenticate(&teams.main().keys, &parts.headers) {
        return auth::require_secret(caller);
    }
    auth::require_secret(auth::authenticate(&state.keys, &parts.headers)?)?;
    match parts.uri.path().starts_with("/_sandbox/teams") {
        true => Err(ApiError::team_access_denied()),
        false => Ok(()),
    }
}

/// Fails with the error of a fault. A request without a valid key has already failed, as it would without faults.
fn apply_error_fault(
    state: &Shared,
    fault_request: Option<&FaultRequest>,
    caller: Option<Caller>,
    meta: &RequestMeta,
    context: &mut RequestContext,
) -> Result<(), ApiError> {
    let refusal = fault_request.and_then(|fault_request| state.faults.refusal(fault_request));
    let Some((error, fault)) = refusal else { return Ok(()) };
    context.effects.faults.push(fault);
    if let (StatusCode::TOO_MANY_REQUESTS, Some(caller)) = (error.status, caller) {
        let wait = error.retry_after.unwrap_or_default();
        context.quota = Some(Quota::exhausted(caller, wait, meta.time));
    }
    Err(error)
}

/// Reads the body, bounded in size and time.
async fn read(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_large(&error) => Err(ApiError::payload_too_large()),
        Ok(Err(_)) => Err(ApiError::unreadable_body()),
        Err(_) => Err(ApiError::body_timeout()),
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<LengthLimitError>())
}

/// A panic fails one request, not the connection or the process.
async fn run(next: Next, request: Request) -> Response {
    let response = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    response.unwrap_or_else(|_| ApiError::internal().into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::settings::Settings;
    use crate::sandbox::state::State;
    use crate::sandbox::tools::storage::StorageLocation;
    use axum::routing::get;

    /// A sandbox with one route that panics.
    pub(crate) fn broken(state: &Arc<State>) -> Router {
        let panics = get(async || -> StatusCode { panic!("a handler's own mistake") });
        front_of(
            Router::new().route("/broken", panics),
            Arc::new(Teams::of(state.clone(), StorageLocation::Memory)),
        )
    }

    #[tokio::test]
    async fn a_panic_becomes_a_documented_error() {
        let state = Arc::new(State::new(Settings::default(), 80));
        let service = hyper_util::service::TowerToHyperService::new(broken(&state));
        let request =
            Request::builder().uri("/broken").header("host", "localhost").body(Body::empty()).unwrap();
        let answer = hyper::service::Service::call(&service, request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = to_bytes(answer.into_body(), 10_000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["error"]["type"], "api_error");
        assert!(body["error"]["request_id"].as_str().unwrap().starts_with("req_"));
    }
}
