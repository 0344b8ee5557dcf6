//! Arguments against the schema that the client was shown. What is wrong is told in sentences that a model
//! can act on, all at once.

use rmcp::model::JsonObject;
use serde_json::Value;

use crate::output::clean::{safe, shorten};

/// The arguments in the form that the tool reads, or what is wrong with them.
pub(super) fn check(schema: &JsonObject, given: JsonObject) -> Result<JsonObject, String> {
    let empty = JsonObject::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let mut arguments = JsonObject::new();
    let mut faults = Vec::new();
    for (name, value) in given {
        let name = known_name(properties, name);
        match properties.get(&name) {
            // `null` is how some clients leave something out.
            Some(_) if value.is_null() => {}
            Some(property) => {
                faults.extend(fault(&format!("`{name}`"), property, &value));
                arguments.insert(name, value);
            }
            None => faults.push(unknown(properties, &name)),
        }
    }
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    for name in required.filter_map(Value::as_str).filter(|name| !arguments.contains_key(*name)) {
        faults.push(format!("`{name}` is missing"));
    }
    if faults.is_empty() { Ok(arguments) } else { Err(faults.join("; ")) }
}

/// The API's own names are understood too: `pageSize` for `page_size`.
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
    let name = safe(name);
    if properties.is_empty() {
        return format!("there is no argument `{name}`: this tool takes none");
    }
    let names: Vec<String> = properties.keys().map(|name| format!("`{name}`")).collect();
    format!("there is no argument `{name}`; the arguments are {}", names.join(", "))
}

/// What is wrong with `value`, called `what`.
fn fault(what: &str, schema: &Value, value: &Value) -> Option<String> {
    let kind = schema.get("type").and_then(Value::as_str).unwrap_or_default();
    let fits = match kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    let allowed = schema.get("enum").and_then(Value::as_array);
    if !fits || allowed.is_some_and(|allowed| !allowed.contains(value)) || !in_range(schema, value) {
        return Some(format!("{what} must be {}, not {}", expected(kind, schema), shown(value)));
    }
    let size = |name| schema.get(name).and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
    if let Value::String(text) = value {
        let length = text.chars().count();
        return match (size("minLength"), size("maxLength")) {
            (Some(least), _) if length < least => Some(format!("{what} must not be empty")),
            (_, Some(most)) if length > most => Some(format!("{what} must have at most {most} characters")),
            _ => None,
        };
    }
    let items = value.as_array()?;
    if let Some(most) = size("maxItems").filter(|most| items.len() > *most) {
        return Some(format!("{what} must have at most {most} items"));
    }
    let each = schema.get("items")?;
    items.iter().find_map(|item| fault(&format!("each of {what}"), each, item))
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

fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => shorten(&safe(&other.to_string())),
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
            },
            "required": ["title"],
        });
        check(schema.as_object().unwrap(), given.as_object().cloned().unwrap()).map(Value::Object)
    }

    #[test]
    fn what_fits_passes_and_names_of_the_api_are_understood() {
        let given = json!({ "title": "a", "pageSize": 5, "status": null, "tags": ["x"] });
        assert_eq!(checked(given), Ok(json!({ "title": "a", "page_size": 5, "tags": ["x"] })));
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let given = json!({ "page_size": 500, "status": "opened", "colour": 1, "tags": ["a", 2] });
        let told = checked(given).unwrap_err();
        for part in [
            "`page_size` must be an integer from 1 to 100, not 500",
            "`status` must be one of open, closed, not \"opened\"",
            "there is no argument `colour`; the arguments are `page_size`, `status`, `tags`, `title`",
            "each of `tags` must be a string, not 2",
            "`title` is missing",
        ] {
            assert!(told.contains(part), "no {part:?} in {told}");
        }
        for (given, part) in [
            (json!({ "title": "" }), "must not be empty"),
            (json!({ "title": "abcd" }), "at most 3 characters"),
            (json!({ "title": {} }), "must be a string, not an object"),
            (json!({ "title": "a", "page_size": 1.5 }), "not 1.5"),
            (json!({ "title": "a", "tags": ["1", "2", "3"] }), "at most 2 items"),
        ] {
            assert!(checked(given.clone()).unwrap_err().contains(part), "{given}");
        }
    }
}
