//! Delivers events again: the same id and bytes, with a fresh signature.

use std::collections::HashMap;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::history::{EventKey, HistoryReader, RunScope};
use crate::inspector::error::ApiError;
use crate::inspector::input;
use crate::inspector::route::Route;
use crate::inspector::state::{Inspector, Shared};
use crate::ops::replay::{self, ReplayAttempt, ReplayPlan, ReplaySelection, SendOptions, Sender};

/// cStar's own limit (documented).
pub(super) const LIMIT: Duration = Duration::from_secs(10);
/// The most events of one request.
const MOST: usize = 1_000;

pub(super) fn routes() -> Vec<Route> {
    let body = json!({
        "type": "object",
        "required": ["keys"],
        "additionalProperties": false,
        "properties": {
            "keys": { "type": "array", "items": { "type": "integer" }, "minItems": 1, "maxItems": MOST },
            "target": { "type": ["string", "null"], "description": "Another target: a URL, host:port/path or a port" },
        },
    });
    let route = Route::post("/_inspector/replay", run).body(body);
    vec![
        route
            .named("replayEvents", "Deliver events again, with the same id and a fresh signature")
            .answers(json!({ "type": "object", "required": ["attempts"] })),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplayRequest {
    keys: Vec<i64>,
    target: Option<String>,
}

/// A target, as `replay --to` accepts it.
pub(super) fn target(inspector: &Inspector, text: Option<&str>) -> Result<Option<Url>, ApiError> {
    let parse = |text: &str| {
        let parsed = (inspector.settings.parsers.target)(text);
        parsed.map_err(|why| ApiError::bad(format!("`target` cannot be `{text}`: {why}")))
    };
    text.filter(|text| !text.trim().is_empty()).map(parse).transpose()
}

/// One attempt in the form of the API.
pub(super) fn attempt_json(attempt: &ReplayAttempt, key: Option<EventKey>) -> Value {
    let mut value = attempt.as_json();
    value["key"] = key.map(|key| key.0).into();
    value["outcome"] = attempt.recorded.as_str().into();
    value
}

async fn run(
    State(inspector): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    let request: ReplayRequest = input::json(&headers, &body)?;
    if request.keys.is_empty() || request.keys.len() > MOST {
        return Err(ApiError::bad(format!("`keys` has {} elements", request.keys.len()))
            .hint(format!("send 1 to {MOST} keys of events")));
    }
    let to = target(&inspector, request.target.as_deref())?;
    let (plan, keys) = inspector.history(move |reader| select(reader, &request.keys, to)).await?;
    let none = || ApiError::not_found("none of these events is in the history any more");
    let scope = plan.scope.clone().ok_or_else(none)?;
    let secret = inspector.secret(&scope).await?;
    let shared = Shared::clone(&inspector);
    inspector.sending(move || deliver(shared, plan, keys, scope, secret)).await
}

/// What to send, and the keys by id.
fn select(
    reader: &HistoryReader,
    keys: &[i64],
    to: Option<Url>,
) -> Result<(ReplayPlan, HashMap<String, EventKey>), ApiError> {
    let mut found = HashMap::new();
    let mut ids = Vec::new();
    for key in keys {
        let event = reader.event(EventKey(*key))?;
        let event =
            event.ok_or_else(|| ApiError::not_found(format!("there is no event {key} in the history")))?;
        let id = event.id.ok_or_else(|| ApiError::bad(format!("the event {key} has no id")))?;
        found.insert(id.clone(), EventKey(*key));
        ids.push(id);
    }
    let selection = ReplaySelection { ids, to, ..ReplaySelection::default() };
    Ok((replay::select(reader, &selection)?, found))
}

async fn deliver(
    inspector: Shared,
    plan: ReplayPlan,
    keys: HashMap<String, EventKey>,
    scope: RunScope,
    secret: crate::Secret,
) -> Result<Json<Value>, ApiError> {
    let clock = inspector.settings.clock.clone();
    let options = SendOptions { limit: Some(LIMIT), ..SendOptions::default() };
    let sender = Sender::new(options, secret.expose(), &plan.events, clock.clone())?;
    let journal = replay::open_journal(inspector.history_path()?, clock, scope, &plan.events).await?;
    let (sent, outcome) = replay::send_all(&journal, sender, &plan.events, |_| Ok(())).await;
    journal.close().await;
    // What was sent before a failure was sent.
    if sent.is_empty() {
        outcome?;
    }
    let attempts: Vec<Value> =
        sent.iter().map(|one| attempt_json(one, keys.get(&one.event.id).copied())).collect();
    Ok(Json(json!({ "attempts": attempts })))
}
