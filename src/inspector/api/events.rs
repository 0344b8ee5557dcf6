//! The list of events.

use axum::Json;
use axum::extract::{RawQuery, State};
use serde_json::{Value, json};

use crate::event::Filter;
use crate::history::{AnswerFilter, EventFilter, EventKey, EventState, HistoryReader};
use crate::inspector::changed::changed;
use crate::inspector::error::ApiError;
use crate::inspector::query::Query;
use crate::inspector::route::Route;
use crate::inspector::state::{Inspector, Shared};
use crate::inspector::summary::summary;
use crate::output::history_json;

/// Name, type and meaning.
const QUERY: [(&str, &str, &str); 13] = [
    ("type", "string", "Types or patterns: ticket.*,customer.created"),
    ("status", "string", "delivered, failed, waiting, dismissed, skipped, or an answer: 500, 5xx, none"),
    ("target", "string", "Part of the URL of a target"),
    ("slower", "string", "Only events with an attempt that took longer: 2s, 500ms"),
    ("q", "string", "Text in id, type, body or answers, in any case"),
    ("filter", "string", "A condition on the body: data.ticket.priority=urgent"),
    ("since", "string", "Received since: 1h (ago), 2026-03-06T14:30:00Z"),
    ("until", "string", "Received before"),
    (
        "changed",
        "string",
        "1: only events that differ from the one of their type before in more than ids and times",
    ),
    ("limit", "integer", "The most events; 100 unless given, and never more than 1,000"),
    ("offset", "integer", "How many to skip"),
    ("after", "integer", "Only events after this key, the oldest first"),
    ("up_to", "integer", "Only events up to this key, so that a list stays as it is while new ones arrive"),
];
const USUAL: usize = 100;
const MOST: usize = 1_000;
const STATES: [EventState; 6] = [
    EventState::Delivered,
    EventState::Failed,
    EventState::Waiting,
    EventState::Dismissed,
    EventState::Skipped,
    EventState::Received,
];

pub(super) fn routes() -> Vec<Route> {
    let route = Route::get("/_inspector/events", list).query(&QUERY);
    vec![route.named("listEvents", "List events, the newest first").answers(json!({
        "type": "object",
        "required": ["events", "total", "newest", "oldest"],
        "properties": {
            "events": { "type": "array", "items": { "type": "object", "required": ["key", "id", "type"] } },
            "total": { "type": "integer", "description": "How many match, on all pages" },
            "newest": { "type": ["integer", "null"], "description": "Key of the newest event of all" },
            "oldest": { "type": ["integer", "null"] },
        },
    }))]
}

/// Which part of the matching events is wanted.
struct Page {
    filter: EventFilter,
    changed: bool,
}

async fn list(State(inspector): State<Shared>, RawQuery(raw): RawQuery) -> Result<Json<Value>, ApiError> {
    let page = page(&inspector, &Query::parse(raw.as_deref(), &QUERY.map(|(name, _, _)| name))?)?;
    inspector.history(move |reader| read(reader, page)).await.map(Json)
}

fn page(inspector: &Inspector, query: &Query) -> Result<Page, ApiError> {
    let (now, parsers) = (inspector.now(), &inspector.settings.parsers);
    let time = |name| query.parsed(name, |text| (parsers.time)(text, now));
    let types = query.text("type").unwrap_or_default().split(',').map(str::trim);
    let types = types.filter(|text| !text.is_empty()).map(|text| (parsers.pattern)(text));
    let types = types.collect::<Result<_, _>>().map_err(ApiError::bad)?;
    let (state, answer) = query.parsed("status", status)?.unwrap_or_default();
    let key = |name| Ok::<_, ApiError>(query.number(name)?.map(EventKey));
    let after = key("after")?;
    let filter = EventFilter {
        types,
        state,
        answer,
        slower: query.parsed("slower", parsers.duration)?,
        target: query.text("target").map(str::to_owned),
        text: query.text("q").map(str::to_owned),
        body: query.parsed("filter", Filter::parse)?.into_iter().collect(),
        since: time("since")?,
        until: time("until")?,
        after,
        up_to: key("up_to")?,
        // Those who follow read on from where they were.
        oldest_first: after.is_some(),
        offset: query.number("offset")?.unwrap_or_default(),
        limit: Some(query.number("limit")?.unwrap_or(USUAL).min(MOST)),
        ..EventFilter::default()
    };
    Ok(Page { filter, changed: query.flag("changed")? })
}

/// The name of a state, or how an attempt was answered: `500`, `5xx`, `none`.
fn status(text: &str) -> Result<(Option<EventState>, Option<AnswerFilter>), String> {
    if let Some(state) = STATES.into_iter().find(|state| history_json::state(*state) == text) {
        return Ok((Some(state), None));
    }
    let class = |digit: &str| digit.parse().ok().filter(|class| (1..=5).contains(class));
    let answer = match text.strip_suffix("xx") {
        _ if text == "none" => Some(AnswerFilter::Nothing),
        Some(digit) => class(digit).map(AnswerFilter::Class),
        None if text.len() == 3 => text.parse().ok().map(AnswerFilter::Status),
        None => None,
    };
    let states = STATES.map(history_json::state).join(", ");
    answer.map(|answer| (None, Some(answer))).ok_or_else(|| format!("expected {states}, none, 500 or 5xx"))
}

fn read(reader: &HistoryReader, Page { filter, changed: only_changed }: Page) -> Result<Value, ApiError> {
    let (keys, total) = match only_changed {
        true => {
            let mut keys = changed(reader, &filter)?;
            if filter.oldest_first {
                keys.reverse();
            }
            let total = keys.len() as u64;
            let limit = filter.limit.unwrap_or(usize::MAX);
            (keys.into_iter().skip(filter.offset).take(limit).collect(), total)
        }
        false => (reader.keys(&filter)?, reader.count(&filter)?),
    };
    let events = reader.summaries(&keys)?;
    let events: Vec<Value> = events.iter().map(|event| summary(reader, event)).collect::<Result<_, _>>()?;
    let end = |oldest_first| {
        let filter = EventFilter { limit: Some(1), oldest_first, ..EventFilter::default() };
        Ok::<_, ApiError>(reader.keys(&filter)?.first().map(|key| key.0))
    };
    // Of the whole history, so that a stream can follow from there, whatever the filter is.
    Ok(json!({ "events": events, "total": total, "newest": end(false)?, "oldest": end(true)? }))
}
