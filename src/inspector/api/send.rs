//! Sends an edited event: a new one with an id of its own, signed, and recorded as edited.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::lookup::scope_of;
use super::replay::{LIMIT, attempt_json, target};
use crate::event::{self, EventMeta, Json as EventJson, ReceivedEvent};
use crate::history::{EventDetail, EventKey, EventLookup, HistoryReader, RunScope};
use crate::host::random;
use crate::inspector::error::ApiError;
use crate::inspector::input;
use crate::inspector::route::Route;
use crate::inspector::state::{Inspector, Shared};
use crate::ops::replay::{self, LocalEvent, SendOptions};

pub(super) fn routes() -> Vec<Route> {
    let body = json!({
        "type": "object",
        "required": ["body"],
        "additionalProperties": false,
        "properties": {
            "from": { "type": ["integer", "null"], "description": "Key of the event that was edited" },
            "type": { "type": ["string", "null"] },
            "body": { "type": "string", "description": "Sent as it is, with a new value for its member id" },
            "target": { "type": ["string", "null"], "description": "The targets of the event unless given" },
        },
    });
    let route = Route::post("/_inspector/send", run).body(body);
    vec![
        route
            .named("sendEvent", "Send an edited event as a new one, signed")
            .answers(json!({ "type": "object", "required": ["key", "id", "attempts"] })),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendRequest {
    /// The event that was edited.
    from: Option<i64>,
    r#type: Option<String>,
    /// Exactly what is sent, but for the id.
    body: String,
    target: Option<String>,
}

async fn run(
    State(inspector): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    let request: SendRequest = input::json(&headers, &body)?;
    let to = target(&inspector, request.target.as_deref())?;
    let from = request.from.map(EventKey);
    let source = match from {
        Some(key) => Some(inspector.history(move |reader| source(reader, key)).await?),
        None => None,
    };
    let scope = match &source {
        Some(event) => scope_of(&inspector, event).await?,
        None => inspector.scope().await?,
    };
    let targets = match to {
        Some(url) => vec![Arc::from(url.as_str())],
        None => targets(&inspector, source.as_ref()),
    };
    if targets.is_empty() {
        return Err(ApiError::bad("the event has no target").hint("name one as `target`"));
    }
    let event = new_event(&inspector, request, source.as_ref())?;
    let secret = inspector.secret(&scope).await?;
    let local = LocalEvent { event, targets, source_id: source.and_then(|source| source.id) };
    let shared = Shared::clone(&inspector);
    inspector.sending(move || send(shared, local, scope, secret)).await
}

fn source(reader: &HistoryReader, key: EventKey) -> Result<EventDetail, ApiError> {
    let found = reader.event(key)?;
    found.ok_or_else(|| ApiError::not_found(format!("there is no event {} in the history", key.0)))
}

/// Those of the edited event, or else those of `listen`.
fn targets(inspector: &Inspector, source: Option<&EventDetail>) -> Vec<Arc<str>> {
    let mut targets: Vec<Arc<str>> = Vec::new();
    for delivery in source.iter().flat_map(|event| &event.deliveries) {
        if !targets.iter().any(|known| **known == *delivery.target) {
            targets.push(delivery.target.as_str().into());
        }
    }
    if targets.is_empty() {
        targets = inspector.settings.targets.iter().map(|target| target.as_str().into()).collect();
    }
    targets
}

fn new_event(
    inspector: &Inspector,
    request: SendRequest,
    source: Option<&EventDetail>,
) -> Result<ReceivedEvent, ApiError> {
    let in_body = || EventJson::parse(request.body.as_bytes()).ok()?.get("type")?.as_string();
    let event_type = request.r#type.filter(|name| !name.is_empty()).or_else(in_body);
    let event_type = event_type.or_else(|| source?.event_type.clone());
    let event_type =
        event_type.ok_or_else(|| ApiError::bad("the event has no type").hint("name it as `type`"))?;
    if event_type.is_empty() || !event_type.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(
            ApiError::bad("`type` cannot be sent in a header").hint("use letters, dots and underscores")
        );
    }
    let now = inspector.now();
    let id = event::event_id(&event_type, now, &random::alphanumeric::<8>());
    let body = event::with_id(&request.body, &id).unwrap_or(request.body);
    let webhook_id = source.and_then(|source| source.webhook_id.as_deref()).map(Arc::from);
    let meta = EventMeta { id, event_type, request_id: None, webhook_id, received_at: now };
    Ok(ReceivedEvent { meta: Arc::new(meta), body: body.into() })
}

async fn send(
    inspector: Shared,
    local: LocalEvent,
    scope: RunScope,
    secret: crate::Secret,
) -> Result<Json<Value>, ApiError> {
    let (path, clock) = (inspector.history_path()?, inspector.settings.clock.clone());
    let id = local.event.id.clone();
    let options = SendOptions { limit: Some(LIMIT), ..SendOptions::default() };
    let attempts = replay::send_local(path.clone(), clock, scope, local, (options, &secret)).await?;
    let key = match HistoryReader::open(&path)?.get(&id)? {
        EventLookup::Found(event) => Some(event.key),
        _ => None,
    };
    let attempts: Vec<Value> = attempts.iter().map(|one| attempt_json(one, key)).collect();
    Ok(Json(json!({ "key": key.map(|key| key.0), "id": id, "attempts": attempts })))
}
