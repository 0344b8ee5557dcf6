//! Writes shapes as JSON Schema, draft 2020-12.

use serde_json::{Map, Value, json};

use super::{Coverage, EventShape, Kind, Member, Shape, Source};

/// Where a schema is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// In a file of its own.
    File,
    /// In the OpenAPI document, which calls everything `ours` that is not documented.
    OpenApi,
}

impl Dialect {
    fn source(self, source: Source) -> &'static str {
        match (self, source) {
            (Self::OpenApi, Source::Modelled | Source::Observed) => "ours",
            _ => source.label(),
        }
    }
}

/// The keyword with the source of a schema.
const SOURCE: &str = "x-cstar-source";

/// The name of the schema of an event type: `TicketCreatedEvent`.
pub(crate) fn schema_name(event_type: &str) -> String {
    let words = event_type.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut name = String::new();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.extend(letters);
    }
    name + "Event"
}

/// The schema of a whole event of this type.
pub(crate) fn event_schema(event: &EventShape, dialect: Dialect) -> Value {
    let writer = SchemaWriter { coverage: event.coverage, dialect };
    let mut data = writer.schema(&event.data);
    data.insert(SOURCE.to_owned(), dialect.source(event.coverage.source()).into());
    let mut description = event.description.map(|text| capitalized(text) + ". ").unwrap_or_default();
    description += &format!("`data` is {}.", event.coverage.remark());
    let mut schema = envelope(json!({ "const": event.name }), data.into());
    schema["description"] = description.into();
    schema
}

/// The schema of an event whose type is not in `known`.
pub(crate) fn unknown_schema(known: &[&str]) -> Value {
    let mut schema = envelope(
        json!({ "type": "string", "not": { "enum": known } }),
        json!({ "type": "object", "additionalProperties": true }),
    );
    schema["description"] = "An event of a type that these schemas do not have, such as a new one.".into();
    schema
}

/// documented: the members of the envelope. All samples of 2026 have all of them.
fn envelope(event_type: Value, data: Value) -> Value {
    json!({
        "type": "object",
        "required": ["id", "type", "created_at", "team_id", "data"],
        "properties": {
            "id": { "type": "string" },
            "type": event_type,
            "created_at": { "type": "string", "format": "date-time" },
            "team_id": { "type": "string" },
            "data": data,
        },
    })
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

struct SchemaWriter {
    coverage: Coverage,
    dialect: Dialect,
}

impl SchemaWriter {
    /// Keywords apply to their own kind of value only, so one object holds all alternatives.
    fn schema(&self, shape: &Shape) -> Map<String, Value> {
        let mut keywords = Map::new();
        let mut types: Vec<&str> = Vec::new();
        for kind in shape.kinds() {
            types.push(type_name(kind));
            match kind {
                Kind::Time => {
                    keywords.insert("format".to_owned(), "date-time".into());
                }
                Kind::List(items) => {
                    keywords.insert("items".to_owned(), self.schema(items).into());
                }
                Kind::Map(values) => {
                    keywords.insert("additionalProperties".to_owned(), self.schema(values).into());
                }
                Kind::Members(members) => self.members(members, &mut keywords),
                _ => {}
            }
        }
        let mut schema = Map::new();
        match types.as_slice() {
            [] => {}
            [one] => drop(schema.insert("type".to_owned(), (*one).into())),
            _ => drop(schema.insert("type".to_owned(), types.into())),
        }
        schema.extend(keywords);
        schema
    }

    fn members(&self, members: &[Member], keywords: &mut Map<String, Value>) {
        let required: Vec<&str> =
            members.iter().filter(|member| member.is_required).map(|member| member.name.as_str()).collect();
        if !required.is_empty() {
            keywords.insert("required".to_owned(), required.into());
        }
        let one = |member: &Member| {
            let mut schema = self.schema(&member.shape);
            let (base, own) =
                (self.dialect.source(self.coverage.source()), self.dialect.source(member.source));
            if own != base {
                schema.insert(SOURCE.to_owned(), own.into());
            }
            (member.name.clone(), Value::Object(schema))
        };
        keywords.insert("properties".to_owned(), members.iter().map(one).collect::<Map<_, _>>().into());
        if self.coverage.is_open() {
            keywords.insert("additionalProperties".to_owned(), true.into());
        }
    }
}

fn type_name(kind: Kind<'_>) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::Boolean => "boolean",
        Kind::Integer => "integer",
        Kind::Decimal => "number",
        Kind::Text | Kind::Time => "string",
        Kind::List(_) => "array",
        Kind::Members(_) | Kind::Map(_) => "object",
    }
}
