//! `POST …/import` (documented): creates up to 500 objects in one request, with the rules and events of single
//! creations. Each record succeeds or fails on its own.
//!
//! Which object is the same as a record is ours: the one with the `id` of the record; for a customer also the one with
//! its `email`. `skip` leaves it alone, `update` (ours) changes it as a `PATCH` would. A record without a known `id` gets
//! a new one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::bulk::{RESOURCES, failure, resource_at};
use super::customer_rules;
use super::customers::CUSTOMERS;
use super::field::{Field, Initial, Kind};
use super::handlers::perform;
use super::resource::{Resource, Verb, text};
use super::{input, operations};
use crate::sandbox::http::envelope;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::Write;
use crate::sandbox::state::Shared;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::Object;
use crate::sandbox::store::tables::Tables;

/// The value of `object` in the result (documented).
pub(crate) const MARKER: &str = "import_result";
/// The most records in a request (documented).
const MOST_RECORDS: usize = 500;
/// `skip` is documented, `update` is ours.
const STRATEGIES: &[&str] = &["skip", "update"];

/// The body of the request (documented). It is not stored, so it is not in the registry.
pub(crate) static IMPORT: Resource = Resource {
    kind: "import",
    label: "Import",
    fields: &[
        Field::new("resource", Kind::Choice(RESOURCES)).required(),
        Field::new("records", Kind::Objects { items: MOST_RECORDS }).required(),
        Field::new("mergeStrategy", Kind::Choice(STRATEGIES)).or(Initial::Text("skip")),
    ],
    documented: &[Verb::Create],
    ..Resource::DEFAULTS
};

/// What became of a record.
enum Outcome {
    Created,
    Updated,
    Skipped,
}

pub(crate) async fn perform_import(State(state): State<Shared>, write: Write) -> Result<Response, ApiError> {
    perform(&state, &write, |change, members| {
        let mut input = input::creation(&IMPORT, members)?;
        let records = input.body.remove("records").unwrap_or_default();
        let records = if let Value::Array(records) = records { records } else { Vec::new() };
        let path = text(&input.body, "resource");
        let (resource, merges) = (resource_at(path)?, text(&input.body, "mergeStrategy") == "update");
        let (total, mut errors) = (records.len(), Vec::new());
        let (mut created, mut updated, mut skipped) = (0_u64, 0_u64, 0_u64);
        for (index, record) in records.into_iter().enumerate() {
            let Value::Object(record) = record else { return Err(ApiError::internal()) };
            match one(change, resource, record, merges) {
                Ok(Outcome::Created) => created += 1,
                Ok(Outcome::Updated) => updated += 1,
                Ok(Outcome::Skipped) => skipped += 1,
                // the store failed, not this record
                Err(error) if error.is_defect() => return Err(error),
                Err(error) => errors.push(failure("index", index.into(), &error)),
            }
        }
        let result = json!({
            "object": MARKER,
            "resource": path,
            "total": total,
            "created": created,
            "updated": updated,
            "skipped": skipped,
            "errors": errors,
        });
        Ok(envelope::success(StatusCode::OK, result, &write.call.meta))
    })
    .await
}

/// Imports one record. All checks come before the first write, so that an error leaves nothing behind.
fn one(
    change: &mut Change<'_>,
    resource: &'static Resource,
    record: Map<String, Value>,
    merges: bool,
) -> Result<Outcome, ApiError> {
    let Some(known) = same(change, resource, &record)? else {
        let input = input::creation(resource, record)?;
        operations::create(change, resource, None, input)?;
        return Ok(Outcome::Created);
    };
    if !merges {
        return Ok(Outcome::Skipped);
    }
    let before = known.body.clone();
    let after = operations::update(change, resource, known, record)?;
    Ok(if after.body == before { Outcome::Skipped } else { Outcome::Updated })
}

/// The object that a record describes, if there is one.
fn same(
    tables: &Tables<'_>,
    resource: &Resource,
    record: &Map<String, Value>,
) -> Result<Option<Object>, ApiError> {
    let uuid = resource.id.and_then(|shape| shape.read(text(record, "id")));
    let found = uuid.map(|uuid| tables.find(resource.kind, uuid)).transpose()?.flatten();
    if found.is_some() || resource.kind != CUSTOMERS.kind {
        return Ok(found);
    }
    customer_rules::with_email(tables, text(record, "email"))
}
