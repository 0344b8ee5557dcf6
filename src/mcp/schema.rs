//! The schemas that clients are shown, in the plain form that every client and model understands: no
//! references, no `null` for what may simply be left out, no formats that validators do not know.

use std::sync::Arc;

use rmcp::model::JsonObject;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Map, Value, json};

use crate::event;

/// Of arguments: closed, so that a misspelt name is told instead of ignored.
pub(super) fn of_input<T: JsonSchema>() -> Arc<JsonObject> {
    let mut schema = plain::<T>(SchemaSettings::draft2020_12());
    schema.entry("type").or_insert_with(|| json!("object"));
    schema.entry("properties").or_insert_with(|| json!({}));
    schema.insert("additionalProperties".to_owned(), json!(false));
    Arc::new(schema)
}

/// Of results: open, since what cStar sends may have more members than its pages show.
pub(super) fn of_output<T: JsonSchema>() -> Arc<JsonObject> {
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
    // The name and the documentation of a type of ours tell a client nothing.
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
                // Left out rather than null, in arguments and results alike.
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

/// An object whose members are described but not constrained: pages of cStar disagree about some, and a
/// strict client must not refuse a whole result for one of them.
pub(super) fn object(description: &str, members: &[(&str, &str)]) -> Value {
    let properties: Map<String, Value> =
        members.iter().map(|(name, about)| ((*name).to_owned(), json!({ "description": about }))).collect();
    json!({ "type": "object", "description": description, "properties": properties })
}

/// As a member of a result.
pub(super) fn object_schema(description: &str, members: &[(&str, &str)]) -> Schema {
    Schema::try_from(object(description, members)).unwrap_or_default()
}

/// A list of them.
pub(super) fn list_schema(description: &str, each: &str, members: &[(&str, &str)]) -> Schema {
    json_schema!({ "type": "array", "description": description, "items": object(each, members) })
}

/// The name of an event type, one of the catalogue.
pub(super) fn event_type(_: &mut schemars::SchemaGenerator) -> Schema {
    let names: Vec<&str> = event::catalogue().iter().map(|event| event.name).collect();
    json_schema!({ "type": "string", "enum": names })
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
    fn schemas_are_plain() {
        let schema = Value::Object(of_input::<Sample>().as_ref().clone());
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
