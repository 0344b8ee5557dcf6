//! The query strings of lists: page, filters, search, order and expansions.

use serde_json::Value;

use super::field::{Field, Kind};
use super::resource::Resource;
use super::view;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::query::{Page, Params};
use crate::sandbox::store::object::Order;
use crate::sandbox::store::object::Selection;

/// In characters.
pub(crate) const MAX_SEARCH: usize = 500;

pub(crate) fn selection(resource: &Resource, params: &Params) -> Result<(Selection, Page), ApiError> {
    let page = Page::from_params(params, resource.page_size)?;
    let (mut filter_values, mut multi_values) = (Vec::new(), Vec::new());
    for filter in resource.filters {
        let Some(text) = params.get(filter.param) else { continue };
        let Some(field) = resource.field(filter.field) else { continue };
        let value = filter_value(filter.param, field, text)?;
        let value = match filter.flag {
            Some(_) if value == Value::Bool(false) => continue,
            Some(flag) => flag.into(),
            None => value,
        };
        let values = if filter.many { &mut multi_values } else { &mut filter_values };
        values.extend(view::sql(&value).map(|value| (filter.field, value)));
    }
    let selection = Selection {
        kind: resource.kind,
        filter_values,
        multi_values,
        search: search(resource, params)?,
        order: order(resource, params)?,
        offset: page.offset(),
        limit: page.size,
    };
    Ok((selection, page))
}

/// The value of a filter, in the form that is stored.
fn filter_value(param: &'static str, field: &Field, text: &str) -> Result<Value, ApiError> {
    let bad = |what: String| ApiError::parameter_invalid(param, format!("The '{param}' parameter {what}."));
    match field.kind {
        // ours: a value that no object can have is a mistake of the client
        Kind::Choice(words) if !words.contains(&text) => {
            Err(bad(format!("must be one of: {}", words.join(", "))))
        }
        Kind::Bool => match text {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            _ => Err(bad("must be true or false".to_owned())),
        },
        // anything else matches nothing (documented: a slug returns an empty list)
        Kind::Id(shape) => {
            Ok(shape.read(text).map_or_else(|| text.to_owned(), |uuid| shape.show(uuid)).into())
        }
        _ => Ok(text.into()),
    }
}

fn search(resource: &Resource, params: &Params) -> Result<Option<String>, ApiError> {
    let text = params.get("search").filter(|_| !resource.search.is_empty());
    let text = text.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > MAX_SEARCH) {
        let message = format!("The 'search' parameter must have at most {MAX_SEARCH} characters.");
        return Err(ApiError::parameter_invalid("search", message));
    }
    Ok(text)
}

fn order(resource: &Resource, params: &Params) -> Result<Order, ApiError> {
    let sort = params.get("sort").filter(|_| resource.sorts.len() > 1);
    let Some(sort) = sort else { return Ok(view::default_order(resource)) };
    let found = resource.sorts.iter().find(|(name, _)| *name == sort);
    found.map(|(_, order)| *order).ok_or_else(|| {
        let names: Vec<_> = resource.sorts.iter().map(|(name, _)| *name).collect();
        let message = format!("The 'sort' parameter must be one of: {}.", names.join(", "));
        ApiError::parameter_invalid("sort", message)
    })
}

/// `expand=customer`: comma-separated (documented).
pub(crate) fn expansions(resource: &Resource, params: &Params) -> Result<Vec<&'static str>, ApiError> {
    let names = params.get("expand").unwrap_or_default().split(',').map(str::trim);
    let find = |name: &str| {
        resource.expansions.iter().copied().find(|expansion| *expansion == name).ok_or_else(|| {
            let message = match resource.expansions {
                [] => "Nothing can be expanded here.".to_owned(),
                some => format!("The 'expand' parameter takes: {}.", some.join(", ")),
            };
            ApiError::parameter_invalid("expand", message)
        })
    };
    names.filter(|name| !name.is_empty()).map(find).collect()
}
