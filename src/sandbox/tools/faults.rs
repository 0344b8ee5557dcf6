//! `/_sandbox/faults`: lists, adds and removes faults, to test how a client copes with a slow or failing API (ours).
//!
//! These endpoints need no key on loopback, and web pages cannot reach them. Faults affect only requests to the API.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::faults::active::{self, Faults};
use crate::sandbox::http::faults::rule::{self, Rule};
use crate::sandbox::state::Shared;

/// `GET /_sandbox/faults`.
pub(crate) async fn list(State(state): State<Shared>) -> Json<Value> {
    Json(fault_list(&state.faults))
}

/// `POST /_sandbox/faults`: accepts a fault, a list of faults, or `{"seed", "faults"}`. Existing faults are kept.
pub(crate) async fn add(
    State(state): State<Shared>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let body: Value = serde_json::from_slice(&body)
        .map_err(|error| ApiError::invalid_json(format!("The request body is not valid JSON: {error}")))?;
    let (faults, seed) = parse_faults(body)?;
    let rules: Result<Vec<Rule>, ApiError> = faults.iter().map(rule).collect();
    if !state.faults.add(rules?, seed) {
        let message = format!("There may be at most {} faults. Delete some first.", active::MAX_RULES);
        return Err(ApiError::parameter_invalid("faults", message));
    }
    Ok((StatusCode::CREATED, Json(fault_list(&state.faults))))
}

/// `DELETE /_sandbox/faults`.
pub(crate) async fn clear(State(state): State<Shared>) -> Json<Value> {
    state.faults.remove(None);
    Json(fault_list(&state.faults))
}

/// `DELETE /_sandbox/faults/{id}`.
pub(crate) async fn remove(
    State(state): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    match state.faults.remove(Some(&id)) {
        true => Ok(Json(fault_list(&state.faults))),
        false => Err(ApiError::resource_missing("Fault")),
    }
}

fn fault_list(faults: &Faults) -> Value {
    let (seed, rules) = faults.list();
    let rules = rules.into_iter().map(|active| {
        let mut object = Map::new();
        object.insert("id".to_owned(), json!(active.id()));
        object.extend(active.rule.to_json());
        object.insert("hits".to_owned(), json!(active.hits));
        Value::Object(object)
    });
    json!({ "seed": seed, "faults": rules.collect::<Vec<_>>() })
}

fn parse_faults(body: Value) -> Result<(Vec<Value>, Option<u64>), ApiError> {
    let mut object = match body {
        Value::Array(list) => return Ok((list, None)),
        Value::Object(object) => object,
        _ => return Err(ApiError::invalid_json("The request body must be a fault or a list of faults.")),
    };
    let seed = match object.remove("seed") {
        None | Some(Value::Null) => None,
        Some(seed) => Some(rule::whole(&seed.to_string()).ok_or_else(|| {
            ApiError::parameter_invalid("seed", "The 'seed' field must be a whole number, 0 or more.")
        })?),
    };
    match object.remove("faults") {
        Some(Value::Array(list)) => Ok((list, seed)),
        Some(_) => Err(ApiError::parameter_invalid("faults", "The 'faults' field must be a list.")),
        None => Ok((vec![Value::Object(object)], seed)),
    }
}

fn rule(fault: &Value) -> Result<Rule, ApiError> {
    let object = fault
        .as_object()
        .ok_or_else(|| ApiError::parameter_invalid("faults", "A fault must be a JSON object."))?;
    // a fault copied from the list has these
    let object: Map<String, Value> = object
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "id" | "hits"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Rule::from_json(&object).map_err(|problem| {
        let end = if problem.ends_with('?') { "" } else { "." };
        ApiError::parameter_invalid("faults", format!("The fault is not valid: {problem}{end}"))
    })
}
