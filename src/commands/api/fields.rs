//! `-f` and `-F`: fields of a request, nested as `gh api` nests them.

use std::path::Path;

use serde_json::{Map, Value};

use crate::commands::input;
use crate::output::Failure;

/// A field of the command line: its path, and its value before the file is read.
#[derive(Clone, Debug)]
pub(super) struct Field {
    key: String,
    value: Option<String>,
    typed: bool,
}

/// Parses `key=value` of `-f`.
pub(super) fn parse_text(text: &str) -> Result<Field, String> {
    parse(text, false)
}

/// Parses `key=value` of `-F`.
pub(super) fn parse_typed(text: &str) -> Result<Field, String> {
    parse(text, true)
}

fn parse(text: &str, typed: bool) -> Result<Field, String> {
    let (key, value) = match text.split_once('=') {
        Some((key, value)) => (key, Some(value.to_owned())),
        None if text.ends_with("[]") => (text, None),
        None => return Err("expected key=value".to_owned()),
    };
    path(key)?;
    Ok(Field { key: key.to_owned(), value, typed })
}

/// The names in `a[b][]`: `a`, `b`, and an empty one for an element of an array.
fn path(key: &str) -> Result<Vec<&str>, String> {
    let wrong = || "expected a key such as title, tags[] or metadata[plan]".to_owned();
    let (first, mut rest) = key.split_at(key.find('[').unwrap_or(key.len()));
    if first.is_empty() || first.contains(']') {
        return Err(wrong());
    }
    let mut names = vec![first];
    while !rest.is_empty() {
        let (name, after) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).ok_or_else(wrong)?;
        let is_array_twice = name.is_empty() && names.last().is_some_and(|last| last.is_empty());
        if name.contains('[') || is_array_twice {
            return Err(wrong());
        }
        names.push(name);
        rest = after;
    }
    Ok(names)
}

/// All fields as one object.
pub(super) fn object(fields: &[Field]) -> Result<Map<String, Value>, Failure> {
    let mut object = Map::new();
    for field in fields {
        let value = field.value.as_deref().map(|value| field.read(value)).transpose()?;
        let names = path(&field.key).map_err(Failure::usage)?;
        let put = put(&mut object, &names, value);
        put.map_err(|problem| Failure::usage(format!("field `{}`: {problem}", field.key)))?;
    }
    Ok(object)
}

impl Field {
    fn read(&self, value: &str) -> Result<Value, Failure> {
        if !self.typed {
            return Ok(value.into());
        }
        if let Some(path) = value.strip_prefix('@') {
            let what = format!("field `{}`", self.key);
            let bytes = input::read(Path::new(path), &what)?;
            let text = String::from_utf8(bytes);
            return text.map(Value::from).map_err(|_| Failure::usage(format!("{what} is not UTF-8 text")));
        }
        match serde_json::from_str(value) {
            Ok(json) => Ok(json),
            // Text, unless it is meant to be JSON.
            Err(_) if !value.starts_with(['{', '[', '"']) => Ok(value.into()),
            Err(error) => Err(Failure::usage(format!("field `{}` is not JSON: {error}", self.key))
                .hint(format!("for text that begins so: -f '{}=…'", self.key))),
        }
    }
}

/// Sets the value at `names`. Without one it is an empty array.
fn put(object: &mut Map<String, Value>, names: &[&str], value: Option<Value>) -> Result<(), String> {
    let [name, rest @ ..] = names else { return Ok(()) };
    match rest {
        [] => match object.contains_key(*name) {
            true => Err(format!("`{name}` is set twice")),
            false => {
                object.insert((*name).to_owned(), value.unwrap_or_default());
                Ok(())
            }
        },
        ["", inner @ ..] => {
            let list = object.entry(*name).or_insert_with(|| Value::Array(Vec::new()));
            let Value::Array(list) = list else { return Err(format!("`{name}` is no array")) };
            match (inner, value) {
                ([], value) => list.extend(value),
                (inner, value) => {
                    if !takes(list, inner) {
                        list.push(Value::Object(Map::new()));
                    }
                    if let Some(Value::Object(last)) = list.last_mut() {
                        put(last, inner, value)?;
                    }
                }
            }
            Ok(())
        }
        _ => match object.entry(*name).or_insert_with(|| Value::Object(Map::new())) {
            Value::Object(below) => put(below, rest, value),
            _ => Err(format!("`{name}` is no object")),
        },
    }
}

/// Whether the last element of `list` takes `names`: it is an object, and has no such member yet, or an array there that
/// is extended, as `gh api` does it.
fn takes(list: &[Value], names: &[&str]) -> bool {
    let Some(Value::Object(last)) = list.last() else { return false };
    names.first().and_then(|name| last.get(*name)).is_none_or(Value::is_array)
}

/// The members of a query: `tags[]=a` for arrays, `metadata[plan]=b` for objects.
pub(super) fn query(fields: &Map<String, Value>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in fields {
        add(&mut pairs, name, value);
    }
    pairs
}

fn add(pairs: &mut Vec<(String, String)>, name: &str, value: &Value) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| add(pairs, &format!("{name}[]"), item)),
        Value::Object(members) => {
            members.iter().for_each(|(inner, value)| add(pairs, &format!("{name}[{inner}]"), value));
        }
        Value::String(text) => pairs.push((name.to_owned(), text.clone())),
        Value::Null => pairs.push((name.to_owned(), String::new())),
        other => pairs.push((name.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The arguments: `-f` begins with a space, everything else is `-F`.
    fn all(fields: &[&str]) -> Result<Value, String> {
        let fields: Result<Vec<Field>, String> = fields
            .iter()
            .map(|text| match text.strip_prefix(' ') {
                Some(text) => parse_text(text),
                None => parse_typed(text),
            })
            .collect();
        object(&fields?).map(Value::Object).map_err(|failure| failure.message().to_owned())
    }

    #[test]
    fn typed_fields_are_json_if_they_can_be() {
        let object = all(&["a=true", "b=null", "c=7", "d=1.5", "e=text", "f={\"x\":[1]}", "g=", " h=true"]);
        let wanted = json!({"a": true, "b": null, "c": 7, "d": 1.5, "e": "text", "f": {"x": [1]}, "g": "", "h": "true"});
        assert_eq!(object.unwrap(), wanted);
        assert!(all(&["a={x"]).unwrap_err().starts_with("field `a` is not JSON"));
        assert_eq!(all(&[" a={x", " b==c=d"]).unwrap(), json!({"a": "{x", "b": "=c=d"}));
    }

    #[test]
    fn fields_nest_as_those_of_gh() {
        let object =
            all(&["a[b]=1", "a[c][d]=2", "l[]=x", "l[]=y", "e[]", "o[][n]=1", "o[][t]=a", "o[][n]=2"]);
        let wanted = json!({
            "a": {"b": 1, "c": {"d": 2}}, "l": ["x", "y"], "e": [],
            "o": [{"n": 1, "t": "a"}, {"n": 2}],
        });
        assert_eq!(object.unwrap(), wanted);
        assert_eq!(all(&["o[][l][]=1", "o[][l][]=2"]).unwrap(), json!({"o": [{"l": [1, 2]}]}));
    }

    #[test]
    fn impossible_fields_are_refused() {
        for (fields, expected) in [
            (&["a"][..], "expected key=value"),
            (&["=1"], "expected a key such as"),
            (&["[]=1"], "expected a key such as"),
            (&["a[b=1"], "expected a key such as"),
            (&["a]b=1"], "expected a key such as"),
            (&["a[b]c=1"], "expected a key such as"),
            (&["a[][]=1"], "expected a key such as"),
            (&["a=1", "a=2"], "`a` is set twice"),
            (&["a=1", "a[b]=2"], "`a` is no object"),
            (&["a[b]=1", "a[]=2"], "`a` is no array"),
            (&["a=@/no/such/file"], "could not read field `a` from `/no/such/file`"),
        ] {
            let problem = all(fields).unwrap_err();
            assert!(problem.contains(expected), "{fields:?}: {problem}");
        }
    }

    #[test]
    fn fields_of_a_query_are_flat() {
        let fields = json!({"a": "x y", "n": 7, "t": true, "z": null, "l": ["p", 1], "o": {"k": "v"}});
        let pairs: Vec<String> = query(fields.as_object().unwrap())
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(pairs, ["a=x y", "n=7", "t=true", "z=", "l[]=p", "l[]=1", "o[k]=v"]);
    }
}
