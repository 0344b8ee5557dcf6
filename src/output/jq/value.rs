//! Values of a program, and JSON.

use jaq_core::data::JustLut;
use jaq_core::{Error, ValT as _};
use jaq_json::Val;
use jaq_std::ValT as _;
use serde_json::Value;

/// What the functions of a program get besides their arguments: nothing.
pub(super) type Data = JustLut<Val>;

/// The value that a program works on. The depth is that of `value`, which serde_json limits.
pub(super) fn to_val(value: &Value) -> Val {
    match value {
        Value::Null => Val::Null,
        Value::Bool(bool) => Val::Bool(*bool),
        Value::Number(number) => to_num(number),
        Value::String(text) => Val::from(text.clone()),
        Value::Array(items) => items.iter().map(to_val).collect(),
        Value::Object(members) => {
            Val::obj(members.iter().map(|(name, value)| (Val::from(name.clone()), to_val(value))).collect())
        }
    }
}

fn to_num(number: &serde_json::Number) -> Val {
    match number.as_i64().and_then(|whole| isize::try_from(whole).ok()) {
        Some(whole) => Val::from(whole),
        // The result is always a number.
        None => Val::from_num(&number.to_string()).unwrap_or_default(),
    }
}

/// As JSON; what JSON does not have becomes what jq prints for it: no number is `null`, infinity the largest number.
pub(super) fn to_value(val: &Val) -> Value {
    match val {
        Val::Null => Value::Null,
        Val::Bool(bool) => Value::Bool(*bool),
        Val::Num(number) => to_number(number),
        Val::BStr(text) | Val::TStr(text) => Value::String(String::from_utf8_lossy(text).into_owned()),
        Val::Arr(items) => items.iter().map(to_value).collect(),
        Val::Obj(members) => {
            let name = |name: &Val| match to_value(name) {
                Value::String(name) => name,
                other => other.to_string(),
            };
            Value::Object(members.iter().map(|(key, value)| (name(key), to_value(value))).collect())
        }
    }
}

fn to_number(number: &jaq_json::Num) -> Value {
    let text = number.to_string();
    serde_json::from_str(&text).unwrap_or_else(|_| match text.strip_prefix('-') {
        _ if text == "NaN" => Value::Null,
        Some(_) => f64::MIN.into(),
        None => f64::MAX.into(),
    })
}

/// The text of a string.
pub(super) fn text(value: &Val) -> Result<&str, Error<Val>> {
    let bytes = value.as_utf8_bytes().ok_or_else(|| Error::typ(value.clone(), "string"))?;
    str::from_utf8(bytes).map_err(Error::str)
}
