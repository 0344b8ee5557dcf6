//! How a route is described: its name, who may use it, what it takes, and what it answers.

use serde_json::{Map, Value, json};

use super::schema::{Schema, Source};

/// The description of a route. Built by [`Operation::new`] and the methods after it.
#[derive(Debug)]
pub(crate) struct Operation {
    /// As generated clients name it.
    pub(crate) id: String,
    pub(crate) group: String,
    pub(crate) summary: String,
    pub(crate) description: Option<String>,
    pub(crate) source: Source,
    pub(crate) key: Key,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Schema>,
    /// Whether it takes an `Idempotency-Key`.
    pub(crate) once: bool,
    pub(crate) answers: Vec<Answer>,
    /// Statuses besides those that follow from the rest.
    pub(crate) refusals: Vec<u16>,
    pub(crate) links: Map<String, Value>,
}

/// Which API keys open a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// It is open to all.
    None,
    Any,
    Secret,
}

/// What is asked for in the path, the query or a header.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: &'static str,
    pub(crate) required: bool,
    pub(crate) schema: Schema,
    pub(crate) description: String,
    /// Several values in one, with commas between them.
    pub(crate) commas: bool,
    pub(crate) example: Option<Value>,
}

/// A success.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) description: &'static str,
    pub(crate) payload: Payload,
}

/// What an answer carries.
#[derive(Debug)]
pub(crate) enum Payload {
    Nothing,
    /// JSON without an envelope.
    Bare(Schema),
    /// In the envelope of a single object.
    Data(Schema),
    /// A page, in the envelope of lists.
    Page(Schema),
    /// A page that is followed by a cursor.
    Part(Schema),
    /// An event stream.
    Events(&'static str),
}

impl Parameter {
    /// In the path.
    pub(crate) fn path(name: &'static str, schema: Schema, description: impl Into<String>) -> Self {
        Self { required: true, ..Self::at("path", name, schema, description) }
    }

    /// In the query, and not needed.
    pub(crate) fn query(name: &'static str, schema: Schema, description: impl Into<String>) -> Self {
        Self::at("query", name, schema, description)
    }

    /// A header, not needed.
    pub(crate) fn header(name: &'static str, schema: Schema, description: impl Into<String>) -> Self {
        Self::at("header", name, schema, description)
    }

    fn at(place: &'static str, name: &'static str, schema: Schema, description: impl Into<String>) -> Self {
        let description = description.into();
        Self { name, place, required: false, schema, description, commas: false, example: None }
    }

    /// Needed.
    pub(crate) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// A list in one value, with commas.
    pub(crate) fn commas(self) -> Self {
        Self { commas: true, ..self }
    }

    /// With a value that works.
    pub(crate) fn example(self, value: impl Into<Value>) -> Self {
        Self { example: Some(value.into()), ..self }
    }

    pub(crate) fn json(&self) -> Value {
        let mut json = json!({ "name": self.name, "in": self.place, "description": self.description });
        if self.required {
            json["required"] = true.into();
        }
        if self.place == "query" && !self.required {
            // an empty value counts as not given
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
            once: false,
            answers: Vec::new(),
            refusals: Vec::new(),
            links: Map::new(),
        }
    }

    /// In more words.
    pub(crate) fn described(self, text: impl Into<String>) -> Self {
        Self { description: Some(text.into()), ..self }
    }

    /// Not on any page of cStar.
    pub(crate) fn ours(self) -> Self {
        self.source(Source::Ours)
    }

    pub(crate) fn source(self, source: Source) -> Self {
        Self { source, ..self }
    }

    /// Which keys open it.
    pub(crate) fn key(self, key: Key) -> Self {
        Self { key, ..self }
    }

    /// With this parameter.
    pub(crate) fn takes(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// With a JSON body of this shape.
    pub(crate) fn body(self, schema: Schema) -> Self {
        Self { body: Some(schema), ..self }
    }

    /// Done once for each `Idempotency-Key`.
    pub(crate) fn once(self) -> Self {
        Self { once: true, ..self }
    }

    /// With this success.
    pub(crate) fn answers(mut self, status: u16, description: &'static str, payload: Payload) -> Self {
        self.answers.push(Answer { status, description, payload });
        self
    }

    /// With this refusal besides the usual ones.
    pub(crate) fn refuses(mut self, status: u16) -> Self {
        self.refusals.push(status);
        self
    }

    /// Where a new object leads to: the operation `id` on the id of the answer.
    pub(crate) fn leads_to(mut self, id: &str) -> Self {
        let parameters = json!({ "team": "$request.path.team", "id": "$response.body#/data/id" });
        self.links.insert(id.to_owned(), json!({ "operationId": id, "parameters": parameters }));
        self
    }

    /// Every schema it mentions.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let parameters = self.parameters.iter().map(|parameter| &parameter.schema);
        let answers = self.answers.iter().filter_map(|answer| match &answer.payload {
            Payload::Bare(schema) | Payload::Data(schema) | Payload::Page(schema) | Payload::Part(schema) => {
                Some(schema)
            }
            Payload::Nothing | Payload::Events(_) => None,
        });
        parameters.chain(&self.body).chain(answers)
    }
}
