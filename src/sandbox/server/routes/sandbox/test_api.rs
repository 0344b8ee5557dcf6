//! The routes for tests against the sandbox: waits, the clock, settings and snapshots (ours, without a key on loopback).

use crate::sandbox::openapi;
use crate::sandbox::server::route::Route;
use crate::sandbox::tools::{clock, deliveries, event_poll, requests, settings, snapshots};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/_sandbox/events", event_poll::list, openapi::test_api::events()),
        Route::get("/_sandbox/deliveries", deliveries::list, openapi::test_api::deliveries()),
        Route::get("/_sandbox/requests", requests::list, openapi::test_api::requests()),
        Route::get("/_sandbox/settings", settings::show, openapi::test_api::settings()),
        Route::post("/_sandbox/settings", settings::change, openapi::test_api::change_settings()),
        Route::get("/_sandbox/clock", clock::show, openapi::test_api::clock()),
        Route::post("/_sandbox/clock", clock::change, openapi::test_api::move_clock()),
        Route::get("/_sandbox/snapshots", snapshots::list, openapi::snapshots::list()),
        Route::post("/_sandbox/snapshots/{name}", snapshots::save, openapi::snapshots::save()),
        Route::post("/_sandbox/snapshots/{name}/restore", snapshots::restore, openapi::snapshots::restore()),
        Route::delete("/_sandbox/snapshots/{name}", snapshots::delete, openapi::snapshots::delete()),
    ]
}
