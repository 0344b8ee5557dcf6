//! Compares a value of an event with a typed one.

use std::borrow::Cow;

use super::number::Number;
use crate::event::Json;
use crate::event::members::Name;

/// The VALUE of a filter.
#[derive(Clone, Debug)]
pub(super) enum Literal {
    /// Typed without quotes: equals a string of this text, or a number, boolean or `null` that means the same.
    Bare(String, Option<Number>),
    /// Typed in quotes: equals only a string.
    Quoted(String),
    /// An array or an object.
    Nested(Json),
}

impl Literal {
    /// What reads as JSON is JSON, and everything else a text, as in `trigger --set`.
    pub(super) fn parse(text: &str) -> Self {
        match Json::parse(text.as_bytes()) {
            Ok(Json::Scalar(scalar)) => match serde_json::from_str(&scalar) {
                Ok(quoted) => Self::Quoted(quoted),
                Err(_) => Self::Bare(text.to_owned(), Number::parse(&scalar)),
            },
            Ok(nested) => Self::Nested(nested),
            Err(_) => Self::Bare(text.to_owned(), None),
        }
    }

    /// Compares with a value in JSON.
    pub(super) fn equals(&self, value: &str) -> bool {
        match (self, value.bytes().next()) {
            (Self::Bare(text, _) | Self::Quoted(text), Some(b'"')) => string(value) == *text,
            (Self::Bare(text, number), _) => equal_scalars(value, text, number.as_ref()),
            (Self::Nested(nested), Some(b'{' | b'[')) => {
                Json::parse(value.as_bytes()).is_ok_and(|value| equal(&value, nested))
            }
            _ => false,
        }
    }
}

/// The text that a regular expression is searched in: of a string without quotes and escapes, of an array or an
/// object as compact JSON.
pub(super) fn regex_text(value: &str) -> Cow<'_, str> {
    match value.bytes().next() {
        Some(b'"') => string(value),
        Some(b'{' | b'[') => match Json::parse(value.as_bytes()) {
            Ok(json) => json.to_string().into(),
            Err(_) => value.into(),
        },
        _ => value.into(),
    }
}

/// The text of a JSON string. A lone surrogate, which is valid JSON but no text, is replaced.
fn string(json: &str) -> Cow<'_, str> {
    match serde_json::from_str(json) {
        Ok(Name(Cow::Borrowed(bytes))) => String::from_utf8_lossy(bytes),
        Ok(Name(Cow::Owned(bytes))) => String::from_utf8_lossy(&bytes).into_owned().into(),
        Err(_) => json.into(),
    }
}

fn equal_scalars(value: &str, text: &str, number: Option<&Number>) -> bool {
    match number {
        Some(number) => Number::parse(value).is_some_and(|value| value == *number),
        None => value == text,
    }
}

/// Members may be in any order, and numbers may be written in any way.
fn equal(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Object(left), Json::Object(others)) => {
            left.len() == others.len()
                && left.iter().all(|(name, value)| right.get(name).is_some_and(|other| equal(value, other)))
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Json::Scalar(left), Json::Scalar(right)) => match (left.starts_with('"'), right.starts_with('"')) {
            (true, true) => string(left) == string(right),
            (false, false) => equal_scalars(left, right, Number::parse(right).as_ref()),
            _ => false,
        },
        _ => false,
    }
}
