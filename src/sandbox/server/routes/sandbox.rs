//! The routes of the sandbox itself, below `/_sandbox` (ours, without a key on loopback).

mod test_api;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::sandbox::http::guard::READY_PATH;
use crate::sandbox::openapi;
use crate::sandbox::server::route::Route;
use crate::sandbox::server::team_handlers;
use crate::sandbox::state::Shared;
use crate::sandbox::tools::{control, events, faults, ready};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/_sandbox/faults", faults::list, openapi::faults::list()),
        Route::post("/_sandbox/faults", faults::add, openapi::faults::add()),
        Route::delete("/_sandbox/faults", faults::clear, openapi::faults::clear()),
        Route::delete("/_sandbox/faults/{id}", faults::remove, openapi::faults::remove()),
        Route::post("/_sandbox/events", events::fire, openapi::control::fire_event()),
        Route::post("/_sandbox/reset", control::reset, openapi::control::reset()),
        Route::post("/_sandbox/seed", control::seed, openapi::control::seed()),
        Route::post("/_sandbox/export", control::export, openapi::control::export()),
        Route::post("/_sandbox/import", control::import, openapi::control::import()),
        Route::get("/_sandbox/teams", team_handlers::list, openapi::teams::list()),
        Route::post("/_sandbox/teams", team_handlers::create, openapi::teams::create()),
        Route::delete("/_sandbox/teams/{id}", team_handlers::delete, openapi::teams::delete()),
        Route::get(READY_PATH, ready::ready, openapi::about::ready()),
        Route::get("/_sandbox", identity, openapi::about::identity()),
    ];
    routes.extend(test_api::routes());
    routes
}

/// Lets the command line recognise a sandbox, and the team of a key (ours, without a key).
async fn identity(State(state): State<Shared>) -> Json<Value> {
    let (team, version) = (state.store.team(), env!("CARGO_PKG_VERSION"));
    Json(json!({
        "name": "cstar-sandbox", "version": version, "team_id": team.id, "team_slug": team.slug,
    }))
}
