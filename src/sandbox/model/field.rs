//! The fields of a resource: type, access and default.
//!
//! Validation, responses, events, seeds, imports and the OpenAPI document all use these tables.

use serde_json::{Map, Value};

use crate::sandbox::store::uuid::IdShape;

/// Built by [`Field::new`] and the methods after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) access: Access,
    pub(crate) nullable: bool,
    /// In the body of a creation.
    pub(crate) required: bool,
    pub(crate) default: Initial,
    /// Not documented by cStar.
    pub(crate) ours: bool,
}

/// The type of a field. Lengths are in characters.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Text {
        max: usize,
    },
    /// Not blank.
    Name {
        max: usize,
    },
    /// Text with an `@` inside and no white space.
    Email,
    Choice(&'static [&'static str]),
    Bool,
    Integer {
        min: i64,
        max: i64,
    },
    /// Stored with milliseconds, returned without (as in the documented samples).
    Time,
    /// A list of strings that are not blank.
    Texts {
        items: usize,
        max: usize,
    },
    /// An object with any members. An update merges into it, and `null` removes a member (documented for `metadata`).
    Object,
    /// A list of objects with any members.
    Objects {
        items: usize,
    },
    /// The id of another object.
    Id(IdShape),
    /// The name of an event type.
    EventType,
    /// Any JSON value.
    Any,
    /// An object with these members. An update replaces it.
    Record(&'static [Field]),
    /// A list of objects with these members.
    Records {
        items: usize,
        fields: &'static [Field],
    },
    /// A list of objects, each of one of these shapes.
    Variants {
        items: usize,
        shapes: &'static [Shape],
    },
}

impl Kind {
    /// What a value must be, as errors say it.
    pub(crate) fn requirement(self) -> &'static str {
        match self {
            Self::Text { .. }
            | Self::Name { .. }
            | Self::Email
            | Self::Choice(_)
            | Self::Id(_)
            | Self::EventType => "must be a string",
            Self::Any => "must be JSON",
            Self::Bool => "must be true or false",
            Self::Integer { .. } => "must be a whole number",
            Self::Time => "must be a time such as 2026-03-30T10:00:00Z",
            Self::Texts { .. } => "must be an array of texts",
            Self::Object | Self::Record(_) => "must be a JSON object",
            Self::Objects { .. } | Self::Records { .. } | Self::Variants { .. } => {
                "must be an array of JSON objects"
            }
        }
    }
}

/// The shape of an object whose `type` is this name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
}

/// Who sets a field, and where it is visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Set by creations and updates.
    Writable,
    /// Set by the sandbox.
    ReadOnly,
    /// Set by the sandbox, visible in events only.
    Hidden,
    /// Set by this sandbox only, visible nowhere: no export contains it, and no import sets it.
    Secret,
    /// Accepted by creations, but not stored in the object.
    Argument,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Initial {
    Null,
    Bool(bool),
    Integer(i64),
    Text(&'static str),
    EmptyList,
    EmptyObject,
}

impl Initial {
    pub(crate) fn value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => value.into(),
            Self::Integer(value) => value.into(),
            Self::Text(value) => value.into(),
            Self::EmptyList => Value::Array(Vec::new()),
            Self::EmptyObject => Value::Object(Map::new()),
        }
    }
}

impl Field {
    /// A writable, optional field.
    pub(crate) const fn new(name: &'static str, kind: Kind) -> Self {
        let default = match kind {
            Kind::Texts { .. } | Kind::Objects { .. } | Kind::Records { .. } | Kind::Variants { .. } => {
                Initial::EmptyList
            }
            Kind::Object | Kind::Record(_) => Initial::EmptyObject,
            Kind::Bool => Initial::Bool(false),
            Kind::Integer { .. } => Initial::Integer(0),
            _ => Initial::Null,
        };
        Self { name, kind, access: Access::Writable, nullable: false, required: false, default, ours: false }
    }

    pub(crate) const fn or(self, default: Initial) -> Self {
        Self { default, ..self }
    }

    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Accepts `null`.
    pub(crate) const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    pub(crate) const fn ours(self) -> Self {
        Self { ours: true, ..self }
    }

    pub(crate) const fn access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    pub(crate) const fn read_only(self) -> Self {
        self.access(Access::ReadOnly)
    }

    pub(crate) fn is_stored(&self) -> bool {
        self.access != Access::Argument
    }

    /// Whether responses of the API contain it.
    pub(crate) fn is_shown(&self) -> bool {
        !matches!(self.access, Access::Argument | Access::Hidden | Access::Secret)
    }
}

/// A time that the sandbox sets.
pub(crate) const fn time(name: &'static str) -> Field {
    Field::new(name, Kind::Time).read_only()
}

/// A number that the sandbox counts.
pub(crate) const fn count(name: &'static str) -> Field {
    Field::new(name, Kind::Integer { min: 0, max: i64::MAX }).read_only()
}

/// Notes, descriptions and other optional long texts.
pub(crate) const fn long_text(name: &'static str) -> Field {
    Field::new(name, Kind::Text { max: LONG }).nullable()
}

pub(crate) const TAGS: Field = Field::new("tags", Kind::Texts { items: 100, max: 100 });
pub(crate) const METADATA: Field = Field::new("metadata", Kind::Object);

/// The maximum length of a long text (all lengths are ours).
pub(crate) const LONG: usize = 100_000;
/// The maximum length of a name.
pub(crate) const NAME: usize = 255;
