//! The public library: `/api/library/{team}/…`, without a key and so with live data only (documented). Responses
//! have `data` (documented) in the envelope of the API (ours).

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use super::articles::ARTICLES;
use super::categories::CATEGORIES;
use super::resource::{Inline, Resource, set, text};
use super::{library_stats, operations, slug, view};
use crate::sandbox::caller::Environment;
use crate::sandbox::http::body as json_body;
use crate::sandbox::http::envelope::{self, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::query::{Page, Params, number};
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::state::{Shared, State as Sandbox};
use crate::sandbox::store::change::{Change, Events};
use crate::sandbox::store::object::{Object, Selection};
use crate::sandbox::store::tables::Tables;

/// Members that need a key (ours).
pub(crate) const INTERNAL: [&str; 2] = ["notes", "metadata"];
/// The default `limit` of a search (ours).
pub(crate) const HITS: u64 = 10;
/// The ratings that count as helpful (ours: the documentation has a `rating`, but not its values).
const HELPED: [&str; 5] = ["helpful", "positive", "up", "yes", "good"];

pub(crate) async fn articles(
    State(state): State<Shared>,
    Path(team): Path<String>,
    uri: Uri,
) -> Result<Rendered, ApiError> {
    let params = Params::parse(&uri)?;
    read(&state, &team, |tables, meta| {
        // the SDK sends `limit`, the documentation has `pageSize`
        let limit = number(&params, "limit", 1, 100)?;
        let page = Page::from_params(&params, limit.unwrap_or(ARTICLES.page_size))?;
        let mut selection = public(page);
        selection.search = params.get("search").map(str::to_lowercase);
        // a slug or an id; the SDK sends `categorySlug`
        if let Some(category) = params.get("categorySlug").or(params.get("category")) {
            let by_slug = tables.with(CATEGORIES.kind, slug::FACET, &Sql::Text(category.to_owned()))?;
            let id = by_slug.first().map_or_else(|| category.to_owned(), |found| found.uuid.to_string());
            selection.multi_values.push(("categoryId", Sql::Text(id)));
        }
        if library_stats::is_popular(&params)? {
            let (articles, total) = library_stats::popular(tables, selection)?;
            let items = articles.into_iter().map(|article| public_view(tables, &ARTICLES, article));
            return Ok(envelope::list(items.collect::<Result<_, _>>()?, page, total, meta));
        }
        listed(tables, &ARTICLES, &selection, page, meta)
    })
}

/// `GET …/stats` (ours: cStar names the call, not its result).
pub(crate) async fn stats(
    State(state): State<Shared>,
    Path(team): Path<String>,
) -> Result<Rendered, ApiError> {
    read(&state, &team, |tables, meta| {
        let articles = public(Page { number: 1, size: 1 });
        let stats = library_stats::stats(tables, articles, &public_categories(0, 1))?;
        Ok(envelope::success(StatusCode::OK, stats, meta))
    })
}

pub(crate) async fn article(
    State(state): State<Shared>,
    Path((team, slug)): Path<(String, String)>,
) -> Result<Rendered, ApiError> {
    read(&state, &team, |tables, meta| {
        let article = public_view(tables, &ARTICLES, published(tables, &slug)?)?;
        Ok(envelope::success(StatusCode::OK, article, meta))
    })
}

pub(crate) async fn categories(
    State(state): State<Shared>,
    Path(team): Path<String>,
    uri: Uri,
) -> Result<Rendered, ApiError> {
    let params = Params::parse(&uri)?;
    read(&state, &team, |tables, meta| {
        let page = Page::from_params(&params, 100)?;
        listed(tables, &CATEGORIES, &public_categories(page.offset(), page.size), page, meta)
    })
}

/// `?q=&limit=` (documented).
pub(crate) async fn search(
    State(state): State<Shared>,
    Path(team): Path<String>,
    uri: Uri,
) -> Result<Rendered, ApiError> {
    let params = Params::parse(&uri)?;
    read(&state, &team, |tables, meta| {
        let text = params.get("q").ok_or_else(|| ApiError::parameter_missing("q"))?;
        let limit = number(&params, "limit", 1, 100)?.unwrap_or(HITS);
        let page = Page { number: 1, size: limit };
        let selection = Selection { search: Some(text.to_lowercase()), ..public(page) };
        listed(tables, &ARTICLES, &selection, page, meta)
    })
}

pub(crate) async fn view(
    State(state): State<Shared>,
    Path((team, slug)): Path<(String, String)>,
) -> Result<Rendered, ApiError> {
    count(&state, &team, &slug, Some("viewCount"))
}

/// `{"rating": …}`: counts a helpful rating.
pub(crate) async fn feedback(
    State(state): State<Shared>,
    Path((team, slug)): Path<(String, String)>,
    body: bytes::Bytes,
) -> Result<Rendered, ApiError> {
    let members = json_body::members(&body)?;
    let helped = match members.get("rating") {
        None | Some(Value::Null) => return Err(ApiError::parameter_missing("rating")),
        Some(Value::Bool(helped)) => *helped,
        Some(Value::String(word)) => HELPED.contains(&word.to_lowercase().as_str()),
        // four or more of five stars, or 1 for yes
        Some(Value::Number(stars)) => stars.as_f64().is_some_and(|stars| stars >= 4.0 || stars == 1.0),
        Some(_) => {
            let message = "The 'rating' field must be a word, a number, true or false.";
            return Err(ApiError::parameter_invalid("rating", message));
        }
    };
    count(&state, &team, &slug, helped.then_some("useCount"))
}

fn read(
    state: &Sandbox,
    team: &str,
    work: impl FnOnce(&Tables<'_>, &RequestMeta) -> Result<Rendered, ApiError>,
) -> Result<Rendered, ApiError> {
    check_team(state, team)?;
    let meta = RequestMeta::new(&state.settings.clock);
    state.store.read(Environment::Live, |tables| work(tables, &meta))
}

fn check_team(state: &Sandbox, team: &str) -> Result<(), ApiError> {
    if state.store.team().is_named(team) { Ok(()) } else { Err(ApiError::resource_missing("Team")) }
}

fn public_categories(offset: u64, limit: u64) -> Selection {
    Selection {
        filter_values: vec![("isPublic", Sql::Integer(1))],
        offset,
        ..Selection::first(CATEGORIES.kind, view::default_order(&CATEGORIES), limit)
    }
}

fn public(page: Page) -> Selection {
    Selection {
        filter_values: vec![("status", Sql::Text("published".to_owned())), ("isPublic", Sql::Integer(1))],
        offset: page.offset(),
        ..Selection::first(ARTICLES.kind, view::default_order(&ARTICLES), page.size)
    }
}

fn published(tables: &Tables<'_>, slug: &str) -> Result<Object, ApiError> {
    let found = tables.with(ARTICLES.kind, slug::FACET, &Sql::Text(slug.to_owned()))?;
    let is_public = |article: &Object| {
        text(&article.body, "status") == "published" && article.body.get("isPublic") == Some(&true.into())
    };
    found.into_iter().find(is_public).ok_or_else(|| ApiError::resource_missing(ARTICLES.label))
}

fn listed(
    tables: &Tables<'_>,
    resource: &Resource,
    selection: &Selection,
    page: Page,
    meta: &RequestMeta,
) -> Result<Rendered, ApiError> {
    let (objects, total) = tables.select(selection)?;
    let items = objects.into_iter().map(|object| public_view(tables, resource, object));
    Ok(envelope::list(items.collect::<Result<_, _>>()?, page, total, meta))
}

fn public_view(tables: &Tables<'_>, resource: &Resource, object: Object) -> Result<Value, ApiError> {
    let mut item = view::item(tables, resource, object, Inline { single: true, expand: &[] })?;
    if let Some(members) = item.as_object_mut() {
        members.retain(|name, _| !INTERNAL.contains(&name.as_str()));
    }
    Ok(item)
}

/// Increments a counter of an article. That is not an edit, so no event is fired.
fn count(state: &Sandbox, team: &str, slug: &str, name: Option<&str>) -> Result<Rendered, ApiError> {
    check_team(state, team)?;
    let meta = RequestMeta::new(&state.settings.clock);
    state.store.write(Environment::Live, &meta, |change: &mut Change<'_>| {
        change.events = Events::Suppress;
        let before = published(change, slug)?;
        let mut after = before.clone();
        if let Some(name) = name {
            let count = before.body.get(name).and_then(Value::as_i64).unwrap_or_default();
            set(&mut after.body, name, count.saturating_add(1));
            operations::store(change, &ARTICLES, &before, &after)?;
        }
        let counts = json!({
            "slug": slug,
            "viewCount": after.body.get("viewCount"),
            "useCount": after.body.get("useCount"),
        });
        Ok(envelope::success(StatusCode::OK, counts, &meta))
    })
}
