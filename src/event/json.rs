//! JSON values that keep the text of their numbers: `1.10`, `1e400` and integers of any length stay unchanged.

use std::fmt;

use serde_core::de::Error as _;
use serde_json::Value;
use serde_json::value::RawValue;

use super::members::members;

/// The limit of `serde_json`.
const DEEPEST: usize = 127;

/// A JSON value. [`fmt::Display`] writes it compactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    /// The members in order, without repeated names.
    Object(Vec<(String, Json)>),
    Array(Vec<Json>),
    /// The text of a number, a string, a boolean or `null`.
    Scalar(String),
}

impl Json {
    pub(crate) const EMPTY: Self = Self::Object(Vec::new());

    /// Parses one JSON value. If a member is repeated, the last value is used. Fails when the text is not JSON, or
    /// nested more than 127 levels deep.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, serde_json::Error> {
        let raw: &RawValue = serde_json::from_slice(text)?;
        read(raw.get(), 0)
    }

    pub(crate) fn string(text: &str) -> Self {
        Self::Scalar(Value::from(text).to_string())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(crate) fn as_string(&self) -> Option<String> {
        let Self::Scalar(text) = self else { return None };
        serde_json::from_str(text).ok()
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(text) if text == "null")
    }

    /// The value on several lines, indented by two spaces.
    pub(crate) fn indented(&self) -> String {
        let mut out = String::new();
        self.write_indented(&mut out, 0);
        out
    }

    fn write_indented(&self, out: &mut String, depth: usize) {
        let line = |out: &mut String, depth: usize| {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        };
        match self {
            Self::Object(members) if !members.is_empty() => {
                for (index, (name, value)) in members.iter().enumerate() {
                    out.push(if index == 0 { '{' } else { ',' });
                    line(out, depth + 1);
                    out.push_str(&Value::from(name.as_str()).to_string());
                    out.push_str(": ");
                    value.write_indented(out, depth + 1);
                }
                line(out, depth);
                out.push('}');
            }
            Self::Array(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    out.push(if index == 0 { '[' } else { ',' });
                    line(out, depth + 1);
                    item.write_indented(out, depth + 1);
                }
                line(out, depth);
                out.push(']');
            }
            other => out.push_str(&other.to_string()),
        }
    }

    /// Merges `over` into this value: objects are merged recursively, any other value (also an array or `null`)
    /// replaces the old one. Existing members keep their position; new ones are appended in the order of `over`.
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
                // Rejects escapes that are not characters.
                serde_json::from_str::<String>(text)?;
            }
            Ok(Json::Scalar(text.to_owned()))
        }
    }
}

/// Removes repeated names: keeps the first position and the last value.
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
