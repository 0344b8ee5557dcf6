//! `/_sandbox/settings`: what a test may change of a running sandbox (ours).

use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::sandbox::http::body as json_body;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::state::Shared;

/// `GET /_sandbox/settings`.
pub(crate) async fn show(State(state): State<Shared>) -> Json<Value> {
    Json(json!({ "log_bodies": state.log_bodies.load(Ordering::Relaxed) }))
}

/// `POST /_sandbox/settings`: changes those in the body.
pub(crate) async fn change(State(state): State<Shared>, body: Bytes) -> Result<Json<Value>, ApiError> {
    for (name, value) in json_body::members(&body)? {
        match (name.as_str(), value) {
            ("log_bodies", Value::Bool(value)) => state.log_bodies.store(value, Ordering::Relaxed),
            ("log_bodies", _) => {
                let message = "The 'log_bodies' field must be true or false.";
                return Err(ApiError::parameter_invalid("log_bodies", message));
            }
            _ => {
                let message = format!("There is no setting '{name:.40}'; there is 'log_bodies'.");
                return Err(ApiError::parameter_invalid("settings", message));
            }
        }
    }
    Ok(show(State(state)).await)
}
