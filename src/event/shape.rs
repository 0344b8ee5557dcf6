//! The shape of each event: its members with their types, and where each fact is from. Everything that describes events
//! to a program is made from it: the JSON schema, the types of `cstar types`, and `webhooks` in the OpenAPI document.

mod documented;
mod observed;
mod schema;
mod templates;
#[cfg(test)]
mod tests;

pub(crate) use observed::Observations;
pub(crate) use schema::{Dialect, event_schema, schema_name, unknown_schema};
pub(crate) use templates::event_shapes;

/// Where a fact is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A page of cStar shows it.
    Documented,
    /// Ours, modelled on the documented REST fields.
    Modelled,
    /// Seen in the events of the user.
    Observed,
}

impl Source {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Modelled => "modelled",
            Self::Observed => "observed",
        }
    }
}

/// An event type with the shape of its `data`.
#[derive(Clone, Debug)]
pub(crate) struct EventShape {
    /// The event type, such as `ticket.created`.
    pub(crate) name: String,
    /// `None` for a type that is not in the catalogue.
    pub(crate) description: Option<&'static str>,
    pub(crate) coverage: Coverage,
    pub(crate) data: Shape,
}

/// How much of an event is documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// All members: objects have the listed members and no others.
    Full,
    /// Some members.
    Partial,
    /// None.
    Nothing,
    /// None, not even the type.
    UnknownType,
}

impl Coverage {
    /// Whether objects may have other members than the listed ones.
    pub(crate) fn is_open(self) -> bool {
        self != Self::Full
    }

    /// The source of a member that has no mark of its own.
    pub(crate) fn source(self) -> Source {
        match self {
            Self::Full => Source::Documented,
            Self::Partial | Self::Nothing => Source::Modelled,
            Self::UnknownType => Source::Observed,
        }
    }

    /// A remark for people who read the types.
    pub(crate) fn remark(self) -> &'static str {
        match self {
            Self::Full => "documented by cStar",
            Self::Partial => "documented by cStar in part; members without a mark are modelled",
            Self::Nothing => "modelled, not documented by cStar",
            Self::UnknownType => "observed in your events, not documented by cStar",
        }
    }
}

/// The type of a JSON value. Several kinds are alternatives; without one, any value is allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) is_null: bool,
    pub(crate) is_boolean: bool,
    pub(crate) number: Option<Number>,
    pub(crate) text: Option<Text>,
    /// The shape of the items.
    pub(crate) list: Option<Box<Shape>>,
    pub(crate) object: Option<Object>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    Integer,
    Decimal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    Plain,
    /// ISO 8601.
    Time,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    Members(Vec<Member>),
    /// Names that differ from event to event, with values of one shape.
    Map(Box<Shape>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) is_required: bool,
    pub(crate) source: Source,
}

/// One alternative of a [`Shape`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind<'a> {
    Null,
    Boolean,
    Integer,
    Decimal,
    Text,
    Time,
    List(&'a Shape),
    Members(&'a [Member]),
    Map(&'a Shape),
}

impl Shape {
    pub(crate) fn kinds(&self) -> Vec<Kind<'_>> {
        let text = self.text.map(|text| match text {
            Text::Plain => Kind::Text,
            Text::Time => Kind::Time,
        });
        let number = self.number.map(|number| match number {
            Number::Integer => Kind::Integer,
            Number::Decimal => Kind::Decimal,
        });
        let object = self.object.as_ref().map(|object| match object {
            Object::Members(members) => Kind::Members(members),
            Object::Map(values) => Kind::Map(values),
        });
        let boolean = self.is_boolean.then_some(Kind::Boolean);
        let list = self.list.as_deref().map(Kind::List);
        let null = self.is_null.then_some(Kind::Null);
        text.into_iter().chain(number).chain(boolean).chain(list).chain(object).chain(null).collect()
    }

    /// The only alternative beside null, and whether null is one. `None` if there are several or none.
    pub(crate) fn single(&self) -> Option<(Kind<'_>, bool)> {
        let mut kinds = self.kinds();
        kinds.retain(|kind| !matches!(kind, Kind::Null));
        match kinds.as_slice() {
            [kind] => Some((*kind, self.is_null)),
            _ => None,
        }
    }

    fn of_text(text: Text) -> Self {
        Self { text: Some(text), ..Self::default() }
    }

    fn of_object(object: Object) -> Self {
        Self { object: Some(object), ..Self::default() }
    }

    fn of_list(items: Self) -> Self {
        Self { list: Some(Box::new(items)), ..Self::default() }
    }

    /// Whether a value may be anything.
    pub(crate) fn is_any(&self) -> bool {
        *self == Self::default()
    }
}
