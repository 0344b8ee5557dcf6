//! The catalogue of event types with samples, for the form that triggers one, and for comparisons.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::lookup::find;
use crate::event;
use crate::host::random;
use crate::inspector::error::ApiError;
use crate::inspector::route::Route;
use crate::inspector::state::Shared;
use crate::sandbox_info;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/_inspector/types", types)
            .named("listTypes", "List the event types with samples")
            .answers(json!({ "type": "object", "required": ["types"] })),
        Route::get("/_inspector/events/{event}/template", template)
            .named("getTemplate", "Make a sample event of the type of this event")
            .answers(json!({ "type": "object", "required": ["id", "type", "data"] })),
    ]
}

async fn types(State(inspector): State<Shared>) -> Json<Value> {
    let (now, unique) = (inspector.now(), random::alphanumeric::<24>());
    let seed = sandbox_info::sample_seed(now, &unique);
    let types: Vec<Value> = event::catalogue()
        .iter()
        .map(|event| {
            json!({
                "type": event.name,
                "category": event.category.slug(),
                "description": event.description,
                "sample": event::sample_data(event, &seed),
            })
        })
        .collect();
    Json(json!({ "types": types }))
}

/// A sample event of the type of this event.
async fn template(
    State(inspector): State<Shared>,
    Path(event): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let event = inspector.history(move |reader| find(reader, &event)).await?;
    let name = event.event_type.unwrap_or_default();
    let of = event::find(&name)
        .ok_or_else(|| ApiError::not_found(format!("there is no template for the type `{name}`")))?;
    let sample = sandbox_info::sample(of, inspector.now());
    Ok(Json(serde_json::from_slice(sample.body()).unwrap_or_default()))
}
