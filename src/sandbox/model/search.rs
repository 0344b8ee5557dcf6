//! `GET …/search` (documented): one search in tickets, customers and articles. The order of the results is ours.

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use serde_json::{Value, json};

use super::articles::ARTICLES;
use super::customers::CUSTOMERS;
use super::query::MAX_SEARCH;
use super::resource::{Resource, text};
use super::tickets::TICKETS;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::query::{MAX_PAGE_SIZE, Params, number};
use crate::sandbox::state::Shared;
use crate::sandbox::store::object::{Object, Order, Selection};

/// The default of `limit` (documented).
pub(crate) const DEFAULT_LIMIT: u64 = 10;
/// The value of `object` in results (documented).
pub(crate) const MARKER: &str = "search_result";
/// Characters of a snippet (ours), and of the text before the match.
const SNIPPET: usize = 160;
const BEFORE: usize = 40;

/// A resource that the search covers.
pub(crate) struct Searched {
    pub(crate) resource: &'static Resource,
    /// The field that becomes `title`.
    title: &'static str,
}

/// The path of each resource is its name in `types` (documented, and so is that all of them are the default).
pub(crate) static SEARCHED: [Searched; 3] = [
    Searched { resource: &TICKETS, title: "title" },
    Searched { resource: &CUSTOMERS, title: "name" },
    Searched { resource: &ARTICLES, title: "title" },
];

/// `?q=&types=&limit=`.
pub(crate) async fn search(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    uri: Uri,
) -> Result<Rendered, ApiError> {
    let params = Params::parse(&uri)?;
    let term = term(&params)?;
    let types = types(&params)?;
    let limit = number(&params, "limit", 1, MAX_PAGE_SIZE)?.unwrap_or(DEFAULT_LIMIT);
    state.store.read(call.caller.environment, |tables| {
        let mut found: Vec<(&Searched, Object)> = Vec::new();
        for searched in types {
            let selection = Selection {
                search: Some(term.clone()),
                ..Selection::first(searched.resource.kind, Order::Newest, limit)
            };
            let objects = tables.at(&tables.seqs(&selection)?)?;
            found.extend(objects.into_iter().map(|object| (searched, object)));
        }
        // matches in the title first, then the newest
        found.sort_by_key(|(searched, object)| {
            let title = text(&object.body, searched.title).to_lowercase();
            (!title.contains(&term), std::cmp::Reverse(object.seq))
        });
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let results = found.iter().take(limit).map(|(searched, object)| result(searched, object, &term));
        Ok(envelope::success(StatusCode::OK, results.collect::<Vec<Value>>().into(), &call.meta))
    })
}

fn term(params: &Params) -> Result<String, ApiError> {
    let term = params.get("q").map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    let term = term.ok_or_else(|| ApiError::parameter_missing("q"))?;
    if term.chars().count() > MAX_SEARCH {
        let message = format!("The 'q' parameter must have at most {MAX_SEARCH} characters.");
        return Err(ApiError::parameter_invalid("q", message));
    }
    Ok(term)
}

/// `types=tickets,articles`: separated by commas (documented).
fn types(params: &Params) -> Result<Vec<&'static Searched>, ApiError> {
    let Some(names) = params.get("types") else { return Ok(SEARCHED.iter().collect()) };
    let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let is_known = |name: &&str| SEARCHED.iter().any(|searched| searched.resource.path == *name);
    if !names.iter().all(is_known) {
        let all: Vec<&str> = SEARCHED.iter().map(|searched| searched.resource.path).collect();
        let message = format!("The 'types' parameter takes: {}.", all.join(", "));
        return Err(ApiError::parameter_invalid("types", message));
    }
    Ok(SEARCHED.iter().filter(|searched| names.contains(&searched.resource.path)).collect())
}

/// `{object, type, id, title, snippet}` (documented).
fn result(searched: &Searched, object: &Object, term: &str) -> Value {
    json!({
        "object": MARKER,
        "type": searched.resource.kind,
        "id": searched.resource.id_of(object.uuid),
        "title": text(&object.body, searched.title),
        "snippet": snippet(searched, object, term),
    })
}

/// The text around the match, or the beginning of the first text beside the title.
fn snippet(searched: &Searched, object: &Object, term: &str) -> String {
    let others = searched.resource.search.iter().filter(|name| **name != searched.title);
    let texts: Vec<String> = others
        .map(|name| text(&object.body, name).split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|text| !text.is_empty())
        .collect();
    let place = |text: &String| {
        let lower = text.to_lowercase();
        lower.find(term).map(|at| lower.get(..at).unwrap_or_default().chars().count())
    };
    match texts.iter().find_map(|text| place(text).map(|at| (text, at))) {
        Some((text, at)) => excerpt(text, at.saturating_sub(BEFORE)),
        None => texts.first().map(|text| excerpt(text, 0)).unwrap_or_default(),
    }
}

fn excerpt(text: &str, from: usize) -> String {
    let mut excerpt = String::new();
    if from > 0 {
        excerpt.push('…');
    }
    excerpt.extend(text.chars().skip(from).take(SNIPPET));
    if text.chars().nth(from + SNIPPET).is_some() {
        excerpt.push('…');
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_cut_at_characters() {
        assert_eq!(excerpt("Größe", 0), "Größe");
        assert_eq!(excerpt("Größe", 2), "…öße");
        let long = "ü".repeat(400);
        assert_eq!(excerpt(&long, 10).chars().count(), SNIPPET + 2);
    }
}
