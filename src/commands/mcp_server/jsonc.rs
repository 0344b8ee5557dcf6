//! One member put into a JSON file that people write, comments and trailing commas included, without
//! touching anything else in it.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstObjectProp, CstRootNode};
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

/// `text` with `object.name` set to `value`, in the indentation of the file.
///
/// # Errors
/// What is wrong with the file, if it cannot be read.
pub(super) fn put(text: &str, object: &str, name: &str, value: &Value) -> Result<String, String> {
    let json = text.trim_start_matches(BYTE_ORDER_MARK);
    let mark = text.get(..text.len() - json.len()).unwrap_or_default();
    let root = CstRootNode::parse(json, &OPTIONS).map_err(|error| error.to_string().to_lowercase())?;
    let top = root.object_value().ok_or("the file is not a JSON object")?;
    let empty = || top.append(object, CstInputValue::Object(Vec::new()));
    let servers = last_member(&top, object).unwrap_or_else(empty);
    let servers = servers.object_value().ok_or_else(|| format!("`{object}` is not an object"))?;
    match last_member(&servers, name) {
        Some(member) => member.set_value(input(value)),
        None => {
            servers.append(name, input(value));
        }
    }
    Ok(format!("{mark}{root}"))
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
