//! JSON whose numbers keep their text: `1.10`, `1e400` and integers of any length go through unchanged.

use std::fmt;

use serde_core::de::Error as _;
use serde_json::Value;
use serde_json::value::RawValue;

use super::members::members;

/// As deep as `serde_json` reads values.
const DEEPEST: usize = 127;

/// A JSON value. [`fmt::Display`] writes it compactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    /// The members in their order, each name once.
    Object(Vec<(String, Json)>),
    /// The elements.
    Array(Vec<Json>),
    /// A number, a string, a boolean or `null`, as it was written.
    Scalar(String),
}

impl Json {
    /// An object without members.
    pub(crate) const EMPTY: Self = Self::Object(Vec::new());

    /// Reads one JSON value. Of a repeated member the last one counts.
    ///
    /// # Errors
    /// When the text is not JSON, or nested deeper than 127 levels.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, serde_json::Error> {
        let raw: &RawValue = serde_json::from_slice(text)?;
        read(raw.get(), 0)
    }

    /// A JSON string.
    pub(crate) fn string(text: &str) -> Self {
        Self::Scalar(Value::from(text).to_string())
    }

    /// The member of this name, if this is an object that has it.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The string, if this is one.
    pub(crate) fn as_string(&self) -> Option<String> {
        let Self::Scalar(text) = self else { return None };
        serde_json::from_str(text).ok()
    }

    /// Whether this is `null`.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(text) if text == "null")
    }

    /// Lays `over` over this value: objects are merged member by member, anything else (arrays and `null` too)
    /// replaces. Members that were there keep their place, new ones follow in the order of `over`.
    pub(crate) fn overlay(&mut self, over: Self) {
        match (self, over) {
            (Self::Object(base), Self::Object(over)) => {
                for (name, value) in over {
                    match base.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, slot)) => slot.overlay(value),
                        None => base.push((name, value)),
                    }
                }
            }
            (slot, over) => *slot = over,
        }
    }
}

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        match value {
            Value::Object(members) => {
                Self::Object(members.iter().map(|(name, value)| (name.clone(), value.into())).collect())
            }
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            scalar => Self::Scalar(scalar.to_string()),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(text) => f.write_str(text),
            Self::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    f.write_str(if index == 0 { "[" } else { "," })?;
                    item.fmt(f)?;
                }
                f.write_str(if items.is_empty() { "[]" } else { "]" })
            }
            Self::Object(members) => {
                for (index, (name, value)) in members.iter().enumerate() {
                    f.write_str(if index == 0 { "{" } else { "," })?;
                    write!(f, "{}:{value}", Value::from(name.as_str()))?;
                }
                f.write_str(if members.is_empty() { "{}" } else { "}" })
            }
        }
    }
}

fn read(text: &str, depth: usize) -> Result<Json, serde_json::Error> {
    if depth > DEEPEST {
        return Err(serde_json::Error::custom("recursion limit exceeded"));
    }
    match text.bytes().next() {
        Some(b'{') => {
            let mut raw = Vec::new();
            members(text, |name, value| raw.push((name.to_vec(), value)))?;
            let mut found = indexed(raw)?;
            let all = found.drain(..).map(|(name, value)| Ok((name, read(value.get(), depth + 1)?)));
            all.collect::<Result<_, _>>().map(Json::Object)
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            items
                .into_iter()
                .map(|item| read(item.get(), depth + 1))
                .collect::<Result<_, _>>()
                .map(Json::Array)
        }
        _ => {
            if text.starts_with('"') {
                // Escapes that name no character are refused, as in any other text.
                serde_json::from_str::<String>(text)?;
            }
            Ok(Json::Scalar(text.to_owned()))
        }
    }
}

/// The members with each name once: the first place, the last value.
fn indexed(raw: Vec<(Vec<u8>, &RawValue)>) -> Result<Vec<(String, &RawValue)>, serde_json::Error> {
    let mut places = std::collections::HashMap::new();
    let mut found: Vec<(String, &RawValue)> = Vec::new();
    for (name, value) in raw {
        let name = String::from_utf8(name).map_err(|_| serde_json::Error::custom("a name is not text"))?;
        let place = *places.entry(name.clone()).or_insert(found.len());
        match found.get_mut(place) {
            Some(slot) => slot.1 = value,
            None => found.push((name, value)),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
