//! What the page must know about this program before it shows anything.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::inspector::error::ApiError;
use crate::inspector::route::Route;
use crate::inspector::state::Shared;

/// The page does not wait longer to learn the team, and whether there is a sandbox.
const WAIT: Duration = Duration::from_secs(2);
/// cStar's own limit of an attempt (documented).
pub(super) const LIMIT_MS: u32 = 10_000;

pub(super) fn routes() -> Vec<Route> {
    let route = Route::get("/_inspector/config", config)
        .named("getConfig", "Show what serves the inspector, and for which account");
    vec![route.answers(json!({ "type": "object", "required": ["version", "mode", "sandbox", "limit_ms"] }))]
}

/// Without an account, the history can still be shown.
async fn config(State(inspector): State<Shared>) -> Result<Json<Value>, ApiError> {
    let settings = &inspector.settings;
    let account = inspector.account().await.ok();
    // Both may ask a server.
    let session = tokio::time::timeout(WAIT, inspector.session());
    let sandbox = tokio::time::timeout(WAIT, inspector.sandbox());
    let (session, sandbox) = tokio::join!(session, sandbox);
    let identity = session.ok().and_then(Result::ok).map(|session| session.identity);
    let team = identity.map(|identity| identity.team_name.unwrap_or(identity.team_id));
    Ok(Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "mode": settings.mode.as_str(),
        "sandbox": sandbox.is_ok_and(|sandbox| sandbox.is_some()),
        "base_url": account.as_ref().map(|account| account.base.to_string()),
        "team": team,
        "environment": account.as_ref().map(|account| account.key.environment()),
        "targets": settings.targets,
        "limit_ms": LIMIT_MS,
    })))
}
