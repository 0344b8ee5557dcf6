//! `/_sandbox/snapshots`: saves the whole state under a name, and restores it, so that a test begins where it needs to
//! (ours).
//!
//! A snapshot holds neither the request log, the clock, the settings nor the faults. Open streams continue with what happens
//! after the restore.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::control::blocking;
use crate::sandbox::delivery::webhooks::view::precise;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::snapshots::{MOST, MOST_BYTES, NotSaved, SnapshotInfo};
use crate::sandbox::state::{self, Shared};

/// The longest name, in characters.
pub(crate) const LONGEST_NAME: usize = 64;

/// `GET /_sandbox/snapshots`.
pub(crate) async fn list(State(state): State<Shared>) -> Json<Value> {
    Json(all(&state))
}

/// `POST /_sandbox/snapshots/{name}`: saves the state, also over an earlier snapshot.
pub(crate) async fn save(
    State(state): State<Shared>,
    Path(name): Path<String>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    check(&name)?;
    let saved = blocking(state, move |state| {
        let at = state.settings.clock.now();
        let info = state.snapshots.save(&state.store, &name, at).map_err(|error| match error {
            NotSaved::TooMany => {
                let message = format!("There may be at most {MOST} snapshots. Delete one first.");
                ApiError::parameter_invalid("name", message)
            }
            NotSaved::TooLarge => {
                let most = MOST_BYTES / 1024 / 1024;
                let message =
                    format!("All snapshots together may have at most {most} MiB. Delete one first.");
                ApiError::parameter_invalid("name", message)
            }
            NotSaved::Sql(error) => error.into(),
        })?;
        Ok(view(&info))
    });
    saved.await.map(|saved| (StatusCode::CREATED, saved))
}

/// `POST /_sandbox/snapshots/{name}/restore`: replaces the whole state.
pub(crate) async fn restore(
    State(state): State<Shared>,
    Path(name): Path<String>,
) -> Result<Json<Value>, ApiError> {
    blocking(state, move |state| {
        let info = state.snapshots.restore(&state.store, &name)?.ok_or_else(missing)?;
        state.reload_keys()?;
        Ok(view(&info))
    })
    .await
}

/// `DELETE /_sandbox/snapshots/{name}`: returns the others.
pub(crate) async fn delete(
    State(state): State<Shared>,
    Path(name): Path<String>,
) -> Result<Json<Value>, ApiError> {
    if state.snapshots.delete(&name) { Ok(Json(all(&state))) } else { Err(missing()) }
}

fn missing() -> ApiError {
    ApiError::resource_missing("Snapshot")
}

/// Whether it can be typed in a shell and in a path.
pub(crate) fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    name.len() <= LONGEST_NAME
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(is_plain)
}

fn check(name: &str) -> Result<(), ApiError> {
    if is_name(name) {
        return Ok(());
    }
    let message = format!(
        "The name of a snapshot has 1 to {LONGEST_NAME} letters, digits, hyphens, underscores and dots. It begins with \
         a letter or a digit."
    );
    Err(ApiError::parameter_invalid("name", message))
}

fn all(state: &state::State) -> Value {
    let all = state.snapshots.list();
    let bytes: u64 = all.iter().map(|info| info.bytes).sum();
    json!({ "snapshots": all.iter().map(view).collect::<Vec<_>>(), "bytes": bytes })
}

fn view(info: &SnapshotInfo) -> Value {
    json!({ "name": info.name, "created_at": precise(info.created_at), "bytes": info.bytes })
}
