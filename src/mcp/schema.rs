//! The schemas of arguments and results, in a form that every client and model understands: no references, no `null`
//! for optional members, no formats that validators do not have.

use std::sync::Arc;

use rmcp::model::JsonObject;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Map, Value, json};

use crate::event;

/// The schema of arguments. It is closed, so that a misspelt name is reported instead of ignored.
pub(super) fn input_schema<T: JsonSchema>() -> Arc<JsonObject> {
    let mut schema = plain::<T>(SchemaSettings::draft2020_12());
    schema.entry("type").or_insert_with(|| json!("object"));
    schema.entry("properties").or_insert_with(|| json!({}));
    schema.insert("additionalProperties".to_owned(), json!(false));
    Arc::new(schema)
}

/// The schema of results. It is open, because cStar may send more members than its pages document.
pub(super) fn output_schema<T: JsonSchema>() -> Arc<JsonObject> {
    let mut schema = plain::<T>(SchemaSettings::draft2020_12().for_serialize());
    schema.entry("type").or_insert_with(|| json!("object"));
    Arc::new(schema)
}

fn plain<T: JsonSchema>(settings: SchemaSettings) -> JsonObject {
    let settings = settings.with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    tidy(&mut schema);
    let mut schema = schema.as_object().cloned().unwrap_or_default();
    // The names and comments of our types mean nothing to a client.
    schema.shift_remove("title");
    schema.shift_remove("description");
    schema
}

fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let format = members.get("format").and_then(Value::as_str).unwrap_or_default();
            if format.starts_with("uint") || format.starts_with("int") || format == "double" {
                members.shift_remove("format");
            }
            if let Some(Value::Array(types)) = members.get_mut("type") {
                // Optional members are omitted, never null.
                types.retain(|one| one != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    members.insert("type".to_owned(), only);
                }
            }
            if members.get("default").is_some_and(Value::is_null) {
                members.shift_remove("default");
            }
            members.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// The type of a member of a foreign object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Flag,
    /// Of texts.
    Texts,
    /// Of objects.
    Objects,
    Object,
}

/// A member of a foreign object: name, type and description.
pub(super) type Member = (&'static str, Kind, &'static str);

fn member(kind: Kind, about: &str) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string", "description": about }),
        Kind::Number => json!({ "type": "number", "description": about }),
        Kind::Flag => json!({ "type": "boolean", "description": about }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" }, "description": about }),
        Kind::Objects => json!({ "type": "array", "items": { "type": "object" }, "description": about }),
        Kind::Object => json!({ "type": "object", "description": about }),
    }
}

/// The schema of a foreign object. Any member may be absent, and there may be others; [`conform`] makes those that
/// are present fit.
fn object(description: &str, members: &[Member]) -> Value {
    let properties: Map<String, Value> =
        members.iter().map(|(name, kind, about)| ((*name).to_owned(), member(*kind, about))).collect();
    json!({ "type": "object", "description": description, "properties": properties })
}

/// The schema of a foreign object as a member of a result.
pub(super) fn object_schema(description: &str, members: &[Member]) -> Schema {
    Schema::try_from(object(description, members)).unwrap_or_default()
}

/// The schema of a list of foreign objects.
pub(super) fn list_schema(description: &str, each: &str, members: &[Member]) -> Schema {
    json_schema!({ "type": "array", "description": description, "items": object(each, members) })
}

/// Makes `value` fit its schema. A strict client rejects a whole result for one member of the wrong type, and cStar's
/// pages disagree about some types. Such a member is converted to text or removed, and `null` is removed.
pub(super) fn conform(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(members) => {
            let properties = schema.get("properties").and_then(Value::as_object);
            for (name, property) in properties.into_iter().flatten() {
                let Some(member) = members.get_mut(name) else { continue };
                if coerce(property, member) {
                    conform(property, member);
                } else {
                    members.shift_remove(name);
                }
            }
        }
        Value::Array(items) => {
            if let Some(each) = schema.get("items") {
                items.retain_mut(|item| coerce(each, item));
                items.iter_mut().for_each(|item| conform(each, item));
            }
        }
        _ => {}
    }
}

/// Converts `value` to the type of the schema; false if that is impossible.
fn coerce(schema: &Value, value: &mut Value) -> bool {
    let wanted = schema.get("type").and_then(Value::as_str);
    let fits = match (wanted, &*value) {
        (None, _)
        | (Some("boolean"), Value::Bool(_))
        | (Some("number"), Value::Number(_))
        | (Some("string"), Value::String(_))
        | (Some("array"), Value::Array(_))
        | (Some("object"), Value::Object(_)) => true,
        (Some("integer"), Value::Number(number)) => !number.is_f64(),
        _ => false,
    };
    if !fits && wanted == Some("string") && !value.is_null() {
        *value = Value::String(value.to_string());
        return true;
    }
    fits
}

/// The name of an event type of the catalogue.
pub(super) fn event_type(_: &mut schemars::SchemaGenerator) -> Schema {
    let names: Vec<&str> = event::catalogue().iter().map(|event| event.name).collect();
    json_schema!({ "type": "string", "enum": names })
}

pub(super) fn any_objects(_: &mut schemars::SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": { "type": "object" } })
}

/// Any JSON object.
pub(super) fn any_object(_: &mut schemars::SchemaGenerator) -> Schema {
    json_schema!({ "type": "object" })
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;

    use super::*;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is of interest")]
    struct Sample {
        /// How many.
        #[schemars(range(min = 1, max = 100))]
        #[serde(default = "twenty")]
        size: u32,
        #[serde(default)]
        #[schemars(with = "String")]
        name: Option<String>,
    }

    fn twenty() -> u32 {
        20
    }

    #[test]
    fn misfits_become_text_or_are_omitted() {
        let members: &[Member] = &[
            ("id", Kind::Text, ""),
            ("n", Kind::Number, ""),
            ("tags", Kind::Texts, ""),
            ("more", Kind::Objects, ""),
            ("gone", Kind::Object, ""),
        ];
        let schema = list_schema("", "", members).to_value();
        let mut value = json!([{ "id": 5, "n": "many", "tags": ["a", 1, null], "more": [{ "x": 1 }, 2], "gone": null, "new": [true] }, "odd"]);
        conform(&schema, &mut value);
        let fits = json!([{ "id": "5", "tags": ["a", "1"], "more": [{ "x": 1 }], "new": [true] }]);
        assert_eq!(value, fits);
    }

    #[test]
    fn schemas_have_no_extra_keywords() {
        let schema = Value::Object(input_schema::<Sample>().as_ref().clone());
        assert_eq!(
            schema,
            json!({
                "type": "object",
                "properties": {
                    "size": { "description": "How many.", "type": "integer", "minimum": 1, "maximum": 100, "default": 20 },
                    "name": { "type": "string" },
                },
                "additionalProperties": false,
            })
        );
    }
}
