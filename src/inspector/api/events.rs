//! The list of events.

use axum::Json;
use axum::extract::{RawQuery, State};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::history::{EventFilter, EventKey, EventState, HistoryReader};
use crate::inspector::error::ApiError;
use crate::inspector::query::Query;
use crate::inspector::route::Route;
use crate::inspector::state::{Inspector, Shared};
use crate::inspector::summary::summary;
use crate::output::history_json;

const PARAMETERS: [&str; 8] = ["type", "status", "since", "until", "limit", "offset", "after", "up_to"];
const USUAL: usize = 100;
const MOST: usize = 1_000;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/_inspector/events", list)]
}

/// Which part of the matching events is wanted.
struct Page {
    filter: EventFilter,
    limit: usize,
    offset: usize,
    after: Option<EventKey>,
    up_to: Option<EventKey>,
}

async fn list(State(inspector): State<Shared>, RawQuery(raw): RawQuery) -> Result<Json<Value>, ApiError> {
    let page = page(&inspector, &Query::parse(raw.as_deref(), &PARAMETERS)?)?;
    inspector.history(move |reader| read(reader, &page)).await.map(Json)
}

fn page(inspector: &Inspector, query: &Query) -> Result<Page, ApiError> {
    let (now, parsers) = (inspector.now(), &inspector.settings.parsers);
    let time = |name| query.parsed(name, |text| (parsers.time)(text, now));
    let (since, until): (Option<Timestamp>, _) = (time("since")?, time("until")?);
    let types = query.text("type").unwrap_or_default().split(',').filter(|text| !text.trim().is_empty());
    let types = types.map(|text| (parsers.pattern)(text.trim()).map_err(ApiError::bad));
    let filter = EventFilter {
        types: types.collect::<Result<_, _>>()?,
        state: query.parsed("status", state)?,
        since,
        until,
        ..EventFilter::default()
    };
    let limit = query.number("limit")?.unwrap_or(USUAL).min(MOST);
    let offset = query.number("offset")?.unwrap_or_default();
    let key = |name| Ok::<_, ApiError>(query.number(name)?.map(EventKey));
    Ok(Page { filter, limit, offset, after: key("after")?, up_to: key("up_to")? })
}

fn state(text: &str) -> Result<EventState, String> {
    let all = [
        EventState::Delivered,
        EventState::Failed,
        EventState::Waiting,
        EventState::Dismissed,
        EventState::Skipped,
    ];
    let found = all.into_iter().find(|state| history_json::state(*state) == text);
    found.ok_or_else(|| format!("expected one of {}", all.map(history_json::state).join(", ")))
}

fn read(reader: &HistoryReader, page: &Page) -> Result<Value, ApiError> {
    let mut keys = reader.keys(&page.filter)?;
    keys.retain(|key| page.up_to.is_none_or(|up_to| *key <= up_to));
    let (total, newest, oldest) = (keys.len(), keys.first().copied(), keys.last().copied());
    if let Some(after) = page.after {
        keys.retain(|key| *key > after);
        keys.reverse();
    }
    let keys: Vec<EventKey> = keys.into_iter().skip(page.offset).take(page.limit).collect();
    let events = reader.summaries(&keys)?;
    let events: Vec<Value> = events.iter().map(|event| summary(reader, event)).collect::<Result<_, _>>()?;
    Ok(json!({
        "events": events,
        "total": total,
        "newest": newest.map(|key| key.0),
        "oldest": oldest.map(|key| key.0),
    }))
}
