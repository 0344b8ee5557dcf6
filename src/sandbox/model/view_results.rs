//! `GET …/views/{id}/results`: runs a view through the list of its resource. That views can be run is documented, the
//! path is ours.

use std::cmp::Ordering;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::Uri;
use serde_json::Value;

use super::articles::ARTICLES;
use super::community_posts::COMMUNITY_POSTS;
use super::customers::CUSTOMERS;
use super::handlers::Ids;
use super::resource::{Inline, Resource, text};
use super::tickets::TICKETS;
use super::views::{CREATED_AT, VIEWS};
use super::{query, view};
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::query::Params;
use crate::sandbox::state::Shared;
use crate::sandbox::store::object::{Body, Object, Order, Selection};
use crate::sandbox::store::tables::Tables;

/// Members that have no index are sorted in memory, up to this number of objects.
const MOST_SORTED: u64 = 1_000;

/// In the order of the names in `entityType`.
pub(crate) static ENTITIES: [&Resource; 4] = [&TICKETS, &CUSTOMERS, &ARTICLES, &COMMUNITY_POSTS];

pub(crate) async fn results(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    Path((_, id)): Ids,
    uri: Uri,
) -> Result<Rendered, ApiError> {
    let params = Params::parse(&uri)?;
    state.store.read(call.caller.environment, |tables| {
        let view = VIEWS.find(tables, &id)?;
        let entity = text(&view.body, "entityType");
        let of_name = |resource: &&&Resource| resource.path.replace('/', "_") == entity;
        let resource = ENTITIES.iter().find(of_name).copied().ok_or_else(ApiError::internal)?;
        let filters = parameters(resource, &view.body, &params)?;
        let (selection, page) = query::selection(resource, &filters)?;
        let (objects, total) = sorted(tables, resource, &view.body, selection)?;
        let inline = Inline { single: false, expand: &[] };
        let items = objects.into_iter().map(|object| view::item(tables, resource, object, inline));
        let items = items.collect::<Result<Vec<Value>, ApiError>>()?;
        Ok(envelope::list(items, page, total, &call.meta))
    })
}

/// The filters of a view as the parameters of a list, with the page of the request. As in a query string, what the
/// list does not know is ignored. A filter may also have the name of its field (ours).
fn parameters(resource: &Resource, view: &Body, request: &Params) -> Result<Params, ApiError> {
    let mut pairs = Vec::new();
    for (name, value) in view.get("filters").and_then(Value::as_object).into_iter().flatten() {
        let known = resource.filters.iter().find(|filter| filter.param == name || filter.field == name);
        let name = known.map_or(name.as_str(), |filter| filter.param);
        let value = match value {
            Value::Array(items) if items.len() == 1 => items.first().unwrap_or(&Value::Null),
            value => value,
        };
        match value {
            Value::String(text) => pairs.push((name.to_owned(), text.clone())),
            Value::Bool(_) | Value::Number(_) => pairs.push((name.to_owned(), value.to_string())),
            Value::Null => {}
            Value::Array(_) | Value::Object(_) => {
                let message = format!("The filter '{name:.100}' must have one value.");
                return Err(ApiError::parameter_invalid("filters", message));
            }
        }
    }
    pairs.retain(|(name, _)| !matches!(name.as_str(), "page" | "pageSize" | "sort"));
    for name in ["page", "pageSize"] {
        pairs.extend(request.get(name).map(|value| (name.to_owned(), value.to_owned())));
    }
    Ok(Params(pairs))
}

/// A page in the order of the view.
fn sorted(
    tables: &Tables<'_>,
    resource: &Resource,
    view: &Body,
    mut selection: Selection,
) -> Result<(Vec<Object>, u64), ApiError> {
    let (field, rises) = (text(view, "sortField"), text(view, "sortDirection") == "asc");
    let ranked = resource.sorts.iter().find_map(|(_, order)| match order {
        Order::Falling(name) | Order::Rising(name) if *name == field => Some(*name),
        _ => None,
    });
    selection.order = match ranked {
        Some(name) if rises => Order::Rising(name),
        Some(name) => Order::Falling(name),
        None if rises => Order::Oldest,
        None => Order::Newest,
    };
    let has_order = ranked.is_some() || [CREATED_AT, resource.created_at, ""].contains(&field);
    let known = resource.fields.iter().find(|known| known.is_shown() && known.name == field);
    let Some(known) = known.filter(|_| !has_order) else { return Ok(tables.select(&selection)?) };
    let (offset, limit) = (selection.offset, selection.limit);
    (selection.offset, selection.limit) = (0, MOST_SORTED);
    let (mut objects, total) = tables.select(&selection)?;
    if total > MOST_SORTED {
        let message = format!(
            "This view has {total} objects. More than {MOST_SORTED} can be sorted by '{CREATED_AT}' only."
        );
        return Err(ApiError::parameter_invalid("sortField", message));
    }
    objects.sort_by(|a, b| {
        let order = compare(a.body.get(known.name), b.body.get(known.name));
        if rises { order } else { order.reverse() }
    });
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    Ok((objects.into_iter().skip(number(offset)).take(number(limit)).collect(), total))
}

/// Numbers before texts; anything else comes first.
fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    let key = |value: Option<&Value>| {
        let number = value.and_then(Value::as_f64);
        (number, value.and_then(Value::as_str).unwrap_or_default().to_lowercase())
    };
    key(a).partial_cmp(&key(b)).unwrap_or(Ordering::Equal)
}
