//! The handlers that list tags with their counts, create one, and remove an unused one.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use super::field::TAGS;
use super::handlers::perform;
use super::resource::{Resource, text};
use super::tags::{NAME_FACET, TAG, exists};
use super::{input, operations, registry, view};
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::Write;
use crate::sandbox::state::Shared;
use crate::sandbox::store::object::{Order, Selection};
use crate::sandbox::store::tables::Tables;

/// The most tags that are created (ours).
const MOST_TAGS: u64 = 10_000;

/// `GET …/tags`: all tags, by name (the order is ours).
pub(crate) async fn list(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
) -> Result<Rendered, ApiError> {
    state.store.read(call.caller.environment, |tables| {
        let tags = counted(tables)?.into_iter();
        let tags = tags.map(|(name, count)| json!({ "object": TAG.marker, "name": name, "count": count }));
        Ok(envelope::success(StatusCode::OK, tags.collect::<Vec<Value>>().into(), &call.meta))
    })
}

/// `POST …/tags`: 201 with a count of 0 (documented).
pub(crate) async fn create(State(state): State<Shared>, write: Write) -> Result<Response, ApiError> {
    perform(&state, &write, |change, members| {
        let input = input::creation(&TAG, members)?;
        if is_used(change, text(&input.body, "name"))? {
            return Err(exists());
        }
        let tag = operations::create(change, &TAG, None, input)?;
        Ok(envelope::success(StatusCode::CREATED, view::rest(&TAG, &tag).into(), &write.call.meta))
    })
    .await
}

/// `DELETE …/tags/{name}`: that unused tags can be removed is documented, the path and the conflict are ours.
pub(crate) async fn delete(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Rendered, ApiError> {
    state.store.write(call.caller.environment, &call.meta, |change| {
        if is_used(change, &name)? {
            return Err(ApiError::conflict("name", "This tag is in use. Remove it from all objects first."));
        }
        let created = change.with(TAG.kind, NAME_FACET, &Sql::Text(name.clone()))?;
        if created.is_empty() {
            return Err(ApiError::resource_missing(TAG.label));
        }
        for tag in created {
            operations::delete(change, &TAG, tag)?;
        }
        Ok(envelope::success(StatusCode::OK, json!({ "deleted": true, "id": name }), &call.meta))
    })
}

fn counted(tables: &Tables<'_>) -> Result<BTreeMap<String, u64>, ApiError> {
    let mut tags = BTreeMap::new();
    for resource in tagged() {
        for (name, count) in tables.texts(resource.kind, TAGS.name)? {
            *tags.entry(name).or_default() += count;
        }
    }
    let (created, _) = tables.select(&Selection::first(TAG.kind, Order::Oldest, MOST_TAGS))?;
    for tag in created {
        tags.entry(text(&tag.body, "name").to_owned()).or_default();
    }
    Ok(tags)
}

/// Whether an object has this tag.
fn is_used(tables: &Tables<'_>, name: &str) -> Result<bool, ApiError> {
    let name = Sql::Text(name.to_owned());
    for resource in tagged() {
        if tables.count(resource.kind, TAGS.name, &name)? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The resources with tags, each of which indexes them.
fn tagged() -> impl Iterator<Item = &'static Resource> {
    registry::ALL.into_iter().filter(|resource| resource.field(TAGS.name).is_some())
}
