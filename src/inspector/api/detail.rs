//! Everything about one event.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::events::resource;
use crate::history::{EventDetail, EventKey, EventLookup, HistoryReader};
use crate::inspector::error::ApiError;
use crate::inspector::route::Route;
use crate::inspector::state::Shared;
use crate::output::history_json;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/_inspector/events/{event}", show), Route::get("/_inspector/events/{event}/body", body)]
}

/// The event with this key or id, or the only one whose id begins or ends with it.
pub(super) fn find(reader: &HistoryReader, text: &str) -> Result<EventDetail, ApiError> {
    let none = || ApiError::not_found(format!("there is no event `{text}` in the history"));
    if let Ok(key) = text.parse() {
        if let Some(event) = reader.event(EventKey(key))? {
            return Ok(event);
        }
    }
    match reader.get(text)? {
        EventLookup::Found(event) => Ok(*event),
        EventLookup::Nothing => Err(none()),
        EventLookup::Ambiguous(ids) => Err(ApiError::bad(format!("several events match `{text}`"))
            .hint(format!("name one: {}", ids.join(", ")))),
    }
}

async fn show(State(inspector): State<Shared>, Path(event): Path<String>) -> Result<Json<Value>, ApiError> {
    inspector.history(move |reader| Ok(Json(detail(&find(reader, &event)?)))).await
}

fn detail(event: &EventDetail) -> Value {
    let mut value = history_json::detail(event);
    value["key"] = event.key.0.into();
    value["resource"] = resource(event.event_type.as_deref(), &event.body).into();
    value
}

async fn body(State(inspector): State<Shared>, Path(event): Path<String>) -> Result<Response, ApiError> {
    let body = inspector.history(move |reader| Ok(find(reader, &event)?.body)).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], body).into_response())
}
