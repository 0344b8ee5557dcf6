//! Builds JSON schemas (draft 2020-12). A named schema is in the components of the document once, and every use refers
//! to it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Unicode white space, for use in a character class: `\s` differs between languages.
pub(crate) const WHITE: &str = r"\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";

/// Where a fact is from: the public documentation of cStar, or this project where the documentation has nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Documented,
    Ours,
}

impl Source {
    pub(crate) const KEYWORD: &'static str = "x-cstar-source";
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Ours => "ours",
        }
    }
}

/// The keyword with the members that the sandbox always sends although a documented sample lacks them.
pub(crate) const ALWAYS_HERE: &str = "x-cstar-sandbox-required";

/// A schema, with the named schemas that it refers to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema {
    keywords: Map<String, Value>,
    pub(crate) named: BTreeMap<String, Value>,
}

#[derive(Clone, Debug)]
pub(crate) struct Member {
    name: &'static str,
    schema: Schema,
    presence: Presence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Always,
    /// Always in the sandbox, not in every documented sample.
    Here,
    Sometimes,
}

/// A required member.
pub(crate) fn member(name: &'static str, schema: Schema) -> Member {
    Member { name, schema, presence: Presence::Always }
}

impl Member {
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn optional(self) -> Self {
        Self { presence: Presence::Sometimes, ..self }
    }

    /// The sandbox always has it, but a documented sample does not.
    pub(crate) fn here(self) -> Self {
        Self { presence: Presence::Here, ..self }
    }

    /// Not documented by cStar.
    pub(crate) fn ours(self) -> Self {
        Self { schema: self.schema.with(Source::KEYWORD, Source::Ours.as_str()), ..self }
    }
}

impl Schema {
    /// Any JSON value.
    pub(crate) fn any() -> Self {
        Self::default()
    }

    fn of_type(name: &str) -> Self {
        Self::any().with("type", name)
    }

    pub(crate) fn string() -> Self {
        Self::of_type("string")
    }

    pub(crate) fn count_from(min: i64) -> Self {
        Self::of_type("integer").with("minimum", min)
    }

    pub(crate) fn integer(min: i64, max: i64) -> Self {
        Self::count_from(min).with("maximum", max)
    }

    pub(crate) fn number() -> Self {
        Self::of_type("number")
    }

    pub(crate) fn boolean() -> Self {
        Self::of_type("boolean")
    }

    /// A time in UTC.
    pub(crate) fn time() -> Self {
        Self::string().with("format", "date-time")
    }

    pub(crate) fn choice(words: &[&str]) -> Self {
        Self::string().with("enum", words)
    }

    pub(crate) fn constant(value: impl Into<Value>) -> Self {
        Self::any().with("const", value.into())
    }

    pub(crate) fn list(items: Self) -> Self {
        let mut list = Self::of_type("array");
        let items = list.adopted(items);
        list.with("items", items)
    }

    pub(crate) fn any_of(choices: impl IntoIterator<Item = Self>) -> Self {
        let mut schema = Self::any();
        let choices: Vec<Value> = choices.into_iter().map(|choice| schema.adopted(choice)).collect();
        schema.with("anyOf", choices)
    }

    /// Any JSON object. It says so explicitly: without that, generators for TypeScript make one that is always empty.
    pub(crate) fn free_object() -> Self {
        Self::of_type("object").with("additionalProperties", true)
    }

    /// An object with these members, and possibly others.
    pub(crate) fn object(members: impl IntoIterator<Item = Member>) -> Self {
        let mut schema = Self::of_type("object");
        let (mut properties, mut required, mut here) = (Map::new(), Vec::new(), Vec::new());
        for member in members {
            properties.insert(member.name.to_owned(), schema.adopted(member.schema));
            match member.presence {
                Presence::Always => required.push(member.name),
                Presence::Here => here.push(member.name),
                Presence::Sometimes => {}
            }
        }
        schema = schema.with("properties", properties);
        if !required.is_empty() {
            schema = schema.with("required", required);
        }
        if here.is_empty() { schema } else { schema.with(ALWAYS_HERE, here) }
    }

    /// Adds a keyword.
    pub(crate) fn with(mut self, keyword: &str, value: impl serde::Serialize) -> Self {
        self.keywords.insert(keyword.to_owned(), json!(value));
        self
    }

    /// Adds a pattern in the syntax of ECMA 262.
    pub(crate) fn pattern(self, pattern: &str) -> Self {
        self.with("pattern", pattern)
    }

    /// In characters.
    pub(crate) fn length(self, min: usize, max: usize) -> Self {
        let schema = if min == 0 { self } else { self.with("minLength", min) };
        schema.with("maxLength", max)
    }

    pub(crate) fn described(self, text: impl Into<String>) -> Self {
        self.with("description", text.into())
    }

    /// Requires a character that is not white space.
    pub(crate) fn not_blank(self) -> Self {
        self.pattern(&format!("[^{WHITE}]"))
    }

    /// Accepts `null` too.
    pub(crate) fn or_null(mut self) -> Self {
        if let Some(kind @ Value::String(_)) = self.keywords.get("type").cloned() {
            self.keywords.insert("type".to_owned(), json!([kind, "null"]));
            if let Some(Value::Array(words)) = self.keywords.get_mut("enum") {
                words.push(Value::Null);
            }
            return self;
        }
        Self::any_of([self, Self::of_type("null")])
    }

    /// Moves the schema to the components under a name, and returns a reference to it.
    pub(crate) fn named(self, name: &str) -> Self {
        let mut reference = Self::any().with("$ref", format!("#/components/schemas/{name}"));
        reference.named = self.named;
        reference.named.insert(name.to_owned(), Value::Object(self.keywords));
        reference
    }

    /// The JSON of a nested schema. Its named schemas are added to those of `self`.
    fn adopted(&mut self, inner: Self) -> Value {
        self.named.extend(inner.named);
        Value::Object(inner.keywords)
    }

    /// As JSON, without the named schemas that it refers to.
    pub(crate) fn json(&self) -> Value {
        Value::Object(self.keywords.clone())
    }
}
