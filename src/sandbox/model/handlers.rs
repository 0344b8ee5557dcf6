//! The handlers that all resources share: list, get, create, update and delete.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::resource::{Inline, Resource};
use super::{automation_runs, input, operations, query, view};
use crate::sandbox::http::body;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::{self, Write};
use crate::sandbox::http::query::Params;
use crate::sandbox::state::Shared;
use crate::sandbox::store::change::Change;

/// Team and id.
pub(crate) type Ids = Path<(String, String)>;

/// `GET …/things`.
pub(crate) async fn list(
    resource: &'static Resource,
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    uri: Uri,
) -> Result<Rendered, ApiError> {
    let params = Params::parse(&uri)?;
    let (selection, page) = query::selection(resource, &params)?;
    let expand = query::expansions(resource, &params)?;
    let inline = Inline { single: false, expand: &expand };
    state.store.read(call.caller.environment, |tables| {
        let (objects, total) = tables.select(&selection)?;
        let items = objects.into_iter().map(|object| view::item(tables, resource, object, inline));
        let items = items.collect::<Result<Vec<Value>, ApiError>>()?;
        Ok(envelope::list(items, page, total, &call.meta))
    })
}

/// `GET …/things/{id}`.
pub(crate) async fn show(
    resource: &'static Resource,
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    Path((_, id)): Ids,
    uri: Uri,
) -> Result<Rendered, ApiError> {
    let expand = query::expansions(resource, &Params::parse(&uri)?)?;
    let inline = Inline { single: true, expand: &expand };
    state.store.read(call.caller.environment, |tables| {
        let object = resource.find(tables, &id)?;
        let item = view::item(tables, resource, object, inline)?;
        Ok(envelope::success(StatusCode::OK, item, &call.meta))
    })
}

/// Runs a change once per `Idempotency-Key`.
pub(crate) async fn perform(
    state: &Shared,
    write: &Write,
    mut work: impl FnMut(&mut Change<'_>, Map<String, Value>) -> Result<Rendered, ApiError>,
) -> Result<Response, ApiError> {
    let mut members = Some(body::members(&write.body)?);
    idempotency::once(&state.store, write, |change| {
        let members = members.take().map_or_else(|| body::members(&write.body), Ok)?;
        let rendered = work(change, members)?;
        automation_runs::run(change)?;
        Ok(rendered)
    })
    .await
}

/// `POST …/things`: 201 with the new object.
pub(crate) async fn create(
    resource: &'static Resource,
    State(state): State<Shared>,
    write: Write,
) -> Result<Response, ApiError> {
    perform(&state, &write, |change, members| {
        let input = input::creation(resource, members)?;
        let object = operations::create(change, resource, None, input)?;
        Ok(envelope::success(StatusCode::CREATED, view::rest(resource, &object).into(), &write.call.meta))
    })
    .await
}

/// `PATCH …/things/{id}`: 200 with the updated object.
pub(crate) async fn update(
    resource: &'static Resource,
    State(state): State<Shared>,
    Path((_, id)): Ids,
    write: Write,
) -> Result<Response, ApiError> {
    perform(&state, &write, |change, members| {
        let object = resource.find(change, &id)?;
        let mut object = operations::update(change, resource, object, members)?;
        resource.rules.complete(change, &mut object)?;
        Ok(envelope::success(StatusCode::OK, view::rest(resource, &object).into(), &write.call.meta))
    })
    .await
}

/// `DELETE …/things/{id}`: 200. The documentation shows `deleted` both alone and with the `id`.
pub(crate) async fn delete(
    resource: &'static Resource,
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    Path((_, id)): Ids,
) -> Result<Rendered, ApiError> {
    state.store.write(call.caller.environment, &call.meta, |change| {
        let object = resource.find(change, &id)?;
        let id = resource.id_of(object.uuid);
        operations::delete(change, resource, object)?;
        automation_runs::run(change)?;
        Ok(envelope::success(StatusCode::OK, json!({ "deleted": true, "id": id }), &call.meta))
    })
}
