//! The list of events.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use serde_json::{Value, json};

use crate::event::Filter;
use crate::history::{AnswerFilter, EventFilter, EventKey, EventState, HistoryReader};
use crate::inspector::changed::changed;
use crate::inspector::error::ApiError;
use crate::inspector::kept_lists::KeptLists;
use crate::inspector::query::Query;
use crate::inspector::route::Route;
use crate::inspector::state::{Inspector, Shared};
use crate::inspector::summary::summaries;
use crate::output::history_json;

/// Name, type and meaning.
const QUERY: [(&str, &str, &str); 16] = [
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
    ("total", "string", "0: do not count those on other pages, which can take longer than the page itself"),
    ("keep", "string", "1: keep the list for a while, so that its other pages need no search; see `list`"),
    (
        "list",
        "string",
        "A list that was kept: its events instead of a new search, which happens if it is gone",
    ),
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
        "required": ["events", "total", "list", "newest", "oldest"],
        "properties": {
            "events": { "type": "array", "items": { "type": "object", "required": ["key", "id", "type"] } },
            "total": {
                "type": ["integer", "null"],
                "description": "How many match, on all pages; null with total=0 if there are others",
            },
            "list": { "type": ["string", "null"], "description": "The name of the list, if it is kept" },
            "newest": { "type": ["integer", "null"], "description": "Key of the newest event of all" },
            "oldest": { "type": ["integer", "null"] },
        },
    }))]
}

/// Which part of the matching events is wanted.
struct Page {
    filter: EventFilter,
    changed: bool,
    /// Whether to count the events of the other pages.
    is_counted: bool,
    /// Whether to keep the list for later requests.
    is_kept: bool,
    /// The name of a list of an earlier request.
    list: Option<String>,
}

async fn list(State(inspector): State<Shared>, RawQuery(raw): RawQuery) -> Result<Json<Value>, ApiError> {
    let page = page(&inspector, &Query::parse(raw.as_deref(), &QUERY.map(|(name, _, _)| name))?)?;
    let lists = Arc::clone(&inspector.lists);
    inspector.history(move |reader| read(reader, &lists, page)).await.map(Json)
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
    Ok(Page {
        filter,
        changed: query.flag("changed")?,
        is_counted: query.text("total").is_none() || query.flag("total")?,
        is_kept: query.flag("keep")?,
        list: query.text("list").map(str::to_owned),
    })
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

/// A part of a list: its keys, how many there are in all if that is known, and the name of the list if it is kept.
struct Part {
    keys: Vec<EventKey>,
    total: Option<u64>,
    list: Option<String>,
}

fn read(reader: &HistoryReader, lists: &KeptLists, mut page: Page) -> Result<Value, ApiError> {
    let end = |oldest_first| {
        let filter = EventFilter { limit: Some(1), oldest_first, ..EventFilter::default() };
        Ok::<_, ApiError>(reader.keys(&filter)?.first().copied())
    };
    // Of the whole history, so that a stream can follow from there, whatever the filter is. First: what arrives while the
    // list is read is not part of it.
    let (newest, oldest) = (end(false)?, end(true)?);
    let last = newest.unwrap_or_default();
    page.filter.up_to = Some(page.filter.up_to.map_or(last, |up_to| up_to.min(last)));
    let Part { keys, total, list } = part(reader, lists, &page)?;
    Ok(json!({
        "events": summaries(reader, &keys)?,
        "total": total,
        "list": list,
        "newest": newest.map(|key| key.0),
        "oldest": oldest.map(|key| key.0),
    }))
}

fn part(reader: &HistoryReader, lists: &KeptLists, page: &Page) -> Result<Part, ApiError> {
    let filter = &page.filter;
    let kept = page.list.as_deref().map(|name| lists.get(name, reader)).transpose()?.flatten();
    if let Some(kept) = kept {
        return Ok(Part { list: page.list.clone(), ..slice(&kept, filter) });
    }
    if page.changed || page.is_kept {
        let all = match page.changed {
            true => changed(reader, filter)?,
            false => reader.all_keys(filter)?,
        };
        let part = slice(&all, filter);
        let list = page.is_kept.then(|| lists.keep(all, reader)).transpose()?;
        return Ok(Part { list, ..part });
    }
    let keys = reader.keys(filter)?;
    // A page that is not full is the last one.
    let is_last = keys.len() < filter.limit.unwrap_or(usize::MAX) && (filter.offset == 0 || !keys.is_empty());
    let total = match is_last {
        true => Some((filter.offset + keys.len()) as u64),
        false if page.is_counted => Some(reader.count(filter)?),
        false => None,
    };
    Ok(Part { keys, total, list: None })
}

/// The part that `filter` asks for of all keys that match, which are newest first.
fn slice(all: &[EventKey], filter: &EventFilter) -> Part {
    let from = filter.up_to.map_or(0, |up_to| all.partition_point(|key| *key > up_to));
    let to = filter.after.map_or(all.len(), |after| all.partition_point(|key| *key > after));
    let matching = all.get(from..to).unwrap_or_default();
    let limit = filter.limit.unwrap_or(usize::MAX);
    let keys = match filter.oldest_first {
        true => matching.iter().rev().skip(filter.offset).take(limit).copied().collect(),
        false => matching.iter().skip(filter.offset).take(limit).copied().collect(),
    };
    Part { keys, total: Some(matching.len() as u64), list: None }
}
