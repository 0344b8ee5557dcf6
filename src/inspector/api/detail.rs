//! Everything about one event.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::cause::cause;
use super::lookup::find;
use super::neighbours::neighbours;
use super::signatures;
use crate::history::{EventDetail, HistoryReader};
use crate::inspector::error::ApiError;
use crate::inspector::query::Query;
use crate::inspector::route::Route;
use crate::inspector::state::Shared;
use crate::inspector::summary::resource;
use crate::ops::why::{self, Explanation};

const QUERY: [(&str, &str, &str); 1] = [(
    "wait",
    "integer",
    "How long to wait for the signing secret, in milliseconds: 3,000 unless given, and never more. `signature_pending` is \
        true if it is still being looked up",
)];
/// A server that does not answer is not waited for longer.
const LONGEST_WAIT: u64 = 3_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/_inspector/events/{event}", show)
            .query(&QUERY)
            .named("getEvent", "Show one event: body, attempts, signatures, cause and neighbours")
            .answers(json!({
                "type": "object",
                "required": ["key", "id", "type", "status", "attempts", "signature", "signature_pending", "cause"],
            })),
        Route::get("/_inspector/events/{event}/body", body)
            .named("getEventBody", "Get the body, byte for byte")
            .content("application/octet-stream"),
    ]
}

async fn show(
    State(inspector): State<Shared>,
    Path(event): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let query = Query::parse(raw.as_deref(), &QUERY.map(|(name, _, _)| name))?;
    let wait = query.number("wait")?.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
    let wait = Duration::from_millis(wait);
    let (event, mut value) = inspector
        .history(move |reader| {
            let event = find(reader, &event)?;
            let value = detail(reader, &event)?;
            Ok((event, value))
        })
        .await?;
    let ((), cause) =
        tokio::join!(signatures::add(&inspector, &event, &mut value, wait), cause(&inspector, &event));
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
