//! What a member of a resource is: its type, who may set it, and what it is when it is not set.
//!
//! Validation, answers, events, seeds and imports all follow these tables.

use serde_json::{Map, Value};

use crate::sandbox::store::uuid::IdShape;

/// A member of a resource. Built by [`Field::new`] and the methods after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// As the REST API names it.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) access: Access,
    /// Whether it may be `null`.
    pub(crate) nullable: bool,
    /// Whether a creation must name it.
    pub(crate) required: bool,
    pub(crate) default: Initial,
    /// Whether no page of cStar shows it.
    pub(crate) ours: bool,
}

/// What a value has to be. Lengths are in characters.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Any text.
    Text {
        max: usize,
    },
    /// Text that is not blank.
    Name {
        max: usize,
    },
    /// Something with an `@` inside and no blanks.
    Email,
    /// One of these words.
    Choice(&'static [&'static str]),
    Bool,
    Integer {
        min: i64,
        max: i64,
    },
    /// Kept to the millisecond, shown to the second (documented samples).
    Time,
    /// A list of texts that are not blank.
    Texts {
        items: usize,
        max: usize,
    },
    /// Free members. An update changes those it names and clears those it sets to `null` (documented for
    /// `metadata`).
    Object,
    /// A list of free objects.
    Objects {
        items: usize,
    },
    /// The id of another object, in the shape that is shown.
    Id(IdShape),
}

/// Who sets a member, and who sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Set by creations and updates.
    Writable,
    /// Set by the sandbox.
    ReadOnly,
    /// Set by the sandbox and shown in events only.
    Hidden,
    /// Taken by creations and kept elsewhere.
    Argument,
}

/// What a member is unless something else is said.
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
    /// As JSON.
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
    /// A writable member that need not be given.
    pub(crate) const fn new(name: &'static str, kind: Kind) -> Self {
        let default = match kind {
            Kind::Texts { .. } | Kind::Objects { .. } => Initial::EmptyList,
            Kind::Object => Initial::EmptyObject,
            Kind::Bool => Initial::Bool(false),
            Kind::Integer { .. } => Initial::Integer(0),
            _ => Initial::Null,
        };
        Self { name, kind, access: Access::Writable, nullable: false, required: false, default, ours: false }
    }

    /// With this value when none is given.
    pub(crate) const fn or(self, default: Initial) -> Self {
        Self { default, ..self }
    }

    /// Needed by every creation.
    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// `null` is a value, and the one it has at first.
    pub(crate) const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// Not on any page of cStar.
    pub(crate) const fn ours(self) -> Self {
        Self { ours: true, ..self }
    }

    /// Set by others.
    pub(crate) const fn access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    /// Set by the sandbox.
    pub(crate) const fn read_only(self) -> Self {
        self.access(Access::ReadOnly)
    }

    /// Whether the stored object has it.
    pub(crate) fn is_stored(&self) -> bool {
        self.access != Access::Argument
    }

    /// Whether answers show it.
    pub(crate) fn is_shown(&self) -> bool {
        !matches!(self.access, Access::Argument | Access::Hidden)
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

/// Notes, descriptions and other long texts that need not be there.
pub(crate) const fn long_text(name: &'static str) -> Field {
    Field::new(name, Kind::Text { max: LONG }).nullable()
}

/// Labels.
pub(crate) const TAGS: Field = Field::new("tags", Kind::Texts { items: 100, max: 100 });
/// Free members for the caller's own use.
pub(crate) const METADATA: Field = Field::new("metadata", Kind::Object);

/// The longest long text (ours, as all lengths).
pub(crate) const LONG: usize = 100_000;
/// The longest name.
pub(crate) const NAME: usize = 255;
