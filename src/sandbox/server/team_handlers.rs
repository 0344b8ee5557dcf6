//! `/_sandbox/teams`: a team for each test, so that parallel tests share one sandbox (ours).

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::{Extension, Json};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::teams::Teams;
use crate::sandbox::caller::Environment;
use crate::sandbox::http::body as json_body;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::new_team::TeamError;
use crate::sandbox::state::State;
use crate::sandbox::team::MAX_NAME;

/// `GET /_sandbox/teams`: all teams, the main one first.
pub(crate) async fn list(Extension(teams): Extension<Arc<Teams>>) -> Json<Value> {
    let all: Vec<Value> = teams.all().iter().map(|state| view(state)).collect();
    Json(json!({ "teams": all }))
}

/// `POST /_sandbox/teams`: accepts a `name`.
pub(crate) async fn create(
    Extension(teams): Extension<Arc<Teams>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let members = if body.is_empty() { Map::new() } else { json_body::members(&body)? };
    let name = match members.get("name") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) if !name.trim().is_empty() && name.chars().count() <= MAX_NAME => {
            Some(name.trim().to_owned())
        }
        Some(_) => {
            let message = format!("The 'name' field must be a string of 1 to {MAX_NAME} characters.");
            return Err(ApiError::parameter_invalid("name", message));
        }
    };
    let creating = Arc::clone(&teams);
    let created = tokio::task::spawn_blocking(move || creating.create(name.as_deref())).await;
    let state = created.map_err(|_| ApiError::internal())?.map_err(|error| match error {
        error @ TeamError::TooMany => {
            ApiError::parameter_invalid("teams", format!("{error}. Delete some first."))
        }
        error => ApiError::internal_because(&error.to_string()),
    })?;
    teams.run(&state);
    Ok((StatusCode::CREATED, Json(view(&state))))
}

/// `DELETE /_sandbox/teams/{id}`.
pub(crate) async fn delete(
    Extension(teams): Extension<Arc<Teams>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    if teams.main().store.team().is_named(&id) {
        return Err(ApiError::conflict("id", "The main team cannot be deleted."));
    }
    match teams.delete(&id).await {
        true => Ok(Json(json!({ "deleted": true, "id": id }))),
        false => Err(ApiError::resource_missing("Team")),
    }
}

/// A team with its keys.
pub(crate) fn view(state: &State) -> Value {
    let team = state.store.team();
    let [secret_test, secret_live, publishable_test, publishable_live] = state.settings.keys.all();
    json!({
        "id": team.id,
        "slug": team.slug,
        "name": team.name,
        "keys": {
            "secret_test": secret_test,
            "secret_live": secret_live,
            "publishable_test": publishable_test,
            "publishable_live": publishable_live,
        },
        "signing_secrets": {
            "test": team.signing_secret(Environment::Test),
            "live": team.signing_secret(Environment::Live),
        },
    })
}
