//! One member put into a JSON file that people write, comments and trailing commas included, without
//! touching anything else in it.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode};
use serde_json::Value;

/// What the programs that read these files accept: JSON with comments and trailing commas.
const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_loose_object_property_names: false,
    allow_trailing_commas: true,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};
const BYTE_ORDER_MARK: char = '\u{feff}';
const NOT_AN_OBJECT: &str = "the file is not a JSON object";

/// `text` with `path.name` set to `value`, in the indentation of the file.
///
/// # Errors
/// What is wrong with the file, if it cannot be read.
pub(super) fn put(text: &str, path: &[&str], name: &str, value: &Value) -> Result<String, String> {
    let (mark, root) = parse(text)?;
    let mut servers = root.object_value().ok_or(NOT_AN_OBJECT)?;
    for object in path {
        let empty = || servers.append(object, CstInputValue::Object(Vec::new()));
        let member = last_member(&servers, object).unwrap_or_else(empty);
        servers = member.object_value().ok_or_else(|| not_an_object(object))?;
    }
    match last_member(&servers, name) {
        // However it is laid out.
        Some(member) if is(&member, value) => {}
        Some(member) => member.set_value(input(value)),
        None => {
            servers.append(name, input(value));
        }
    }
    Ok(format!("{mark}{root}"))
}

fn is(member: &CstObjectProp, value: &Value) -> bool {
    member
        .value()
        .is_some_and(|old| serde_json::from_str::<Value>(&old.to_string()).is_ok_and(|old| old == *value))
}

/// The program and its arguments in `path.name`: in `command` and `args`, or all in `command`.
///
/// # Errors
/// What is wrong with the file, if it cannot be read.
pub(super) fn find(text: &str, path: &[&str], name: &str) -> Result<Option<Vec<String>>, String> {
    let (_, root) = parse(text)?;
    let Some(servers) = inner(&root, path)? else { return Ok(None) };
    let Some(member) = last_member(&servers, name) else { return Ok(None) };
    let entry = member.object_value().ok_or_else(|| not_an_object(name))?;
    let values = ["command", "args"].into_iter().filter_map(|name| last_member(&entry, name)?.value());
    Ok(Some(values.flat_map(|value| strings(&value)).collect()))
}

/// `text` without `path.name`.
///
/// # Errors
/// What is wrong with the file, if it cannot be read.
pub(super) fn take(text: &str, path: &[&str], name: &str) -> Result<String, String> {
    let (mark, root) = parse(text)?;
    if let Some(servers) = inner(&root, path)? {
        while let Some(member) = last_member(&servers, name) {
            member.remove();
        }
    }
    Ok(format!("{mark}{root}"))
}

/// Whether the object at `path` holds servers by name, and not in its member `nested`.
pub(super) fn has_servers_in(text: &str, path: &[&str], nested: &str) -> bool {
    let Ok((_, root)) = parse(text) else { return false };
    let Ok(Some(object)) = inner(&root, path) else { return false };
    let is_server = |member: &CstObjectProp| {
        member.object_value().is_some_and(|server| last_member(&server, "type").is_some_and(is_text))
    };
    let is_nested = last_member(&object, nested).is_some_and(|member| !is_server(&member));
    !is_nested && object.properties().iter().any(is_server)
}

fn is_text(member: CstObjectProp) -> bool {
    member.value().is_some_and(|value| value.as_string_lit().is_some())
}

fn strings(value: &CstNode) -> Vec<String> {
    let text = |value: &CstNode| value.as_string_lit()?.decoded_value().ok();
    match value.as_array() {
        Some(array) => array.elements().iter().filter_map(text).collect(),
        None => text(value).into_iter().collect(),
    }
}

/// The byte order mark, and the rest.
fn parse(text: &str) -> Result<(&str, CstRootNode), String> {
    let json = text.trim_start_matches(BYTE_ORDER_MARK);
    let mark = text.get(..text.len() - json.len()).unwrap_or_default();
    let root = CstRootNode::parse(json, &OPTIONS).map_err(|error| error.to_string().to_lowercase())?;
    Ok((mark, root))
}

fn inner(root: &CstRootNode, path: &[&str]) -> Result<Option<CstObject>, String> {
    let mut object = root.object_value().ok_or(NOT_AN_OBJECT)?;
    for name in path {
        let Some(member) = last_member(&object, name) else { return Ok(None) };
        object = member.object_value().ok_or_else(|| not_an_object(name))?;
    }
    Ok(Some(object))
}

fn not_an_object(name: &str) -> String {
    format!("`{name}` is not an object")
}

/// Of several members with one name the last one counts, as in the programs that read the file.
fn last_member(object: &CstObject, name: &str) -> Option<CstObjectProp> {
    object.properties().into_iter().rev().find(|member| member.decoded_name().as_deref() == Some(name))
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(members) => {
            CstInputValue::Object(members.iter().map(|(name, value)| (name.clone(), input(value))).collect())
        }
    }
}

#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
#[cfg(test)]
mod tests;
