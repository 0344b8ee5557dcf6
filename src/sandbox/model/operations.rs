//! Creates, updates and deletes objects, and applies the rules of their resource. The API and seeds use this.

use serde_json::{Map, Value};

use super::input::{self, Input};
use super::resource::{New, Resource, Update, now, set};
use super::view;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::Object;

pub(crate) fn create(
    change: &mut Change<'_>,
    resource: &'static Resource,
    parent: Option<i64>,
    input: Input,
) -> Result<Object, ApiError> {
    let uuid = change.uuid();
    let mut new = New { uuid, parent, body: input.body, arguments: input.arguments };
    let time = now(change);
    if let Some(updated_at) = resource.updated_at {
        set(&mut new.body, updated_at, time.clone());
    }
    set(&mut new.body, resource.created_at, time);
    resource.rules.creating(change, &mut new)?;
    let index = view::index(resource, &new.body);
    let mut object = change.insert(resource.kind, new.uuid, new.parent, new.body, &index)?;
    resource.rules.complete(change, &mut object)?;
    resource.rules.created(change, &object, &new.arguments)?;
    Ok(object)
}

/// Updates an object with the members of a request. Without a difference, nothing is stored and no event is fired.
pub(crate) fn update(
    change: &mut Change<'_>,
    resource: &'static Resource,
    before: Object,
    members: Map<String, Value>,
) -> Result<Object, ApiError> {
    let mut body = input::update(resource, members, &before.body)?;
    resource.rules.updating(change, &before, &mut body)?;
    let changes = view::changes(resource, &before.body, &body);
    if changes.is_empty() {
        return Ok(before);
    }
    if let Some(updated_at) = resource.updated_at {
        set(&mut body, updated_at, now(change));
    }
    let mut after = Object { body, ..before.clone() };
    store(change, resource, &before, &after)?;
    resource.rules.complete(change, &mut after)?;
    resource.rules.updated(change, &Update { before: &before, after: &after, changes: &changes })?;
    Ok(after)
}

/// Stores an updated object without its rules and events.
pub(crate) fn store(
    change: &mut Change<'_>,
    resource: &Resource,
    before: &Object,
    after: &Object,
) -> rusqlite::Result<()> {
    let (old, new) = (view::index(resource, &before.body), view::index(resource, &after.body));
    change.update(resource.kind, after, &old, &new)
}

pub(crate) fn delete(
    change: &mut Change<'_>,
    resource: &'static Resource,
    mut object: Object,
) -> Result<(), ApiError> {
    let index = view::index(resource, &object.body);
    resource.rules.complete(change, &mut object)?;
    resource.rules.deleting(change, &object)?;
    Ok(change.delete(resource.kind, &object, &index)?)
}
