//! The road of a request: guard, key, budget, permission, body, route; and the answer's way back.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use futures_util::FutureExt;
use http_body_util::LengthLimitError;
use serde_json::json;

use super::envelope::{self, Call, Stamp};
use super::error::ApiError;
use super::limits::Quota;
use super::state::Shared;
use super::team::TEAM_ID;
use super::{api_keys, auth, guard, listen, resource, trigger, version, whoami};

/// How long a request body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The whole sandbox as one service.
pub(crate) fn router(state: Shared) -> Router {
    // the routes sit behind a fallback, so that the front comes before routing
    front_of(routes().with_state(state.clone()), state)
}

fn front_of(routes: Router, state: Shared) -> Router {
    Router::new().fallback_service(routes).layer(middleware::from_fn_with_state(state, front))
}

fn routes() -> Router<Shared> {
    Router::new()
        // ours
        .route("/", get(home))
        .route("/_sandbox", get(identity))
        .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
        // documented
        .route("/api/v1/auth/whoami", get(whoami::whoami))
        .route("/api/v1/teams/{team}/webhooks/trigger-test", post(trigger::trigger_test))
        .route("/api/v1/teams/{team}/webhooks/listen", get(listen::listen))
        // ours
        .route("/api/v1/teams/{team}/api-keys", get(api_keys::list).post(api_keys::create))
        .route("/api/v1/teams/{team}/api-keys/{id}", delete(api_keys::revoke))
        .merge(resource::routes())
        .fallback(async || ApiError::resource_missing("Endpoint"))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
}

async fn home() -> Json<serde_json::Value> {
    Json(json!({ "name": "cstar-sandbox", "about": "/_sandbox", "api": "/api/v1" }))
}

/// Lets the command line tell a sandbox from something else on the port (ours, without a key).
async fn identity() -> Json<serde_json::Value> {
    Json(json!({ "name": "cstar-sandbox", "version": env!("CARGO_PKG_VERSION"), "team_id": TEAM_ID }))
}

async fn front(State(state): State<Shared>, request: Request, next: Next) -> Response {
    let stamp = Stamp::new(&state.settings.clock);
    let mut terms = Terms::default();
    let response = match admit(&state, request, &stamp, &mut terms).await {
        Ok(request) => run(next, request).await,
        Err(error) => error.into_response(),
    };
    let mut response = envelope::finish(response, &stamp);
    if let Some(quota) = terms.quota {
        quota.write(response.headers_mut());
    }
    if let Some(version) = terms.version {
        version::echo(version, response.headers_mut());
    }
    response
}

/// What is known of a caller's request by the time it is answered or refused.
#[derive(Debug, Default)]
struct Terms {
    quota: Option<Quota>,
    version: Option<&'static str>,
}

/// Checks a request from the cheapest question to the dearest, and puts its body in memory.
async fn admit(
    state: &Shared,
    request: Request,
    stamp: &Stamp,
    terms: &mut Terms,
) -> Result<Request, ApiError> {
    let (mut parts, body) = request.into_parts();
    guard::check(&parts, state.port)?;
    if auth::is_protected(&parts.uri) {
        let caller = auth::authenticate(&state.keys, &parts.headers)?;
        state.keys.touch(caller.key, stamp.time);
        let (counted, verdict) = state.limiter.count(caller, stamp.time);
        terms.quota = counted;
        verdict?;
        terms.version = Some(version::requested(&parts.headers)?);
        auth::authorize(caller, &parts.method, &parts.uri)?;
        parts.extensions.insert(Call { stamp: stamp.clone(), caller });
    }
    Ok(Request::from_parts(parts, read(body).await?))
}

/// The whole body, bounded in size and in time.
async fn read(body: Body) -> Result<Body, ApiError> {
    match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, guard::BODY_LIMIT)).await {
        Ok(Ok(bytes)) => Ok(Body::from(bytes)),
        Ok(Err(error)) if is_too_large(&error) => Err(ApiError::payload_too_large()),
        Ok(Err(_)) => Err(ApiError::unreadable_body()),
        Err(_) => Err(ApiError::body_timeout()),
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<LengthLimitError>())
}

/// A panic costs one answer, not the connection and not the process.
async fn run(next: Next, request: Request) -> Response {
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answer.unwrap_or_else(|_| ApiError::internal().into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::state::{Settings, State};
    use std::sync::Arc;

    /// A sandbox with one route that panics.
    pub(crate) fn broken(state: &Arc<State>) -> Router {
        let panics = get(async || -> StatusCode { panic!("a handler's own mistake") });
        front_of(Router::new().route("/broken", panics), state.clone())
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
