//! `POST …/export` (documented): up to 10,000 objects as JSON, or those of one resource as CSV.
//!
//! The objects are chosen at once, newest first, and sent in small parts, between which other requests get the store: an
//! object that is deleted meanwhile is left out, one that is changed has its new values. So `totalRows` comes last.

use std::collections::{HashSet, VecDeque};
use std::io;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value};

use super::bulk::{RESOURCES, resource_at};
use super::field::{Field, Initial, Kind};
use super::resource::{Inline, Resource, Verb, text};
use super::{csv, input, query, view};
use crate::sandbox::http::body;
use crate::sandbox::http::envelope::{self, Call};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::query::Params;
use crate::sandbox::state::Shared;
use crate::sandbox::store::object::Selection;
use crate::sandbox::store::tables::Tables;

/// The value of `object` in the result (documented).
pub(crate) const MARKER: &str = "export";
/// The most rows of an export, over all resources (documented). Further ones are left out (ours).
pub(crate) const MOST_ROWS: usize = 10_000;
/// The most items of `resources` (ours).
pub(crate) const MOST_ITEMS: usize = 10;
/// Rows that are read while the store is locked: a few milliseconds.
const ROWS_AT_ONCE: usize = 50;
const JSON: &str = "json";
const CSV: &str = "csv";

/// The body of the request (documented).
static EXPORT: Resource = Resource {
    kind: "export",
    label: "Export",
    fields: &[
        Field::new("resources", Kind::Objects { items: MOST_ITEMS }).required(),
        Field::new("format", Kind::Choice(&[JSON, CSV])).or(Initial::Text(JSON)),
    ],
    documented: &[Verb::Create],
    ..Resource::DEFAULTS
};

/// An item of `resources` (documented).
static ITEM: Resource = Resource {
    label: "Exported resource",
    fields: &[Field::new("type", Kind::Choice(RESOURCES)).required(), Field::new("filters", Kind::Object)],
    ..Resource::DEFAULTS
};

/// The chosen objects of a resource.
struct Part {
    resource: &'static Resource,
    /// Newest first.
    seqs: VecDeque<i64>,
}

pub(crate) async fn export(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let input = input::creation(&EXPORT, body::members(&bytes)?)?;
    let selections = selections(&input.body)?;
    let is_csv = text(&input.body, "format") == CSV;
    if is_csv && selections.len() != 1 {
        let message = "The 'csv' format takes exactly one resource.";
        return Err(ApiError::parameter_invalid("format", message));
    }
    let (parts, has_more) =
        state.store.read(call.caller.environment, |tables| chosen(tables, selections, MOST_ROWS))?;
    let name = parts.front().map_or(MARKER, |part| part.resource.path);
    let headers = if is_csv {
        let file = format!("attachment; filename=\"{name}.csv\"");
        vec![(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, file)]
    } else {
        vec![(CONTENT_TYPE, "application/json".to_owned())]
    };
    let export = Export { state, call, parts, has_more, is_csv, step: Step::Start, rows: 0 };
    let pieces = stream::try_unfold(export, |mut export| async move {
        let piece = export.next().map_err(|error| io::Error::other(error.message))?;
        Ok::<_, io::Error>(piece.map(|piece| (Bytes::from(piece), export)))
    });
    Ok((axum::response::AppendHeaders(headers), Body::from_stream(pieces)).into_response())
}

/// The lists that a request asks for.
fn selections(body: &Map<String, Value>) -> Result<Vec<(&'static Resource, Selection)>, ApiError> {
    let items = body.get("resources").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if items.is_empty() {
        return Err(ApiError::parameter_missing("resources"));
    }
    let mut selections = Vec::new();
    for one in items.iter().filter_map(Value::as_object) {
        let one = input::creation(&ITEM, one.clone())?.body;
        let resource = resource_at(text(&one, "type"))?;
        let filters = one.get("filters").and_then(Value::as_object).cloned().unwrap_or_default();
        let (selection, _) = query::selection(resource, &params(resource, &filters)?)?;
        selections.push((resource, selection));
    }
    Ok(selections)
}

/// The filters of an export are the parameters of the list, except its page.
fn params(resource: &Resource, filters: &Map<String, Value>) -> Result<Params, ApiError> {
    let is_boolean = |field| resource.field(field).is_some_and(|field| matches!(field.kind, Kind::Bool));
    let names = resource.filters.iter().map(|filter| (filter.param, is_boolean(filter.field)));
    let mut params = Vec::new();
    for (name, is_boolean) in names.chain([("search", false)]) {
        let value = match filters.get(name) {
            None | Some(Value::Null) => continue,
            Some(Value::String(text)) if !is_boolean => text.clone(),
            Some(Value::Bool(value)) if is_boolean => value.to_string(),
            Some(_) => {
                let shape = if is_boolean { "true or false" } else { "a string" };
                let message = format!("The '{name}' filter must be {shape}.");
                return Err(ApiError::parameter_invalid(name, message));
            }
        };
        params.push((name.to_owned(), value));
    }
    Ok(Params::from_pairs(params))
}

/// The objects of all selections, at most `most`, and whether there are more.
fn chosen(
    tables: &Tables<'_>,
    selections: Vec<(&'static Resource, Selection)>,
    most: usize,
) -> Result<(VecDeque<Part>, bool), ApiError> {
    let mut parts: VecDeque<Part> = VecDeque::new();
    let (mut known, mut has_more) = (HashSet::<i64>::new(), false);
    for (resource, selection) in selections {
        let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let mut seqs = tables.seqs(&Selection { offset: 0, limit, ..selection })?;
        // the same object, chosen twice
        seqs.retain(|seq| !known.contains(seq));
        has_more |= known.len() + seqs.len() > most;
        seqs.truncate(most - known.len());
        known.extend(&seqs);
        match parts.iter_mut().find(|part| part.resource.kind == resource.kind) {
            Some(part) => part.seqs.extend(seqs),
            None => parts.push_back(Part { resource, seqs: seqs.into() }),
        }
    }
    Ok((parts, has_more))
}

/// What is sent next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Start,
    /// The rows of the first part, some of which were sent already.
    Rows {
        some: bool,
    },
    End,
}

/// An export that is being sent.
struct Export {
    state: Shared,
    call: Call,
    parts: VecDeque<Part>,
    has_more: bool,
    is_csv: bool,
    step: Step,
    rows: u64,
}

impl Export {
    fn next(&mut self) -> Result<Option<String>, ApiError> {
        match (self.step, self.parts.front()) {
            (Step::End, _) => Ok(None),
            (Step::Start, Some(part)) => {
                let begin = if self.is_csv { csv::header(part.resource) } else { self.begin(part.resource) };
                self.step = Step::Rows { some: false };
                Ok(Some(begin))
            }
            (Step::Rows { .. }, Some(part)) if part.seqs.is_empty() => {
                self.parts.pop_front();
                let next = self.parts.front().map(|next| format!("],\"{}\":[", next.resource.path));
                self.step = Step::Rows { some: false };
                Ok(next.or_else(|| self.end()))
            }
            (Step::Rows { some }, Some(_)) => self.read(some).map(Some),
            (Step::Start | Step::Rows { .. }, None) => Ok(None),
        }
    }

    /// Everything before the first row. The members are documented.
    fn begin(&self, first: &Resource) -> String {
        format!(
            "{{\"success\":true,\"data\":{{\"object\":\"{MARKER}\",\"format\":\"{JSON}\",\"resources\":{{\"{}\":[",
            first.path
        )
    }

    /// Everything after the last row. `hasMore` is ours.
    fn end(&mut self) -> Option<String> {
        self.step = Step::End;
        if self.is_csv {
            return None;
        }
        let (rows, has_more, meta) = (self.rows, self.has_more, envelope::meta_json(&self.call.meta));
        Some(format!("]}},\"totalRows\":{rows},\"hasMore\":{has_more}}},\"meta\":{meta}}}"))
    }

    fn read(&mut self, some: bool) -> Result<String, ApiError> {
        let Some(part) = self.parts.front_mut() else { return Ok(String::new()) };
        let (resource, is_csv) = (part.resource, self.is_csv);
        let seqs: Vec<i64> = part.seqs.drain(..ROWS_AT_ONCE.min(part.seqs.len())).collect();
        let inline = Inline { single: false, expand: &[] };
        let rows = self.state.store.read(self.call.caller.environment, |tables| {
            let objects = tables.at(&seqs)?.into_iter();
            objects
                .map(|object| view::item(tables, resource, object, inline))
                .collect::<Result<Vec<_>, ApiError>>()
        })?;
        let mut text = String::new();
        for row in &rows {
            match row {
                Value::Object(row) if is_csv => text.push_str(&csv::row(resource, row)),
                row => {
                    let comma = if some || !text.is_empty() { "," } else { "" };
                    text.push_str(&format!("{comma}{row}"));
                }
            }
        }
        self.rows += rows.len() as u64;
        self.step = Step::Rows { some: some || !text.is_empty() };
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::clock::Clock;
    use crate::sandbox::caller::Environment;
    use crate::sandbox::model::operations;
    use crate::sandbox::model::tickets::TICKETS;
    use crate::sandbox::request_meta::RequestMeta;
    use crate::sandbox::settings::Settings;
    use crate::sandbox::state::State;
    use serde_json::json;

    #[test]
    fn rows_beyond_the_limit_are_left_out() {
        let store = State::new(Settings::default(), 80).store;
        let written = store.write(Environment::Test, &RequestMeta::new(&Clock::System), |change| {
            for title in ["A", "B", "C", "D"] {
                let members = json!({ "title": title }).as_object().cloned().unwrap();
                operations::create(change, &TICKETS, None, input::creation(&TICKETS, members)?)?;
            }
            Ok::<_, ApiError>(())
        });
        written.unwrap();
        let body =
            json!({"resources": [{"type": "tickets", "filters": {"search": "a"}}, {"type": "tickets"}]});
        let body = input::creation(&EXPORT, body.as_object().cloned().unwrap()).unwrap().body;
        for (most, rows, more) in [(1, 1, true), (3, 3, true), (4, 4, false)] {
            let chosen = store.read(Environment::Test, |tables| chosen(tables, selections(&body)?, most));
            let (parts, has_more) = chosen.unwrap();
            assert_eq!((parts.len(), parts[0].seqs.len(), has_more), (1, rows, more), "{most}");
        }
    }
}
