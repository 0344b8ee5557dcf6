//! `GET /api/v1/auth/whoami`: which team and environment a key belongs to (documented).

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::state::Shared;

/// Accepts every key. The sample has no `meta`; every response here has one.
pub(crate) async fn whoami(State(state): State<Shared>, Extension(call): Extension<Call>) -> Rendered {
    let team = state.store.team();
    let data = json!({
        "teamId": team.id,
        "teamName": team.name,
        "teamSlug": team.slug,
        "keyType": call.caller.kind.as_str(),
        "environment": call.caller.environment.as_str(),
    });
    envelope::success(StatusCode::OK, data, &call.meta)
}
