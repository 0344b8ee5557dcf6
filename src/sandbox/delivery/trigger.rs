//! `POST …/webhooks/trigger-test`: fires one event (documented; its `data` member is ours).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::first_attempts;
use super::trigger_request::TriggerRequest;
use crate::sandbox::http::auth;
use crate::sandbox::http::envelope::{self, Call};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::{self, Write};
use crate::sandbox::model::emit;
use crate::sandbox::state::Shared;
use crate::sandbox::store::change::Change;

/// Handles the request; a retry under the same `Idempotency-Key` fires nothing.
pub(crate) async fn trigger_test(State(state): State<Shared>, write: Write) -> Result<Response, ApiError> {
    auth::require_secret(write.call.caller)?;
    let mut fired = None;
    let answer = idempotency::once_alone(&state.store, &write, |change| {
        let fired = fired.insert(fire(change, &write.call, &write.body)?);
        Ok(envelope::success(StatusCode::OK, fired.reply(&[]), &write.call.meta))
    })?;
    let Some(fired) = fired.filter(|fired| fired.webhooks > 0) else { return Ok(answer) };
    let first_attempts =
        first_attempts::first_attempts(&state, write.call.caller.environment, &fired.id).await?;
    let answer = envelope::success(StatusCode::OK, fired.reply(&first_attempts), &write.call.meta);
    idempotency::complete(&state.store, &write, &answer)?;
    Ok(answer.into_response())
}

struct Fired {
    event: &'static str,
    id: String,
    listeners: usize,
    webhooks: usize,
}

impl Fired {
    fn reply(&self, tried: &[Value]) -> Value {
        json!({
            // documented; what the elements hold is documented for the test of one endpoint
            "event": self.event,
            "eventId": self.id,
            "test": true,
            "deliveries": tried,
            // documented for the SDK: the number of receivers
            "deliveredTo": self.listeners + self.webhooks,
            // ours
            "listeners": self.listeners,
        })
    }
}

fn fire(change: &mut Change<'_>, call: &Call, body: &[u8]) -> Result<Fired, ApiError> {
    let request = TriggerRequest::parse(body, "event")?;
    let event = request.event.name;
    let listeners = change.listeners(event);
    let id = emit::append(change, event, &request.data(&call.meta))?;
    Ok(Fired { event, id, listeners, webhooks: change.enqueued() })
}
