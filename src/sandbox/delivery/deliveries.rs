//! Deliveries of a webhook and their attempts: list, resend, and test (ours).

use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::dispatcher;
use super::trigger_request::TriggerRequest;
use super::webhooks::view;
use super::webhooks::{Ids, find};
use crate::event;
use crate::host::random;
use crate::sandbox::caller::Environment;
use crate::sandbox::http::auth;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::{self, Write};
use crate::sandbox::http::query::{Params, number};
use crate::sandbox::state::Shared;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::deliveries::{Attempt, Delivery, DeliveryPage, RetryPolicy, Status};
use crate::sandbox::store::event_log::Entry;
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::webhooks::Webhook;
use crate::sandbox_info::TEAM_ID;

/// The largest page.
pub(crate) const MAX_LIMIT: u64 = 100;
/// The default page size.
pub(crate) const DEFAULT_LIMIT: u64 = 20;
/// How long the response to a test event waits for the endpoints (ours).
const FIRST_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);

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
        let answer = idempotency::once(&self.state.store, self.write, |change| {
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
    let request = TriggerRequest::parse(&write.body)?;
    let attempt_request = AttemptRequest { state: &state, write: &write };
    attempt_request
        .attempt(|change| {
            let webhook = find(change, &id)?;
            let event_id =
                event::event_id(request.event.name, write.call.meta.time, &random::alphanumeric::<8>());
            let data = request.data(&write.call.meta);
            let event =
                event::envelope_of(&event_id, request.event.name, write.call.meta.time, TEAM_ID, &data);
            let entry = Entry {
                id: event_id,
                kind: request.event.name.to_owned(),
                body: event.body().clone(),
                request_id: write.call.meta.request_id.clone(),
            };
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

/// The outcomes of the first attempts for an event, as far as they end within a short time.
pub(crate) async fn first_attempts(
    state: &Shared,
    environment: Environment,
    event_id: &str,
) -> Result<Vec<Value>, ApiError> {
    let mut ended = state.in_flight.ended();
    let deadline = tokio::time::Instant::now() + FIRST_ATTEMPT_TIMEOUT;
    loop {
        ended.borrow_and_update();
        let (outcomes, is_complete) = first_outcomes(state, environment, event_id)?;
        if is_complete || tokio::time::timeout_at(deadline, ended.changed()).await.is_err() {
            return Ok(outcomes);
        }
    }
}

fn first_outcomes(
    state: &Shared,
    environment: Environment,
    event_id: &str,
) -> Result<(Vec<Value>, bool), ApiError> {
    state.store.read(environment, |tables| {
        let found = tables.deliveries_of(event_id)?;
        let mut outcomes = Vec::new();
        for (webhook, delivery) in &found {
            let first: Option<Attempt> = tables.attempts(delivery.seq)?.into_iter().next();
            outcomes.extend(first.map(|attempt| view::outcome(webhook, delivery, Some(&attempt))));
        }
        let is_complete = outcomes.len() == found.len();
        Ok((outcomes, is_complete))
    })
}
