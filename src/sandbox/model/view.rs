//! The JSON of an object in responses and in events, and its index entries.

use rusqlite::types::Value as Sql;
use serde_json::{Map, Value, json};

use super::field::{Access, Field, Kind};
use super::resource::{Inline, Resource};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::object::{Body, Index, Object, Order};
use crate::sandbox::store::tables::Tables;

/// The object in responses: `id`, `object`, and the fields in their order (documented).
pub(crate) fn rest(resource: &Resource, object: &Object) -> Map<String, Value> {
    let mut view = Map::new();
    if let Some(shape) = resource.id {
        view.insert("id".to_owned(), shape.show(object.uuid).into());
    }
    if let Some(marker) = resource.marker {
        view.insert("object".to_owned(), marker.into());
    }
    for field in resource.fields.iter().filter(|field| field.is_shown()) {
        view.insert(field.name.to_owned(), response_value(field, object.body.get(field.name)));
    }
    view
}

fn response_value(field: &Field, value: Option<&Value>) -> Value {
    let Some(value) = value else { return Value::Null };
    match (field.kind, value.as_str()) {
        (Kind::Time, Some(time)) => seconds(time).into(),
        _ => value.clone(),
    }
}

/// `2026-03-30T10:00:00.123Z` without the milliseconds.
fn seconds(time: &str) -> String {
    time.split_once('.').map_or_else(|| time.to_owned(), |(whole, _)| format!("{whole}Z"))
}

/// The JSON of an object, with its computed and inlined members.
pub(crate) fn item(
    tables: &Tables<'_>,
    resource: &Resource,
    mut object: Object,
    inline: Inline<'_>,
) -> Result<Value, ApiError> {
    resource.rules.complete(tables, &mut object)?;
    let mut item = rest(resource, &object);
    resource.rules.inline(tables, &object, &mut item, inline)?;
    Ok(Value::Object(item))
}

/// The object in events: all stored fields, in snake_case.
pub(crate) fn event(resource: &Resource, object: &Object) -> Map<String, Value> {
    let mut view = Map::new();
    if let Some(shape) = resource.id {
        view.insert("id".to_owned(), shape.show(object.uuid).into());
    }
    for field in resource.fields.iter().filter(|field| field.is_stored()) {
        let value = object.body.get(field.name).cloned().unwrap_or_default();
        view.insert(snake_case(field.name), value);
    }
    view
}

/// `{field: {from, to}}` for each writable field that differs (documented), in snake_case.
pub(crate) fn changes(resource: &Resource, before: &Body, after: &Body) -> Map<String, Value> {
    let mut changes = Map::new();
    for field in resource.fields.iter().filter(|field| field.access == Access::Writable) {
        let (from, to) = (before.get(field.name), after.get(field.name));
        if from != to {
            changes.insert(snake_case(field.name), json!({ "from": from, "to": to }));
        }
    }
    changes
}

pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

/// The index entries of an object: filters, search text, and those of its rules.
pub(crate) fn index(resource: &Resource, body: &Body) -> Index {
    let mut index = Index::default();
    for filter in resource.filters {
        let values = if filter.many { &mut index.multi_values } else { &mut index.filter_values };
        match body.get(filter.field) {
            Some(Value::Array(items)) => {
                values.extend(items.iter().filter_map(sql).map(|value| (filter.field, value)));
            }
            Some(value) => values.extend(sql(value).map(|value| (filter.field, value))),
            None => {}
        }
    }
    resource.rules.index(body, &mut index);
    let texts = resource.search.iter().filter_map(|name| body.get(*name)?.as_str());
    // a line break prevents a match across two members
    index.search = texts.map(str::to_lowercase).collect::<Vec<_>>().join("\n");
    index
}

/// A JSON value in the index; `null`, lists and objects are not indexed.
pub(crate) fn sql(value: &Value) -> Option<Sql> {
    match value {
        Value::String(text) => Some(Sql::Text(text.clone())),
        Value::Bool(value) => Some(Sql::Integer((*value).into())),
        Value::Number(number) => number.as_i64().map(Sql::Integer),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

pub(crate) fn default_order(resource: &Resource) -> Order {
    resource.sorts.first().map_or(Order::Newest, |(_, order)| *order)
}
