//! `POST …/webhooks/trigger-test`: fires one event (documented; its `data` member is ours).

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::auth;
use super::emit;
use super::envelope::{self, Call, Rendered};
use super::error::ApiError;
use super::idempotency::{self, Write};
use super::resource::input;
use super::state::Shared;
use super::store::Change;
use super::team::{TEAM_ID, TEAM_SLUG};
use crate::event::{self, EventType, SampleSeed};
use crate::host::random;

/// Handles the request; a retry under the same `Idempotency-Key` fires nothing.
pub(crate) async fn trigger_test(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    auth::require_secret(call.caller)?;
    let write = Write { call: &call, method: &method, uri: &uri, headers: &headers, body: &body };
    idempotency::once(&state.store, &write, |change| fire(change, &call, &body))
}

fn fire(change: &mut Change<'_>, call: &Call, body: &[u8]) -> Result<Rendered, ApiError> {
    let wish = Wish::parse(body)?;
    let unique = random::alphanumeric::<24>();
    let seed = SampleSeed { now: call.stamp.time, unique: &unique, team_id: TEAM_ID, team_slug: TEAM_SLUG };
    let mut data = event::sample_data(wish.event, &seed);
    if let Some(overrides) = wish.data {
        event::merge(&mut data, overrides);
    }
    let listeners = change.listeners(wish.event.name);
    let id = emit::append(change, wish.event.name, &data)?;
    let reply = json!({
        // documented
        "event": wish.event.name,
        "eventId": id,
        "test": true,
        "deliveries": [],
        // documented for the SDK: how many received it
        "deliveredTo": listeners,
        // ours
        "listeners": listeners,
    });
    Ok(envelope::success(StatusCode::OK, reply, &call.stamp))
}

/// The body: which event, and what to lay over its sample data.
struct Wish {
    event: &'static EventType,
    data: Option<Value>,
}

impl Wish {
    fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let mut members = input::members(body)?;
        let event = match members.get("event") {
            None | Some(Value::Null) => return Err(ApiError::parameter_missing("event")),
            Some(Value::String(name)) => event::find(name).ok_or_else(|| ApiError::unknown_event(name))?,
            Some(_) => {
                return Err(ApiError::parameter_invalid("event", "The 'event' field must be a string."));
            }
        };
        let data = match members.remove("data") {
            None | Some(Value::Null) => None,
            Some(data @ Value::Object(_)) => Some(data),
            Some(_) => {
                return Err(ApiError::parameter_invalid("data", "The 'data' field must be a JSON object."));
            }
        };
        Ok(Self { event, data })
    }
}
