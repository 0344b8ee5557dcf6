//! Checks arguments against the schema of the tool. Lenient where only one meaning is possible: `3.0` is an integer,
//! several clients send every number, boolean, list and object as a string, and others send ids and statuses that
//! look like numbers as numbers. All problems are reported together, so that a model can fix them in one step.

use rmcp::model::JsonObject;
use serde_json::Value;

use crate::output::sanitize::{sanitize, shorten};

/// The arguments in the form of the schema, or the list of problems.
pub(super) fn check(schema: &JsonObject, given: JsonObject) -> Result<JsonObject, String> {
    let empty = JsonObject::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let mut arguments = JsonObject::new();
    let mut problems = Vec::new();
    for (name, value) in given {
        let name = known_name(properties, name);
        match properties.get(&name) {
            // Some clients send `null` for an omitted argument.
            Some(_) if value.is_null() => {}
            Some(property) => match coerce(&format!("`{name}`"), property, value) {
                Ok(value) => drop(arguments.insert(name, value)),
                Err(problem) => {
                    // Invalid, but not missing.
                    arguments.insert(name, Value::Null);
                    problems.push(problem);
                }
            },
            None => problems.push(unknown(properties, &name)),
        }
    }
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    for name in required.filter_map(Value::as_str).filter(|name| !arguments.contains_key(*name)) {
        problems.push(format!("`{name}` is missing"));
    }
    if problems.is_empty() { Ok(arguments) } else { Err(problems.join("; ")) }
}

/// Accepts the names of the API too: `pageSize` for `page_size`.
fn known_name(properties: &JsonObject, name: String) -> String {
    if properties.contains_key(&name) {
        return name;
    }
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    if properties.contains_key(&snake) { snake } else { name }
}

fn unknown(properties: &JsonObject, name: &str) -> String {
    let name = sanitize(name);
    if properties.is_empty() {
        return format!("there is no argument `{name}`: this tool has no arguments");
    }
    let names: Vec<String> = properties.keys().map(|name| format!("`{name}`")).collect();
    format!("there is no argument `{name}`; the arguments are {}", names.join(", "))
}

/// Converts `value`, named `what` in messages, to the form of `schema`, or returns the problem.
fn coerce(what: &str, schema: &Value, value: Value) -> Result<Value, String> {
    let kind = schema.get("type").and_then(Value::as_str).unwrap_or_default();
    let wrong =
        |value: &Value| format!("{what} must be {}, not {}", expected(kind, schema), value_text(value));
    let read = read_as(kind, schema, &value).filter(|read| in_range(schema, read));
    let Some(read) = read else { return Err(wrong(&value)) };
    let size = |name| schema.get(name).and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
    match read {
        Value::String(text) => {
            let length = text.chars().count();
            match (size("minLength"), size("maxLength")) {
                (Some(least), _) if length < least => Err(format!("{what} must not be empty")),
                (_, Some(most)) if length > most => {
                    Err(format!("{what} must have at most {most} characters"))
                }
                _ => Ok(Value::String(text)),
            }
        }
        Value::Array(items) => {
            if let Some(most) = size("maxItems").filter(|most| items.len() > *most) {
                return Err(format!("{what} must have at most {most} items"));
            }
            let Some(each) = schema.get("items") else { return Ok(Value::Array(items)) };
            let what = format!("each of {what}");
            items.into_iter().map(|item| coerce(&what, each, item)).collect()
        }
        Value::Object(members) => {
            let known = schema.get("properties").and_then(Value::as_object);
            let member = |(name, value): (String, Value)| match known.and_then(|known| known.get(&name)) {
                Some(schema) => {
                    let value = coerce(&format!("`{}` of {what}", sanitize(&name)), schema, value)?;
                    Ok((name, value))
                }
                None => Ok((name, value)),
            };
            members.into_iter().map(member).collect::<Result<JsonObject, _>>().map(Value::Object)
        }
        other => Ok(other),
    }
}

/// `value` as a `kind`, if it can be read as one.
fn read_as(kind: &str, schema: &Value, value: &Value) -> Option<Value> {
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array) {
        return allowed.iter().find(|one| *one == value).or_else(|| similar(allowed, value)).cloned();
    }
    let fits = match kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    if fits {
        return Some(value.clone());
    }
    match (kind, value) {
        ("string", value) => scalar_text(value).map(Value::String),
        ("integer", Value::Number(number)) => whole(number.as_f64()?),
        ("boolean", Value::Number(number)) => match whole(number.as_f64()?)?.as_i64()? {
            0 => Some(false.into()),
            1 => Some(true.into()),
            _ => None,
        },
        ("array", Value::Number(_) | Value::Bool(_)) => Some(Value::Array(vec![value.clone()])),
        (_, Value::String(text)) => parse_text(kind, schema, text.trim()),
        _ => None,
    }
}

/// The text of a whole number or a boolean. Not of a fraction, whose spelling is lost: `1.10` may be a version.
fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        Value::Number(number) => whole(number.as_f64()?).map(|whole| whole.to_string()),
        _ => None,
    }
}

/// The value that a string represents.
fn parse_text(kind: &str, schema: &Value, text: &str) -> Option<Value> {
    let inner = match kind {
        "boolean" => serde_json::from_str(&text.to_ascii_lowercase()).ok(),
        _ => serde_json::from_str::<Value>(text).ok(),
    };
    let is_list_of_texts = kind == "array" && schema.pointer("/items/type").is_some_and(|it| it == "string");
    match inner {
        Some(Value::String(_)) | None if is_list_of_texts && !text.is_empty() && !text.starts_with('[') => {
            Some(Value::Array(vec![text.into()]))
        }
        Some(Value::String(_)) | None => None,
        Some(inner) => read_as(kind, schema, &inner),
    }
}

/// The value of an enumeration that differs only in case, white space and quotes.
fn similar<'a>(allowed: &'a [Value], value: &Value) -> Option<&'a Value> {
    let text_of = |value: &Value| value.as_str().map(str::to_owned).or_else(|| scalar_text(value));
    let text = text_of(value)?;
    allowed.iter().find(|one| text_of(one).is_some_and(|one| one.eq_ignore_ascii_case(text.trim())))
}

/// A whole number, as far as floating point is exact.
fn whole(number: f64) -> Option<Value> {
    const EXACT: f64 = 9_007_199_254_740_991.0;
    if number.fract() != 0.0 || number.abs() > EXACT {
        return None;
    }
    // Through text, because there is no checked conversion.
    format!("{number:.0}").parse::<i64>().ok().map(Value::from)
}

fn in_range(schema: &Value, value: &Value) -> bool {
    let Some(number) = value.as_f64() else { return true };
    let bound = |name| schema.get(name).and_then(Value::as_f64);
    bound("minimum").is_none_or(|least| number >= least) && bound("maximum").is_none_or(|most| number <= most)
}

fn expected(kind: &str, schema: &Value) -> String {
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array) {
        let names: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
        return format!("one of {}", names.join(", "));
    }
    let article = if matches!(kind, "integer" | "array" | "object") { "an" } else { "a" };
    match (schema.get("minimum"), schema.get("maximum")) {
        (Some(least), Some(most)) => format!("{article} {kind} from {least} to {most}"),
        (Some(least), None) => format!("{article} {kind} of at least {least}"),
        _ => format!("{article} {kind}"),
    }
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => shorten(&sanitize(&other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(given: Value) -> Result<Value, String> {
        let schema = json!({
            "type": "object",
            "properties": {
                "page_size": { "type": "integer", "minimum": 1, "maximum": 100 },
                "status": { "type": "string", "enum": ["open", "closed"] },
                "tags": { "type": "array", "items": { "type": "string" }, "maxItems": 2 },
                "title": { "type": "string", "minLength": 1, "maxLength": 3 },
                "public": { "type": "boolean" },
                "code": { "type": "string", "enum": ["200", "404"] },
                "level": { "type": "integer", "enum": [1, 2] },
                "numbers": { "type": "array", "items": { "type": "integer" } },
                "more": { "type": "object", "properties": { "count": { "type": "integer" } } },
            },
            "required": ["title"],
        });
        check(schema.as_object().unwrap(), given.as_object().cloned().unwrap()).map(Value::Object)
    }

    #[test]
    fn fitting_values_and_api_names_are_accepted() {
        let given = json!({ "title": "a", "pageSize": 5, "status": null, "tags": ["x"] });
        assert_eq!(checked(given), Ok(json!({ "title": "a", "page_size": 5, "tags": ["x"] })));
    }

    #[test]
    fn equivalent_forms_are_converted() {
        for (given, read) in [
            (json!({ "page_size": 3.0 }), json!({ "page_size": 3 })),
            (json!({ "page_size": "3" }), json!({ "page_size": 3 })),
            (json!({ "page_size": " 3.0 " }), json!({ "page_size": 3 })),
            (json!({ "page_size": "1e1" }), json!({ "page_size": 10 })),
            (json!({ "public": "true" }), json!({ "public": true })),
            (json!({ "public": "False" }), json!({ "public": false })),
            (json!({ "status": "OPEN" }), json!({ "status": "open" })),
            (json!({ "status": " Closed" }), json!({ "status": "closed" })),
            (json!({ "tags": "[\"a\", \"b\"]" }), json!({ "tags": ["a", "b"] })),
            (json!({ "tags": "vip" }), json!({ "tags": ["vip"] })),
            (
                json!({ "more": "{\"count\": \"5\", \"x\": \"5\"}" }),
                json!({ "more": { "count": 5, "x": "5" } }),
            ),
            (json!({ "more": { "count": 5.0 } }), json!({ "more": { "count": 5 } })),
            (json!({ "numbers": "[\"1\", 2.0]" }), json!({ "numbers": [1, 2] })),
            (json!({ "numbers": ["1", "2"] }), json!({ "numbers": [1, 2] })),
            (json!({ "title": "3" }), json!({ "title": "3" })),
            (json!({ "title": 7 }), json!({ "title": "7" })),
            (json!({ "title": 7.0 }), json!({ "title": "7" })),
            (json!({ "title": -7 }), json!({ "title": "-7" })),
            (json!({ "code": 404 }), json!({ "code": "404" })),
            (json!({ "code": 404.0 }), json!({ "code": "404" })),
            (json!({ "level": "2" }), json!({ "level": 2 })),
            (json!({ "level": 2.0 }), json!({ "level": 2 })),
            (json!({ "tags": ["a", 2] }), json!({ "tags": ["a", "2"] })),
            (json!({ "tags": 7 }), json!({ "tags": ["7"] })),
            (json!({ "tags": "[1, true]" }), json!({ "tags": ["1", "true"] })),
            (json!({ "numbers": 5 }), json!({ "numbers": [5] })),
            (json!({ "numbers": "5" }), json!({ "numbers": [5] })),
            (json!({ "public": 1 }), json!({ "public": true })),
            (json!({ "public": "0" }), json!({ "public": false })),
        ] {
            let mut whole = given.clone();
            if given.get("title").is_none() {
                whole["title"] = "a".into();
            }
            let mut found = checked(whole).unwrap_or_else(|problem| panic!("{given}: {problem}"));
            if given.get("title").is_none() {
                found.as_object_mut().unwrap().shift_remove("title");
            }
            assert_eq!(found, read, "{given}");
        }
    }

    #[test]
    fn all_faults_are_reported_at_once() {
        let given = json!({ "page_size": 500, "status": "opened", "colour": 1, "tags": ["a", {}] });
        let message = checked(given).unwrap_err();
        for part in [
            "`page_size` must be an integer from 1 to 100, not 500",
            "`status` must be one of open, closed, not \"opened\"",
            "there is no argument `colour`; the arguments are `page_size`, `status`, `tags`, `title`, `public`, `code`, `level`, `numbers`, `more`",
            "each of `tags` must be a string, not an object",
            "`title` is missing",
        ] {
            assert!(message.contains(part), "no {part:?} in {message}");
        }
        for (given, part) in [
            (json!({ "title": "" }), "must not be empty"),
            (json!({ "title": "abcd" }), "at most 3 characters"),
            (json!({ "title": {} }), "must be a string, not an object"),
            (json!({ "title": "a", "page_size": 1.5 }), "not 1.5"),
            (json!({ "title": "a", "tags": ["1", "2", "3"] }), "at most 2 items"),
            (json!({ "title": "a", "tags": "[\"1\",\"2\",\"3\"]" }), "at most 2 items"),
            (json!({ "title": "a", "tags": "[\"1\"" }), "`tags` must be an array, not \"[\\\"1\\\"\""),
            (json!({ "title": "a", "tags": "" }), "`tags` must be an array"),
            (json!({ "title": "a", "tags": "[[]]" }), "each of `tags` must be a string, not an array"),
            (json!({ "title": "a", "tags": [1.5] }), "each of `tags` must be a string, not 1.5"),
            (json!({ "title": "a", "tags": [null] }), "each of `tags` must be a string, not null"),
            (json!({ "title": 1.25 }), "`title` must be a string, not 1.25"),
            (json!({ "title": 1e300 }), "`title` must be a string, not 1e+300"),
            (json!({ "title": true }), "at most 3 characters"),
            (json!({ "title": "a", "page_size": "3.5" }), "from 1 to 100, not \"3.5\""),
            (json!({ "title": "a", "page_size": "101" }), "from 1 to 100, not \"101\""),
            (json!({ "title": "a", "page_size": "three" }), "from 1 to 100, not \"three\""),
            (json!({ "title": "a", "page_size": true }), "from 1 to 100, not true"),
            (json!({ "title": "a", "page_size": 1e300 }), "from 1 to 100, not 1e+300"),
            (json!({ "title": "a", "public": 2 }), "`public` must be a boolean, not 2"),
            (json!({ "title": "a", "public": "yes" }), "`public` must be a boolean, not \"yes\""),
            (json!({ "title": "a", "status": "opened" }), "one of open, closed, not \"opened\""),
            (json!({ "title": "a", "more": "[1]" }), "`more` must be an object, not \"[1]\""),
            (json!({ "title": "a", "more": { "count": "x" } }), "`count` of `more` must be an integer"),
        ] {
            assert!(checked(given.clone()).unwrap_err().contains(part), "{given}");
        }
    }
}
