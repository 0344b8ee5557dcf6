//! Every route of the sandbox, with its handler and its description.
//!
//! The router and the OpenAPI document are built from the same list, so neither can have a route that the other
//! lacks.

mod bulk;
mod community;
mod computed;
mod library;
mod resources;
mod sandbox;
mod webhooks;

use axum::http::{Method, StatusCode, Uri};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::route::{Route, in_team};
use crate::sandbox::delivery::trigger;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::model::{api_keys, whoami};
use crate::sandbox::openapi;
use crate::sandbox::streams::{listen, logs};

/// The routes before that of the OpenAPI document, in the order of the document.
pub(crate) fn described() -> Vec<Route> {
    let mut routes = resources::routes();
    routes.extend(bulk::routes());
    routes.extend(computed::routes());
    routes.extend(community::routes());
    routes.extend(library::routes());
    routes.extend(webhooks::routes());
    routes.extend([
        Route::get("/api/v1/auth/whoami", whoami::whoami, openapi::api_keys::whoami()),
        Route::post(in_team("webhooks/trigger-test"), trigger::trigger_test, openapi::events::trigger_test()),
        Route::get(in_team("webhooks/listen"), listen::listen, openapi::events::listen()),
        Route::get(in_team("realtime"), listen::realtime, openapi::events::realtime()),
        Route::get(in_team("api-keys"), api_keys::list, openapi::api_keys::list()),
        Route::post(in_team("api-keys"), api_keys::create, openapi::api_keys::create()),
        Route::delete(in_team("api-keys/{id}"), api_keys::revoke, openapi::api_keys::revoke()),
        Route::get(in_team("logs"), logs::list, openapi::request_log::list()),
        Route::get(in_team("logs/stream"), logs::stream, openapi::request_log::stream()),
    ]);
    routes.extend(sandbox::routes());
    routes
}

/// The routes after the document.
pub(crate) fn plain() -> [Route; 2] {
    [
        Route::get("/", home, openapi::about::home()),
        Route::get("/favicon.ico", async || StatusCode::NO_CONTENT, openapi::about::icon()),
    ]
}

/// Serves these routes, and errors for all other paths and methods.
pub(crate) fn served(routes: Vec<Route>) -> Router {
    let router = routes.into_iter().fold(Router::new(), |router, route| {
        // the only place that adds routes: a route added elsewhere would have no description
        router.route(&route.path, route.handler)
    });
    router
        .fallback(async |method: Method, uri: Uri| ApiError::endpoint_missing(&method, uri.path()))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
}

/// The addresses of the other parts (ours).
async fn home() -> Json<Value> {
    Json(json!({
        "name": "cstar-sandbox",
        "about": "/_sandbox",
        "api": "/api/v1",
        "openapi": "/openapi.json",
    }))
}
