//! What the page must know about this program before it shows anything.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::inspector::error::ApiError;
use crate::inspector::route::Route;
use crate::inspector::state::Shared;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/_inspector/config", config)]
}

async fn config(State(inspector): State<Shared>) -> Result<Json<Value>, ApiError> {
    let shared = Shared::clone(&inspector);
    // A keychain may be slow. Without an account, the history can still be shown.
    let account = inspector.blocking(move || Ok((shared.settings.find)().ok())).await?;
    let settings = &inspector.settings;
    let base_url = account.as_ref().map(|account| account.base.to_string());
    let environment = account.as_ref().map(|account| account.key.environment().to_owned());
    Ok(Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "mode": settings.mode.as_str(),
        "sandbox": account.as_ref().is_some_and(|account| account.sandbox.is_some()),
        "base_url": base_url,
        "team": Value::Null,
        "environment": environment,
        "targets": settings.targets,
        "limit_ms": 10_000,
    })))
}
