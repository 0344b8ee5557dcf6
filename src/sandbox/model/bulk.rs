//! `POST …/bulk` (documented): updates or deletes many objects in one request. Each object succeeds or fails on its
//! own, with the rules and events of a single request.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::articles::ARTICLES;
use super::customers::CUSTOMERS;
use super::field::{Access, Field, Kind};
use super::handlers::perform;
use super::resource::{Resource, Verb, text};
use super::tickets::TICKETS;
use super::{input, operations};
use crate::sandbox::http::envelope;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::Write;
use crate::sandbox::state::Shared;
use crate::sandbox::store::change::Change;

/// The value of `object` in the result (documented).
pub(crate) const MARKER: &str = "bulk_result";
pub(crate) const ACTIONS: &[&str] = &["update", "delete"];
pub(crate) const RESOURCES: &[&str] = &["tickets", "customers", "articles"];
/// The most ids in a request (documented).
const MOST_IDS: usize = 100;

/// The body of the request (documented). It is not stored, so it is not in the registry.
pub(crate) static BULK: Resource = Resource {
    kind: "bulk",
    label: "Bulk action",
    fields: &[
        Field::new("action", Kind::Choice(ACTIONS)).required(),
        Field::new("resource", Kind::Choice(RESOURCES)).required(),
        Field::new("ids", Kind::Texts { items: MOST_IDS, max: 100 }).required(),
        Field::new("data", Kind::Object).access(Access::Argument),
    ],
    documented: &[Verb::Create],
    ..Resource::DEFAULTS
};

pub(crate) async fn perform_bulk(State(state): State<Shared>, write: Write) -> Result<Response, ApiError> {
    perform(&state, &write, |change, members| {
        let input = input::creation(&BULK, members)?;
        let (action, path) = (text(&input.body, "action"), text(&input.body, "resource"));
        let resource = resource_at(path)?;
        let changes = input.arguments.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
        let data = (action == "update").then_some(&changes);
        let ids = input.body.get("ids").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut errors = Vec::new();
        for id in ids.iter().filter_map(Value::as_str) {
            match one(change, resource, id, data) {
                Ok(()) => {}
                // the store failed, not this object
                Err(error) if error.is_defect() => return Err(error),
                Err(error) => errors.push(failure("id", id.into(), &error)),
            }
        }
        let result = json!({
            "object": MARKER,
            "action": action,
            "resource": path,
            "total": ids.len(),
            "succeeded": ids.len() - errors.len(),
            "failed": errors.len(),
            "errors": errors,
        });
        Ok(envelope::success(StatusCode::OK, result, &write.call.meta))
    })
    .await
}

/// Updates one object, or deletes it without `data`. All checks come before the first write, so that an error leaves
/// nothing behind.
fn one(
    change: &mut Change<'_>,
    resource: &'static Resource,
    id: &str,
    data: Option<&Map<String, Value>>,
) -> Result<(), ApiError> {
    let object = resource.find(change, id)?;
    match data {
        Some(data) => operations::update(change, resource, object, data.clone()).map(drop),
        None => operations::delete(change, resource, object),
    }
}

/// An item of `errors`, which says what failed in its first member (ours: cStar documents only the list).
pub(crate) fn failure(name: &str, which: Value, error: &ApiError) -> Value {
    let mut failure = json!({ name: which, "code": error.code, "message": error.message });
    if let Some(param) = error.param {
        failure["param"] = param.into();
    }
    failure
}

/// The resources that bulk actions, imports and exports know, by their path.
pub(crate) fn resource_at(path: &str) -> Result<&'static Resource, ApiError> {
    let found = [&TICKETS, &CUSTOMERS, &ARTICLES].into_iter().find(|one| one.path == path);
    found.ok_or_else(ApiError::internal)
}
