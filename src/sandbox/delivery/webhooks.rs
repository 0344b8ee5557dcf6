//! `…/webhooks`: registered webhooks (documented; `rotate-secret` is ours).
//!
//! All requests need a secret key and see only the environment of the key. The `dispatcher` makes the
//! deliveries.

pub(crate) mod input;
pub(crate) mod view;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::retry;
use super::webhooks::input::PlainHttp;
use crate::host::random;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::{self, Write};
use crate::sandbox::http::query::Params;
use crate::sandbox::http::{auth, body};
use crate::sandbox::state::Shared;
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::webhooks::Webhook;

/// How many webhooks a team may have in each environment (ours).
const MAX_WEBHOOKS: usize = 100;
/// How long the previous secret stays valid (ours), in seconds.
const OVERLAP: f64 = 24.0 * 60.0 * 60.0;

pub(crate) type Ids = Path<(String, String)>;

pub(crate) fn find(tables: &Tables<'_>, id: &str) -> Result<Webhook, ApiError> {
    tables.webhook(id)?.ok_or_else(|| ApiError::resource_missing("Webhook"))
}

/// `GET …/webhooks`: all of them, without pages (documented). The filter `active` is documented for the SDK.
pub(crate) async fn list(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    uri: Uri,
) -> Result<Rendered, ApiError> {
    auth::require_secret(call.caller)?;
    let active = match Params::parse(&uri)?.get("active") {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => {
            let message = "The 'active' parameter must be true or false.";
            return Err(ApiError::parameter_invalid("active", message));
        }
    };
    let webhooks = state.store.read(call.caller.environment, |tables| tables.webhooks(active))?;
    let items: Vec<Value> = webhooks.iter().map(view::webhook).collect();
    Ok(envelope::success(StatusCode::OK, items.into(), &call.meta))
}

/// `GET …/webhooks/{id}` (documented).
pub(crate) async fn show(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    Path((_, id)): Ids,
) -> Result<Rendered, ApiError> {
    auth::require_secret(call.caller)?;
    let webhook = state.store.read(call.caller.environment, |tables| find(tables, &id))?;
    Ok(envelope::success(StatusCode::OK, view::webhook(&webhook), &call.meta))
}

/// `POST …/webhooks`: 201, and the only answer that carries the secret (documented).
pub(crate) async fn create(State(state): State<Shared>, write: Write) -> Result<Response, ApiError> {
    auth::require_secret(write.call.caller)?;
    let spec = input::creation(body::members(&write.body)?, PlainHttp::Only(&state.settings.allow_hosts))?;
    idempotency::once_alone(&state.store, &write, |change| {
        if change.webhooks(None)?.len() >= MAX_WEBHOOKS {
            return Err(ApiError::too_many_webhooks(MAX_WEBHOOKS));
        }
        // documented: 12 hexadecimal digits
        let id = format!("whk_{}", hex::encode(random::bytes::<6>()));
        let secret = new_secret()?;
        let webhook = change.insert_webhook(&id, spec, &secret)?;
        let answer = view::with_secret(&webhook, &secret);
        Ok(envelope::success(StatusCode::CREATED, answer, &write.call.meta))
    })
}

/// Fails if the system has no randomness.
fn new_secret() -> Result<String, ApiError> {
    let tail = random::secret::<32>()?;
    Ok(format!("whsec_{tail}"))
}

/// `PATCH …/webhooks/{id}` (documented).
pub(crate) async fn update(
    State(state): State<Shared>,
    Path((_, id)): Ids,
    write: Write,
) -> Result<Response, ApiError> {
    auth::require_secret(write.call.caller)?;
    let members = body::members(&write.body)?;
    idempotency::once_alone(&state.store, &write, |change| {
        let mut webhook = find(change, &id)?;
        let spec = input::update(members, &webhook.spec, PlainHttp::Only(&state.settings.allow_hosts))?;
        change.update_webhook(&mut webhook, spec)?;
        Ok(envelope::success(StatusCode::OK, view::webhook(&webhook), &write.call.meta))
    })
}

/// `DELETE …/webhooks/{id}`: `{"deleted":true}` (documented). Pending deliveries are dropped.
pub(crate) async fn delete(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    Path((_, id)): Ids,
) -> Result<Rendered, ApiError> {
    auth::require_secret(call.caller)?;
    state.store.write(call.caller.environment, &call.meta, |change| {
        let webhook = find(change, &id)?;
        change.delete_webhook(&webhook)?;
        Ok(envelope::success(StatusCode::OK, json!({ "deleted": true }), &call.meta))
    })
}

/// `POST …/webhooks/{id}/rotate-secret`: a new secret, shown only here (ours). Until `previousSecretExpiresAt`
/// deliveries are signed with both.
pub(crate) async fn rotate_secret(
    State(state): State<Shared>,
    Path((_, id)): Ids,
    write: Write,
) -> Result<Response, ApiError> {
    auth::require_secret(write.call.caller)?;
    let overlap = retry::scaled(OVERLAP, state.settings.time_scale);
    let ends = write.call.meta.time.saturating_add(overlap).unwrap_or(jiff::Timestamp::MAX);
    idempotency::once_alone(&state.store, &write, |change| {
        let mut webhook = find(change, &id)?;
        let secret = new_secret()?;
        change.rotate_secret(&mut webhook, &secret, ends)?;
        let mut answer = view::with_secret(&webhook, &secret);
        answer["previousSecretExpiresAt"] = view::precise(ends).into();
        Ok(envelope::success(StatusCode::OK, answer, &write.call.meta))
    })
}
