//! The description of a route: name, keys, parameters, body and responses.

use serde_json::{Map, Value, json};

use super::schema::{Schema, Source};

/// Built by [`Operation::new`] and the methods after it.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The name in generated clients.
    pub(crate) id: String,
    pub(crate) group: String,
    pub(crate) summary: String,
    pub(crate) description: Option<String>,
    pub(crate) source: Source,
    pub(crate) key: Key,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Schema>,
    /// Whether a request without a body is like one with `{}`.
    pub(crate) body_is_optional: bool,
    /// Whether it accepts an `Idempotency-Key`.
    pub(crate) once: bool,
    pub(crate) answers: Vec<Answer>,
    /// Error statuses beyond the derived ones.
    pub(crate) refusals: Vec<u16>,
    pub(crate) links: Map<String, Value>,
}

/// The API keys that an operation accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// No key is needed.
    None,
    Any,
    Secret,
}

/// A parameter in the path, the query or a header.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: &'static str,
    pub(crate) required: bool,
    pub(crate) schema: Schema,
    pub(crate) description: String,
    /// Whether the value is a comma-separated list.
    pub(crate) commas: bool,
    pub(crate) example: Option<Value>,
}

/// A successful response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) description: &'static str,
    pub(crate) payload: Payload,
}

/// The content of a response.
#[derive(Debug)]
pub(crate) enum Payload {
    Nothing,
    /// JSON without an envelope.
    Bare(Schema),
    /// In the envelope of a single object.
    Data(Schema),
    /// A page, in the envelope of lists.
    Page(Schema),
    /// A page with a cursor.
    Part(Schema),
    Events(&'static str),
    /// In the envelope of a single object, or CSV.
    DataOrCsv(Schema),
}

impl Parameter {
    pub(crate) fn path(name: &'static str, schema: Schema, description: impl Into<String>) -> Self {
        Self { required: true, ..Self::at("path", name, schema, description) }
    }

    /// An optional query parameter.
    pub(crate) fn query(name: &'static str, schema: Schema, description: impl Into<String>) -> Self {
        Self::at("query", name, schema, description)
    }

    /// An optional header.
    pub(crate) fn header(name: &'static str, schema: Schema, description: impl Into<String>) -> Self {
        Self::at("header", name, schema, description)
    }

    fn at(place: &'static str, name: &'static str, schema: Schema, description: impl Into<String>) -> Self {
        let description = description.into();
        Self { name, place, required: false, schema, description, commas: false, example: None }
    }

    pub(crate) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) fn commas(self) -> Self {
        Self { commas: true, ..self }
    }

    /// A value that works.
    pub(crate) fn example(self, value: impl Into<Value>) -> Self {
        Self { example: Some(value.into()), ..self }
    }

    pub(crate) fn json(&self) -> Value {
        let mut json = json!({ "name": self.name, "in": self.place, "description": self.description });
        if self.required {
            json["required"] = true.into();
        }
        if self.place == "query" && !self.required {
            // an empty value means absent
            json["allowEmptyValue"] = true.into();
        }
        if self.commas {
            json["style"] = "form".into();
            json["explode"] = false.into();
        }
        json["schema"] = self.schema.json();
        if let Some(example) = &self.example {
            json["example"] = example.clone();
        }
        json
    }
}

impl Operation {
    /// A documented operation that any key may use.
    pub(crate) fn new(id: impl Into<String>, group: impl Into<String>, summary: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            group: group.into(),
            summary: summary.into(),
            description: None,
            source: Source::Documented,
            key: Key::Any,
            parameters: Vec::new(),
            body: None,
            body_is_optional: false,
            once: false,
            answers: Vec::new(),
            refusals: Vec::new(),
            links: Map::new(),
        }
    }

    pub(crate) fn described(self, text: impl Into<String>) -> Self {
        Self { description: Some(text.into()), ..self }
    }

    /// Not documented by cStar.
    pub(crate) fn ours(self) -> Self {
        self.source(Source::Ours)
    }

    pub(crate) fn source(self, source: Source) -> Self {
        Self { source, ..self }
    }

    pub(crate) fn key(self, key: Key) -> Self {
        Self { key, ..self }
    }

    pub(crate) fn takes(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// Adds a JSON body.
    pub(crate) fn body(self, schema: Schema) -> Self {
        Self { body: Some(schema), ..self }
    }

    /// Accepts a request without a body.
    pub(crate) fn body_is_optional(self) -> Self {
        Self { body_is_optional: true, ..self }
    }

    /// Done once per `Idempotency-Key`.
    pub(crate) fn once(self) -> Self {
        Self { once: true, ..self }
    }

    /// Adds a successful response.
    pub(crate) fn answers(mut self, status: u16, description: &'static str, payload: Payload) -> Self {
        self.answers.push(Answer { status, description, payload });
        self
    }

    /// Adds an error status to the derived ones.
    pub(crate) fn refuses(mut self, status: u16) -> Self {
        self.refusals.push(status);
        self
    }

    /// Adds a link from the id in the response to the operation `id`.
    pub(crate) fn leads_to(mut self, id: &str) -> Self {
        let parameters = json!({ "team": "$request.path.team", "id": "$response.body#/data/id" });
        self.links.insert(id.to_owned(), json!({ "operationId": id, "parameters": parameters }));
        self
    }

    pub(crate) fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let parameters = self.parameters.iter().map(|parameter| &parameter.schema);
        let answers = self.answers.iter().filter_map(|answer| match &answer.payload {
            Payload::Bare(schema)
            | Payload::Data(schema)
            | Payload::Page(schema)
            | Payload::Part(schema)
            | Payload::DataOrCsv(schema) => Some(schema),
            Payload::Nothing | Payload::Events(_) => None,
        });
        parameters.chain(&self.body).chain(answers)
    }
}
