//! `POST …/webhooks/trigger-test`: fires one event (documented; its `data` member is ours).

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::auth;
use super::envelope::{self, Call, Rendered};
use super::error::ApiError;
use super::idempotency::Write;
use super::log::Entry;
use super::state::{self, Shared};
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
    state.idempotency.once(&write, || fire(&state, &call, &body))
}

fn fire(state: &state::State, call: &Call, body: &[u8]) -> Result<Rendered, ApiError> {
    let wish = Wish::parse(body)?;
    let unique = random::alphanumeric::<24>();
    let now = call.stamp.time;
    let seed = SampleSeed { now, unique: &unique, team_id: TEAM_ID, team_slug: TEAM_SLUG };
    let mut data = event::sample_data(wish.event, &seed);
    if let Some(overrides) = wish.data {
        event::merge(&mut data, overrides);
    }
    let id = event::event_id(wish.event.name, now, &unique);
    let body = event::envelope(&id, wish.event.name, now, TEAM_ID, &data).body().clone();
    let entry = Entry {
        id: id.clone(),
        kind: wish.event.name.to_owned(),
        body,
        request_id: call.stamp.request_id.clone(),
    };
    let listeners = state.log(call.caller.environment).append(entry);
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
        let mut members = object(body)?;
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

/// The members of a body that has to be a JSON object.
fn object(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(ApiError::invalid_json("The request body must be a JSON object.")),
        Err(error) => Err(ApiError::invalid_json(format!("The request body is not valid JSON: {error}"))),
    }
}
