//! The signing secret, only when a person asks for it.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::inspector::error::ApiError;
use crate::inspector::route::Route;
use crate::inspector::state::Shared;

pub(super) fn routes() -> Vec<Route> {
    let route = Route::get("/_inspector/secret", secret).named("getSecret", "Show the signing secret");
    vec![route.answers(json!({
        "type": "object",
        "required": ["secret"],
        "properties": { "secret": { "type": "string" } },
    }))]
}

async fn secret(State(inspector): State<Shared>) -> Result<Json<Value>, ApiError> {
    let scope = inspector.scope().await?;
    let secret = inspector.secret(&scope).await?;
    Ok(Json(json!({ "secret": secret.expose() })))
}
