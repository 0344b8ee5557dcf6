//! Validates request bodies against the fields of a resource. Unknown members are ignored, wrong types are rejected
//! (both ours: cStar documents neither).

use serde_json::{Map, Value};

use super::field::{Access, Field, Kind, Shape};
use super::resource::Resource;
use crate::event;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::object::Body;

/// In characters.
pub(crate) const LONGEST_EMAIL: usize = 320;

/// The validated body of a creation.
#[derive(Debug)]
pub(crate) struct Input {
    /// Every stored member, in the order of the fields.
    pub(crate) body: Body,
    /// The members with [`Access::Argument`].
    pub(crate) arguments: Body,
}

/// Validates the body of a creation. `null` means absent.
pub(crate) fn creation(resource: &Resource, mut members: Map<String, Value>) -> Result<Input, ApiError> {
    let mut input = Input { body: Body::new(), arguments: Body::new() };
    for field in resource.fields {
        let settable = matches!(field.access, Access::Writable | Access::Argument);
        let value = settable.then(|| members.remove(field.name)).flatten().filter(|value| !value.is_null());
        let value = match value {
            Some(value) => Some(checked(field, value)?),
            None if field.required => return Err(ApiError::parameter_missing(field.name)),
            None => None,
        };
        if field.is_stored() {
            let value = value.map_or_else(|| field.default.value(), |value| merged(field, None, value));
            input.body.insert(field.name.to_owned(), value);
        } else if let Some(value) = value {
            input.arguments.insert(field.name.to_owned(), value);
        }
    }
    Ok(input)
}

/// The object after an update.
pub(crate) fn update(
    resource: &Resource,
    mut members: Map<String, Value>,
    before: &Body,
) -> Result<Body, ApiError> {
    let mut after = before.clone();
    for field in resource.fields.iter().filter(|field| field.access == Access::Writable) {
        let Some(value) = members.remove(field.name) else { continue };
        let value = if value.is_null() { null(field)? } else { checked(field, value)? };
        let value = merged(field, before.get(field.name), value);
        after.insert(field.name.to_owned(), value);
    }
    Ok(after)
}

/// Validates an imported object. Absent and `null` members get the values of an object that is created at `now`.
pub(crate) fn stored(
    resource: &Resource,
    mut members: Map<String, Value>,
    now: &Value,
) -> Result<Body, ApiError> {
    let mut body = Body::new();
    for field in resource.fields.iter().filter(|field| field.is_stored()) {
        let member = members.remove(field.name).filter(|_| field.access != Access::Secret);
        let value = match member {
            Some(Value::Null) if field.nullable => Value::Null,
            Some(value) if !value.is_null() => checked(field, value)?,
            _ if field.required => return Err(ApiError::parameter_missing(field.name)),
            _ if matches!(field.kind, Kind::Time) && !field.nullable => now.clone(),
            _ => field.default.value(),
        };
        body.insert(field.name.to_owned(), value);
    }
    Ok(body)
}

fn null(field: &Field) -> Result<Value, ApiError> {
    match field.nullable {
        true => Ok(Value::Null),
        false if field.required => Err(ApiError::parameter_missing(field.name)),
        false => Err(wrong(field, "must not be null")),
    }
}

/// Merges the members of an object field into the existing ones; `null` removes a member.
fn merged(field: &Field, before: Option<&Value>, value: Value) -> Value {
    let (Kind::Object, Value::Object(value)) = (field.kind, &value) else { return value };
    let mut members = before.and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, member) in value {
        if member.is_null() {
            members.shift_remove(name);
        } else {
            members.insert(name.clone(), member.clone());
        }
    }
    Value::Object(members)
}

pub(crate) fn checked(field: &Field, value: Value) -> Result<Value, ApiError> {
    match (field.kind, &value) {
        (Kind::Text { max }, Value::String(text)) => within(field, text, max)?,
        (Kind::Name { max }, Value::String(text)) => {
            if text.trim().is_empty() {
                return Err(ApiError::parameter_missing(field.name));
            }
            within(field, text, max)?;
        }
        (Kind::Email, Value::String(text)) => email(field, text)?,
        (Kind::Choice(words), Value::String(text)) if words.contains(&text.as_str()) => {}
        (Kind::Choice(words), _) => {
            return Err(wrong(field, &format!("must be one of: {}", words.join(", "))));
        }
        (Kind::Bool, Value::Bool(_)) | (Kind::Object, Value::Object(_)) => {}
        (Kind::Integer { min, max }, value) => {
            let number = whole(value).filter(|number| (min..=max).contains(number));
            let number =
                number.ok_or_else(|| wrong(field, &format!("must be a whole number from {min} to {max}")))?;
            return Ok(number.into());
        }
        (Kind::Time, Value::String(text)) if text.parse::<jiff::Timestamp>().is_ok() => {}
        (Kind::Texts { items, max }, Value::Array(list)) => texts(field, list, items, max)?,
        (Kind::Objects { items }, Value::Array(list)) if list.iter().all(Value::is_object) => {
            at_most(field, list, items)?;
        }
        (Kind::Id(shape), Value::String(text)) => {
            let uuid = shape.read(text).ok_or_else(|| wrong(field, "is not an id of that kind"))?;
            return Ok(shape.show(uuid).into());
        }
        (Kind::EventType, Value::String(name)) if event::find(name).is_none() => {
            return Err(wrong(field, "must be the name of an event type"));
        }
        (Kind::EventType, Value::String(_)) | (Kind::Any, _) => {}
        (Kind::Record(fields), Value::Object(members)) => nested(field, fields, members)?,
        (Kind::Records { items, fields }, Value::Array(list)) => {
            at_most(field, list, items)?;
            list.iter().try_for_each(|item| match item {
                Value::Object(members) => nested(field, fields, members),
                _ => Err(wrong(field, field.kind.requirement())),
            })?;
        }
        (Kind::Variants { items, shapes }, Value::Array(list)) => {
            at_most(field, list, items)?;
            list.iter().try_for_each(|item| variant(field, shapes, item))?;
        }
        (kind, _) => return Err(wrong(field, kind.requirement())),
    }
    Ok(value)
}

/// Validates the members of a nested object. `null` means absent, and other members are kept.
fn nested(field: &Field, fields: &[Field], members: &Map<String, Value>) -> Result<(), ApiError> {
    for inner in fields {
        let is_any = matches!(inner.kind, Kind::Any);
        match members.get(inner.name).filter(|value| is_any || !value.is_null()) {
            Some(value) => {
                let checked = checked(inner, value.clone());
                checked.map_err(|error| {
                    wrong(field, &format!("is invalid: {}", error.message.trim_end_matches('.')))
                })?;
            }
            None if inner.required => {
                return Err(wrong(field, &format!("needs the member '{}'", inner.name)));
            }
            None => {}
        }
    }
    Ok(())
}

fn variant(field: &Field, shapes: &[Shape], item: &Value) -> Result<(), ApiError> {
    let name = item.get("type").and_then(Value::as_str).unwrap_or_default();
    let (Some(shape), Value::Object(members)) = (shapes.iter().find(|shape| shape.name == name), item) else {
        let names: Vec<&str> = shapes.iter().map(|shape| shape.name).collect();
        return Err(wrong(field, &format!("must have items with a 'type' of: {}", names.join(", "))));
    };
    nested(field, shape.fields, members)
}

fn at_most(field: &Field, list: &[Value], items: usize) -> Result<(), ApiError> {
    if list.len() > items {
        return Err(wrong(field, &format!("must have at most {items} items")));
    }
    Ok(())
}

/// Accepts `1.0` too: some languages write all numbers like that.
fn whole(value: &Value) -> Option<i64> {
    let float = || value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15);
    // the cast is exact for whole numbers of this size
    value.as_i64().or_else(|| float().map(|number| number as i64))
}

fn within(field: &Field, text: &str, max: usize) -> Result<(), ApiError> {
    if text.chars().count() > max {
        return Err(wrong(field, &format!("must have at most {max} characters")));
    }
    Ok(())
}

fn email(field: &Field, text: &str) -> Result<(), ApiError> {
    let halves = text.rsplit_once('@').filter(|(name, host)| !name.is_empty() && !host.is_empty());
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if text.is_empty() {
        return Err(ApiError::parameter_missing(field.name));
    }
    if halves.is_none() || !plain {
        return Err(wrong(field, "must be an email address"));
    }
    within(field, text, LONGEST_EMAIL)
}

fn texts(field: &Field, list: &[Value], items: usize, max: usize) -> Result<(), ApiError> {
    at_most(field, list, items)?;
    for item in list {
        match item.as_str().filter(|text| !text.trim().is_empty()) {
            Some(text) => within(field, text, max)?,
            None => return Err(wrong(field, "must be an array of texts")),
        }
    }
    Ok(())
}

fn wrong(field: &Field, what: &str) -> ApiError {
    ApiError::parameter_invalid(field.name, format!("The '{}' field {what}.", field.name))
}
