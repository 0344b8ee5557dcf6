//! `GET /api/v1/auth/whoami`: which team and environment a key belongs to (documented).

use axum::Extension;
use axum::http::StatusCode;
use serde_json::json;

use crate::sandbox::fixtures::TEAM_NAME;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox_info::{TEAM_ID, TEAM_SLUG};

/// Accepts every key. The sample has no `meta`; every response here has one.
pub(crate) async fn whoami(Extension(call): Extension<Call>) -> Rendered {
    let data = json!({
        "teamId": TEAM_ID,
        "teamName": TEAM_NAME,
        "teamSlug": TEAM_SLUG,
        "keyType": call.caller.kind.as_str(),
        "environment": call.caller.environment.as_str(),
    });
    envelope::success(StatusCode::OK, data, &call.meta)
}
