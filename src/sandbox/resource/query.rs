//! Query strings of lists: page, filters, search, order and what to inline.

use axum::extract::Query;
use axum::http::Uri;
use serde_json::Value;

use super::field::{Field, Kind};
use super::{Resource, view};
use crate::sandbox::error::ApiError;
use crate::sandbox::store::Selection;

/// The largest page (documented).
pub(crate) const MAX_PAGE_SIZE: u64 = 100;
/// The longest search text, in characters.
pub(crate) const MAX_SEARCH: usize = 500;

/// A query string, in its order. Of a repeated parameter the last one counts.
#[derive(Debug)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a query string.
    pub(crate) fn of(uri: &Uri) -> Result<Self, ApiError> {
        Query::try_from_uri(uri)
            .map(|Query(params)| Self(params))
            .map_err(|_| ApiError::parameter_invalid("query", "The query string cannot be read."))
    }

    /// The value of a parameter; an empty one counts as not given.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

/// Which page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// From 1 on.
    pub(crate) number: u64,
    pub(crate) size: u64,
}

impl Page {
    /// `page` from 1 on, `pageSize` up to 100 (documented). Anything else is refused (ours).
    pub(crate) fn of(params: &Params, default_size: u64) -> Result<Self, ApiError> {
        Ok(Self {
            number: number(params, "page", 1, u64::from(u32::MAX))?.unwrap_or(1),
            size: number(params, "pageSize", 1, MAX_PAGE_SIZE)?.unwrap_or(default_size),
        })
    }

    pub(crate) fn offset(self) -> u64 {
        (self.number - 1) * self.size
    }
}

/// A whole number of a query string.
pub(crate) fn number(
    params: &Params,
    name: &'static str,
    min: u64,
    max: u64,
) -> Result<Option<u64>, ApiError> {
    let Some(text) = params.get(name) else { return Ok(None) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits && (min..=max).contains(&number) => Ok(Some(number)),
        _ => {
            let message = format!("The '{name}' parameter must be a whole number from {min} to {max}.");
            Err(ApiError::parameter_invalid(name, message))
        }
    }
}

/// What a list of `resource` asks for.
pub(crate) fn selection(resource: &Resource, params: &Params) -> Result<(Selection, Page), ApiError> {
    let page = Page::of(params, resource.page_size)?;
    let (mut facets, mut alone) = (Vec::new(), Vec::new());
    for filter in resource.filters {
        let Some(text) = params.get(filter.param) else { continue };
        let Some(field) = resource.field(filter.field) else { continue };
        let values = if filter.many { &mut alone } else { &mut facets };
        values.extend(view::sql(&wanted(filter.param, field, text)?).map(|value| (filter.field, value)));
    }
    let selection = Selection {
        kind: resource.kind,
        facets,
        alone,
        search: search(resource, params)?,
        order: order(resource, params)?,
        offset: page.offset(),
        limit: page.size,
    };
    Ok((selection, page))
}

/// A filter's value, as the field holds it.
fn wanted(param: &'static str, field: &Field, text: &str) -> Result<Value, ApiError> {
    let bad = |what: String| ApiError::parameter_invalid(param, format!("The '{param}' parameter {what}."));
    match field.kind {
        // ours: a word that no object can have is a mistake worth hearing of
        Kind::Choice(words) if !words.contains(&text) => {
            Err(bad(format!("must be one of: {}", words.join(", "))))
        }
        Kind::Bool => match text {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            _ => Err(bad("must be true or false".to_owned())),
        },
        // what is no id of that kind matches nothing (documented: a slug gives an empty list)
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

fn order(resource: &Resource, params: &Params) -> Result<super::Order, ApiError> {
    let wanted = params.get("sort").filter(|_| resource.sorts.len() > 1);
    let Some(wanted) = wanted else { return Ok(view::default_order(resource)) };
    let found = resource.sorts.iter().find(|(name, _)| *name == wanted);
    found.map(|(_, order)| *order).ok_or_else(|| {
        let names: Vec<_> = resource.sorts.iter().map(|(name, _)| *name).collect();
        let message = format!("The 'sort' parameter must be one of: {}.", names.join(", "));
        ApiError::parameter_invalid("sort", message)
    })
}

/// What to inline: `expand=customer` (documented, with commas between several).
pub(crate) fn expansions(resource: &Resource, params: &Params) -> Result<Vec<&'static str>, ApiError> {
    let asked = params.get("expand").unwrap_or_default().split(',').map(str::trim);
    let known = |name: &str| {
        resource.expansions.iter().copied().find(|known| *known == name).ok_or_else(|| {
            let can = match resource.expansions {
                [] => "Nothing can be expanded here.".to_owned(),
                some => format!("The 'expand' parameter takes: {}.", some.join(", ")),
            };
            ApiError::parameter_invalid("expand", can)
        })
    };
    asked.filter(|name| !name.is_empty()).map(known).collect()
}
