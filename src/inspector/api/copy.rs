//! One event as text for other tools.

use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::lookup::{find, scope_of};
use crate::history::EventDetail;
use crate::host::shell::quote;
use crate::inspector::error::ApiError;
use crate::inspector::query::Query;
use crate::inspector::route::Route;
use crate::inspector::state::Shared;
use crate::ops::copy_as;

pub(super) fn routes() -> Vec<Route> {
    let query = &[
        ("as", "string", "curl (signed now), fixture (indented JSON), har, or why (the command)"),
        ("target", "string", "Where the curl command sends it; the last target unless given"),
    ];
    let route = Route::get("/_inspector/events/{event}/copy", copy).query(query);
    vec![route.named("copyEvent", "Write an event for another tool").content("text/plain")]
}

async fn copy(
    State(inspector): State<Shared>,
    Path(event): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(raw.as_deref(), &["as", "target"])?;
    let target = query.parsed("target", inspector.settings.parsers.target)?.map(String::from);
    let format = query.text("as").unwrap_or_default().to_owned();
    let event = inspector.history(move |reader| find(reader, &event)).await?;
    let text = match format.as_str() {
        "curl" => {
            let target = target.or_else(|| last_target(&event)).ok_or_else(|| {
                ApiError::bad("the event was never sent to a target")
                    .hint("name a target: &target=http://localhost:3000/")
            })?;
            let secret = inspector.secret(&scope_of(&inspector, &event).await?).await?;
            copy_as::curl(&event, &target, &secret, inspector.now()) + "\n"
        }
        "fixture" => copy_as::fixture(&event),
        "har" => copy_as::archive(&event)?,
        "why" => format!("cstar why {}\n", quote(event.id.as_deref().unwrap_or_default())),
        _ => return Err(ApiError::bad("`as` is one of curl, fixture, har and why")),
    };
    let kind = match format.as_str() {
        "fixture" | "har" => "application/json",
        _ => "text/plain; charset=utf-8",
    };
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// Of the last attempt, or else of the last delivery.
fn last_target(event: &EventDetail) -> Option<String> {
    let attempt = event.attempts.last().map(|attempt| attempt.target.clone());
    attempt.or_else(|| event.deliveries.last().map(|delivery| delivery.target.clone()))
}
