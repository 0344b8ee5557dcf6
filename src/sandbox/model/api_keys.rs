//! `…/api-keys`: list, create and revoke keys (paths and shapes are ours: no public page shows them).
//!
//! All three need a secret key. It lists the keys of both environments, since they belong to the team, but creates and
//! revokes only those of its own environment: a leaked test key must not give access to live data.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::host::random::NoRandomness;
use crate::sandbox::caller::{Environment, KeyKind};
use crate::sandbox::http::auth;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::{self, Write};
use crate::sandbox::http::keys::ApiKey;
use crate::sandbox::state::{self, Shared};
use crate::sandbox::store::change::Change;

/// In characters.
pub(crate) const MAX_NAME: usize = 100;

/// `GET …/api-keys`.
pub(crate) async fn list(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
) -> Result<Rendered, ApiError> {
    auth::require_secret(call.caller)?;
    let keys: Vec<Value> = state.keys.list().iter().map(|key| Value::Object(object(key, None))).collect();
    Ok(envelope::success(StatusCode::OK, keys.into(), &call.meta))
}

/// `POST …/api-keys` `{name, type?, environment?}`: 201, and the only response that contains the key itself.
///
/// A retry with the same `Idempotency-Key` gets the same response again, with the key: a client whose connection
/// broke could not use the key otherwise. So it is stored as long as every other idempotent response.
pub(crate) async fn create(State(state): State<Shared>, write: Write) -> Result<Response, ApiError> {
    auth::require_secret(write.call.caller)?;
    idempotency::once_alone(&state.store, &write, |change| make(&state, change, &write.call, &write.body))
}

fn make(
    state: &state::State,
    change: &mut Change<'_>,
    call: &Call,
    body: &[u8],
) -> Result<Rendered, ApiError> {
    let request = KeyRequest::parse(body, call.caller.environment)?;
    auth::require_environment(call.caller, request.environment)?;
    let (key, text) = state
        .keys
        .create(&request.name, request.kind, request.environment, call.meta.time)?
        .ok_or_else(|| ApiError::too_many_keys(crate::sandbox::http::keys::MAX_KEYS))?;
    change.insert_key(&key.row(&text))?;
    Ok(envelope::success(StatusCode::CREATED, Value::Object(object(&key, Some(&text))), &call.meta))
}

/// `DELETE …/api-keys/{id}`: a key may revoke itself.
pub(crate) async fn revoke(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Rendered, ApiError> {
    auth::require_secret(call.caller)?;
    let missing = || ApiError::resource_missing("API key");
    let owner = state.keys.find_by_id(&id).ok_or_else(missing)?;
    auth::require_environment(call.caller, owner.environment)?;
    let revoked = state.keys.revoke(&id).ok_or_else(missing)?;
    state.limiter.forget(revoked);
    state.store.write(call.caller.environment, &call.meta, |change| -> Result<(), ApiError> {
        Ok(change.delete_key(&revoked.key.bare())?)
    })?;
    // documented for webhooks; the id is added as for tickets
    Ok(envelope::success(StatusCode::OK, json!({ "deleted": true, "id": id }), &call.meta))
}

/// The key itself (`text`) is only in the response that creates it (ours).
fn object(key: &ApiKey, text: Option<&str>) -> Map<String, Value> {
    let time = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let members = [
        ("id", Some(json!(key.caller.key.to_string()))),
        ("object", Some(json!("api_key"))),
        ("name", Some(json!(key.name))),
        ("type", Some(json!(key.caller.kind.as_str()))),
        ("environment", Some(json!(key.caller.environment.as_str()))),
        ("prefix", Some(json!(key.prefix))),
        ("key", text.map(|text| json!(text))),
        ("createdAt", Some(json!(time(key.created_at)))),
        ("lastUsedAt", Some(json!(key.last_used_at.map(time)))),
        // keys of the sandbox do not expire
        ("expiresAt", Some(Value::Null)),
    ];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// No fallback: keys and secrets need the randomness of the operating system.
impl From<NoRandomness> for ApiError {
    fn from(error: NoRandomness) -> Self {
        Self::internal_because(&error.to_string())
    }
}

#[derive(Debug)]
struct KeyRequest {
    name: String,
    kind: KeyKind,
    environment: Environment,
}

impl KeyRequest {
    /// `environment` is the caller's: the default when the body has none.
    fn parse(body: &[u8], environment: Environment) -> Result<Self, ApiError> {
        let members: Map<String, Value> = match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => members,
            Ok(_) => return Err(ApiError::invalid_json("The request body must be a JSON object.")),
            Err(error) => {
                let message = format!("The request body is not valid JSON: {error}");
                return Err(ApiError::invalid_json(message));
            }
        };
        let kinds = KeyKind::ALL.map(|kind| (kind.as_str(), kind));
        let environments = Environment::ALL.map(|environment| (environment.as_str(), environment));
        Ok(Self {
            name: name(members.get("name"))?,
            kind: choice(&members, "type", kinds)?.unwrap_or(KeyKind::Secret),
            environment: choice(&members, "environment", environments)?.unwrap_or(environment),
        })
    }
}

fn name(value: Option<&Value>) -> Result<String, ApiError> {
    let name = match value {
        None | Some(Value::Null) => return Err(ApiError::parameter_missing("name")),
        Some(Value::String(name)) => name.trim(),
        Some(_) => return Err(ApiError::parameter_invalid("name", "The 'name' field must be a string.")),
    };
    if !(1..=MAX_NAME).contains(&name.chars().count()) {
        let message = format!("The 'name' field must have 1 to {MAX_NAME} characters.");
        return Err(ApiError::parameter_invalid("name", message));
    }
    Ok(name.to_owned())
}

/// Absent and `null` are `None`.
fn choice<T>(
    members: &Map<String, Value>,
    param: &'static str,
    choices: [(&'static str, T); 2],
) -> Result<Option<T>, ApiError> {
    let value = match members.get(param) {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value.as_str(),
    };
    let [one, other] = choices.each_ref().map(|(word, _)| *word);
    let chosen = choices.into_iter().find(|(word, _)| value == Some(*word)).map(|(_, choice)| choice);
    let bad =
        || ApiError::parameter_invalid(param, format!("The '{param}' field must be '{one}' or '{other}'."));
    chosen.map(Some).ok_or_else(bad)
}
