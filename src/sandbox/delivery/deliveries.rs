//! Deliveries of a webhook and their attempts: list, resend, and test (ours).

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::dispatcher;
use super::trigger_request::TriggerRequest;
use super::webhooks::view;
use super::webhooks::{Ids, find};
use crate::sandbox::http::auth;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::{self, Write};
use crate::sandbox::http::query::{Params, number};
use crate::sandbox::model::emit;
use crate::sandbox::state::Shared;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::deliveries::{Delivery, DeliveryPage, RetryPolicy, Status};
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::webhooks::Webhook;

/// The largest page.
pub(crate) const MAX_LIMIT: u64 = 100;
/// The default page size.
pub(crate) const DEFAULT_LIMIT: u64 = 20;
/// `GET …/webhooks/{id}/deliveries?status&limit&after`: newest first.
pub(crate) async fn list(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    Path((_, id)): Ids,
    uri: Uri,
) -> Result<Rendered, ApiError> {
    auth::require_secret(call.caller)?;
    let params = Params::parse(&uri)?;
    let status = params.get("status").map(status).transpose()?;
    let limit = number(&params, "limit", 1, MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    state.store.read(call.caller.environment, |tables| {
        let webhook = find(tables, &id)?;
        let before = params.get("after").map(|after| position_of(tables, &webhook, after)).transpose()?;
        let found = tables.deliveries(&webhook, DeliveryPage { status, limit, before })?;
        let items = found.iter().map(|delivery| {
            let attempts = tables.attempts(delivery.seq)?;
            Ok(view::delivery(&webhook, delivery, &attempts))
        });
        let items = items.collect::<Result<Vec<Value>, ApiError>>()?;
        Ok(envelope::success(StatusCode::OK, items.into(), &call.meta))
    })
}

fn status(text: &str) -> Result<Status, ApiError> {
    Status::parse(text).ok_or_else(|| {
        let names = Status::ALL.map(Status::as_str).join(", ");
        ApiError::parameter_invalid("status", format!("The 'status' parameter must be one of: {names}."))
    })
}

fn position_of(tables: &Tables<'_>, webhook: &Webhook, after: &str) -> Result<i64, ApiError> {
    let found = tables.delivery(webhook, after)?;
    let message = "The 'after' parameter names no delivery of this webhook.";
    Ok(found.ok_or_else(|| ApiError::parameter_invalid("after", message))?.seq)
}

/// A write whose response contains the outcome of an attempt.
struct AttemptRequest<'r> {
    state: &'r Shared,
    write: &'r Write,
}

impl AttemptRequest<'_> {
    /// Finds or creates the delivery, once for each `Idempotency-Key`, and attempts it.
    async fn attempt(
        &self,
        prepare: impl FnOnce(&mut Change<'_>) -> Result<(Webhook, Delivery), ApiError>,
    ) -> Result<Response, ApiError> {
        let meta = &self.write.call.meta;
        let mut prepared = None;
        let answer = idempotency::once_alone(&self.state.store, self.write, |change| {
            let (webhook, delivery) = prepared.insert(prepare(change)?);
            Ok(envelope::success(StatusCode::OK, view::outcome(webhook, delivery, None), meta))
        })?;
        let Some((webhook, delivery)) = prepared else { return Ok(answer) };
        let attempt = dispatcher::attempt_now(self.state, delivery.seq).await;
        let attempt = attempt.ok_or_else(ApiError::delivery_in_flight)?;
        let outcome = view::outcome(&webhook, &delivery, Some(&attempt));
        let answer = envelope::success(StatusCode::OK, outcome, meta);
        idempotency::complete(&self.state.store, self.write, &answer)?;
        Ok(answer.into_response())
    }
}

/// `POST …/webhooks/{id}/test` `{event}`: one event to this webhook only, also if it is inactive, and
/// without retries.
pub(crate) async fn test(
    State(state): State<Shared>,
    Path((_, id)): Ids,
    write: Write,
) -> Result<Response, ApiError> {
    auth::require_secret(write.call.caller)?;
    let request = TriggerRequest::parse(&write.body, "event")?;
    let attempt_request = AttemptRequest { state: &state, write: &write };
    attempt_request
        .attempt(|change| {
            let webhook = find(change, &id)?;
            let entry = emit::entry(change, request.event.name, &request.data(&write.call.meta));
            let delivery = change.insert_delivery(&webhook, &entry, RetryPolicy::Once)?;
            Ok((webhook, delivery))
        })
        .await
}

/// `POST …/webhooks/{id}/deliveries/{deliveryId}/resend`: an extra attempt now. The schedule stays, unless
/// the attempt succeeds.
pub(crate) async fn resend(
    State(state): State<Shared>,
    Path((_, id, delivery)): Path<(String, String, String)>,
    write: Write,
) -> Result<Response, ApiError> {
    auth::require_secret(write.call.caller)?;
    let attempt_request = AttemptRequest { state: &state, write: &write };
    attempt_request
        .attempt(|change| {
            let webhook = find(change, &id)?;
            let found = change.delivery(&webhook, &delivery)?;
            Ok((webhook, found.ok_or_else(|| ApiError::resource_missing("Delivery"))?))
        })
        .await
}
