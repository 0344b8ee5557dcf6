//! Fires test events through cStar or the sandbox, as `cstar trigger` does.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::event::Json as EventJson;
use crate::inspector::error::ApiError;
use crate::inspector::input;
use crate::inspector::route::Route;
use crate::inspector::state::Shared;
use crate::ops::trigger::{self, Overlay};
use crate::output::Failure;
use crate::output::error_hints::find_event_type;

const MOST: u32 = 1_000;

pub(super) fn routes() -> Vec<Route> {
    let body = json!({
        "type": "object",
        "required": ["type"],
        "additionalProperties": false,
        "properties": {
            "type": { "type": "string" },
            "data": { "type": ["object", "null"], "description": "Merged into the data of the sample" },
            "set": { "type": "object", "description": "Values by path, such as data.ticket.priority" },
            "count": { "type": ["integer", "null"], "minimum": 1, "maximum": MOST },
        },
    });
    let route = Route::post("/_inspector/trigger", run).body(body);
    vec![
        route
            .named("triggerEvents", "Fire test events through cStar or the sandbox")
            .answers(json!({ "type": "object", "required": ["triggered", "ids"] })),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TriggerRequest {
    r#type: String,
    /// As text, so that numbers stay as they are.
    data: Option<Box<RawValue>>,
    #[serde(default)]
    set: Map<String, Value>,
    count: Option<u32>,
}

async fn run(
    State(inspector): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    let request: TriggerRequest = input::json(&headers, &body)?;
    let event_type = find_event_type(&request.r#type)?.name;
    let count = request.count.unwrap_or(1);
    if !(1..=MOST).contains(&count) {
        return Err(ApiError::bad(format!("`count` is a number from 1 to {MOST}, not {count}")));
    }
    let overlay = overlay(event_type, request.data.as_deref(), &request.set)?;
    let session = inspector.session().await?;
    let mut ids = Vec::new();
    for _ in 0..count {
        match session.client.trigger_test(&session.identity, event_type, overlay.as_ref()).await {
            Ok(fired) => ids.push(fired.event_id().map(str::to_owned)),
            Err(error) if ids.is_empty() => return Err(Failure::from(error).into()),
            // What was fired was fired: the number says how many.
            Err(_) => break,
        }
    }
    Ok(Json(json!({ "triggered": ids.len(), "ids": ids })))
}

/// What to merge into the sample, if anything.
fn overlay(
    event_type: &str,
    data: Option<&RawValue>,
    set: &Map<String, Value>,
) -> Result<Option<EventJson>, ApiError> {
    if data.is_none() && set.is_empty() {
        return Ok(None);
    }
    let data = match data {
        Some(data) => {
            let parsed = EventJson::parse(data.get().as_bytes());
            let parsed = parsed.map_err(|error| ApiError::bad(format!("`data` cannot be used: {error}")))?;
            trigger::data_of(parsed, "`data`")?
        }
        None => EventJson::EMPTY,
    };
    let mut overlay = Overlay::new(event_type, data);
    for (text, value) in set {
        let failed = |why| ApiError::bad(format!("could not set `{text}`: {why}"));
        let path = trigger::path(text).map_err(failed)?;
        overlay.set(&path, EventJson::from(value)).map_err(failed)?;
    }
    Ok(Some(overlay.into_json()))
}
