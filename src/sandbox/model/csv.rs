//! Objects as CSV (RFC 4180). cStar documents only that exports have this format: the columns and the form of the values
//! are ours.

use serde_json::{Map, Value};

use super::resource::Resource;

/// The first line: the names of the members, in the order of responses.
pub(crate) fn header(resource: &Resource) -> String {
    columns(resource).collect::<Vec<_>>().join(",") + "\r\n"
}

pub(crate) fn row(resource: &Resource, item: &Map<String, Value>) -> String {
    let cells = columns(resource).map(|name| item.get(name).map(cell).unwrap_or_default());
    cells.collect::<Vec<_>>().join(",") + "\r\n"
}

fn columns(resource: &Resource) -> impl Iterator<Item = &'static str> {
    let fields = resource.fields.iter().filter(|field| field.is_shown()).map(|field| field.name);
    let id = resource.id.map(|_| "id");
    id.into_iter().chain(resource.marker.map(|_| "object")).chain(fields)
}

/// `null` is empty; lists and objects are JSON.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => quoted(&harmless(text)),
        other => quoted(&other.to_string()),
    }
}

/// A spreadsheet runs a text that begins like a formula, and titles come from strangers. An apostrophe makes it a text.
fn harmless(text: &str) -> String {
    let apostrophe = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("{apostrophe}{text}")
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ') {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn csv_cells_are_quoted_and_harmless() {
        for (value, expected) in [
            (json!(null), ""),
            (json!(3), "3"),
            (json!(false), "false"),
            (json!("plain"), "plain"),
            (json!(" padded"), "\" padded\""),
            (json!("a,b"), "\"a,b\""),
            (json!("a \"b\"\nc"), "\"a \"\"b\"\"\nc\""),
            (json!("=1+1"), "'=1+1"),
            (json!("-5, cold"), "\"'-5, cold\""),
            (json!("@x"), "'@x"),
            (json!(["a", "b"]), "\"[\"\"a\"\",\"\"b\"\"]\""),
            (json!({}), "{}"),
        ] {
            assert_eq!(cell(&value), expected, "{value}");
        }
    }
}
