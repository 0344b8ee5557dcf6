//! The objects that an export has: the lists that its body asks for, each object once.

use std::collections::{HashSet, VecDeque};

use serde_json::{Map, Value};

use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::query::Params;
use crate::sandbox::model::bulk::{RESOURCES, resource_at};
use crate::sandbox::model::field::{Field, Initial, Kind};
use crate::sandbox::model::resource::{Resource, Verb, text};
use crate::sandbox::model::{input, query};
use crate::sandbox::store::object::Selection;
use crate::sandbox::store::tables::Tables;

/// The most rows of an export, over all resources (documented). Further ones are left out (ours).
pub(crate) const MOST_ROWS: usize = 10_000;
/// The most items of `resources` (ours).
pub(crate) const MOST_ITEMS: usize = 10;
pub(super) const JSON: &str = "json";
pub(super) const CSV: &str = "csv";

/// The body of the request (documented).
pub(super) static EXPORT: Resource = Resource {
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
pub(super) struct Part {
    pub(super) resource: &'static Resource,
    /// Newest first.
    pub(super) seqs: VecDeque<i64>,
}

/// The lists that a request asks for.
pub(super) fn selections(body: &Map<String, Value>) -> Result<Vec<(&'static Resource, Selection)>, ApiError> {
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
pub(super) fn chosen(
    tables: &Tables<'_>,
    selections: Vec<(&'static Resource, Selection)>,
    most: usize,
) -> Result<(VecDeque<Part>, bool), ApiError> {
    let mut parts: VecDeque<Part> = VecDeque::new();
    let (mut known, mut has_more) = (HashSet::<i64>::new(), false);
    for (resource, selection) in selections {
        // one more than there is room for; those of an earlier part may be chosen again
        let again =
            parts.iter().find(|part| part.resource.kind == resource.kind).map_or(0, |part| part.seqs.len());
        let limit = u64::try_from(most - known.len() + again).unwrap_or(u64::MAX).saturating_add(1);
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

#[cfg(test)]
mod tests;
