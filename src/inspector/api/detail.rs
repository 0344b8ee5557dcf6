//! Everything about one event.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::cause::cause;
use super::neighbours::neighbours;
use super::signatures;
use crate::history::{EventDetail, EventKey, EventLookup, HistoryReader, RunScope};
use crate::inspector::error::ApiError;
use crate::inspector::route::Route;
use crate::inspector::state::Shared;
use crate::inspector::summary::resource;
use crate::ops::why::{self, Explanation};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/_inspector/events/{event}", show)
            .named("getEvent", "Show one event: body, attempts, signatures, cause and neighbours")
            .answers(json!({
                "type": "object",
                "required": ["key", "id", "type", "status", "attempts", "signature", "cause"],
            })),
        Route::get("/_inspector/events/{event}/body", body)
            .named("getEventBody", "Get the body, byte for byte")
            .content("application/octet-stream"),
    ]
}

/// The event with this key or id, or the only one whose id begins or ends with it.
pub(super) fn find(reader: &HistoryReader, text: &str) -> Result<EventDetail, ApiError> {
    let key = text.parse().ok().map(EventKey);
    if let Some(event) = key.map(|key| reader.event(key)).transpose()?.flatten() {
        return Ok(event);
    }
    let none = || ApiError::not_found(format!("there is no event `{text}` in the history"));
    match reader.get(text)? {
        _ if text.is_empty() => Err(none()),
        EventLookup::Found(event) => Ok(*event),
        EventLookup::Nothing => Err(none()),
        EventLookup::Ambiguous(ids) => Err(ApiError::bad(format!("several events match `{text}`"))
            .hint(format!("name one: {}", ids.join(", ")))),
    }
}

/// The account that the event is from, or else the one in force.
pub(super) async fn scope_of(inspector: &Shared, event: &EventDetail) -> Result<RunScope, ApiError> {
    let run = event.receptions.iter().rev().find_map(|reception| reception.run.as_ref());
    match run {
        Some(run) => Ok(run.scope.clone()),
        None => inspector.scope().await,
    }
}

async fn show(State(inspector): State<Shared>, Path(event): Path<String>) -> Result<Json<Value>, ApiError> {
    let (event, mut value) = inspector
        .history(move |reader| {
            let event = find(reader, &event)?;
            let value = detail(reader, &event)?;
            Ok((event, value))
        })
        .await?;
    let ((), cause) =
        tokio::join!(signatures::add(&inspector, &event, &mut value), cause(&inspector, &event));
    value["cause"] = cause;
    Ok(Json(value))
}

fn detail(reader: &HistoryReader, event: &EventDetail) -> Result<Value, ApiError> {
    let notes = why::notes_around(reader, event)?;
    // With the sentences of `cstar why`.
    let mut value = why::as_json(event, &notes, &Explanation::new(event, &notes, &TimeZone::system()));
    value["advice"] = value["next"].take();
    value["key"] = event.key.0.into();
    value["bytes"] = event.body.len().into();
    value["resource"] = resource(event.event_type.as_deref(), &event.body).into();
    let found = neighbours(reader, event)?;
    value["previous"] = json!(found.previous);
    value["next"] = json!(found.next);
    value["previous_of_type"] = json!(found.previous_of_type);
    Ok(value)
}

async fn body(State(inspector): State<Shared>, Path(event): Path<String>) -> Result<Response, ApiError> {
    let body = inspector.history(move |reader| Ok(find(reader, &event)?.body)).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], body).into_response())
}
