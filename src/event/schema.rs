//! Compares a payload with what cStar documents about it: the envelope of every type, and the members of `data` that a
//! page shows. Shapes that are only modelled are not compared, because a difference there is not a change of cStar.
//!
//! Only names and kinds of members leave this module, never values.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::members::members;

/// Longer names of members are shortened.
const LONGEST_NAME: usize = 64;

/// The kind of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Object,
    Array,
    Text,
    Number,
    Boolean,
    Null,
}

impl Kind {
    fn of(json: &str) -> Self {
        match json.trim_start().bytes().next() {
            Some(b'{') => Self::Object,
            Some(b'[') => Self::Array,
            Some(b'"') => Self::Text,
            Some(b't' | b'f') => Self::Boolean,
            Some(b'n') => Self::Null,
            _ => Self::Number,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Array => "array",
            Self::Text => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Null => "null",
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// How a member differs from the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SchemaChange {
    New,
    Missing,
    Retyped,
}

/// One member that differs from the documentation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct SchemaDifference {
    pub(crate) change: SchemaChange,
    /// The path, such as `data.ticket.title`. A name in it may be from the payload.
    pub(crate) member: String,
    /// The documented kind; `None` if the member is new.
    pub(crate) expected: Option<Kind>,
    /// The kind in the payload; `None` if the member is missing.
    pub(crate) found: Option<Kind>,
}

impl fmt::Display for SchemaDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |kind: Option<Kind>| kind.map_or("unknown", Kind::name);
        let (member, expected, found) = (&self.member, name(self.expected), name(self.found));
        match self.change {
            SchemaChange::New => write!(f, "new member {member} ({found})"),
            SchemaChange::Missing => write!(f, "missing member {member} ({expected})"),
            SchemaChange::Retyped => write!(f, "member {member} is {found}, documented as {expected}"),
        }
    }
}

/// A documented member.
struct Member {
    name: &'static str,
    kind: Kind,
    /// Whether every page shows it, so that it may not be missing.
    required: bool,
    /// The members of an object.
    shape: Option<&'static Shape>,
}

struct Shape {
    members: &'static [Member],
    /// Whether the pages show all members, so that others are new.
    is_complete: bool,
}

const fn required(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, required: true, shape: None }
}

const fn optional(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, required: false, shape: None }
}

const fn object(name: &'static str, required: bool, shape: &'static Shape) -> Member {
    Member { name, kind: Kind::Object, required, shape: Some(shape) }
}

/// documented: the same for every type. A webhook with a flat payload repeats members of `data` beside these, so that
/// others are not new.
static ENVELOPE: Shape = Shape {
    members: &[
        required("created_at", Kind::Text),
        required("team_id", Kind::Text),
        required("data", Kind::Object),
    ],
    is_complete: false,
};

/// documented: two current pages show different members of the ticket; what only one of them shows is optional.
static TICKET_CREATED: Shape = Shape {
    members: &[
        object(
            "ticket",
            true,
            &Shape {
                members: &[
                    required("id", Kind::Text),
                    required("title", Kind::Text),
                    required("status", Kind::Text),
                    required("priority", Kind::Text),
                    required("customer_id", Kind::Text),
                    required("created_at", Kind::Text),
                    optional("prefixed_id", Kind::Text),
                    optional("channel", Kind::Text),
                    optional("customer_name", Kind::Text),
                    optional("dashboard_url", Kind::Text),
                ],
                is_complete: true,
            },
        ),
        object(
            "customer",
            false,
            &Shape {
                members: &[
                    optional("id", Kind::Text),
                    optional("name", Kind::Text),
                    optional("email", Kind::Text),
                ],
                is_complete: true,
            },
        ),
    ],
    is_complete: true,
};

/// documented in part: the page ends within the ticket.
static TICKET_UPDATED: Shape = Shape {
    members: &[
        object(
            "ticket",
            true,
            &Shape {
                members: &[required("id", Kind::Text), optional("prefixed_id", Kind::Text)],
                is_complete: false,
            },
        ),
        required("changes", Kind::Object),
    ],
    is_complete: false,
};

/// documented in part, for an older version of the payload.
static TICKET_CLOSED: Shape = Shape {
    members: &[
        object("ticket", true, &Shape { members: &[required("id", Kind::Text)], is_complete: false }),
        optional("resolution", Kind::Object),
    ],
    is_complete: false,
};

/// What is documented of `data`.
fn data_shape(event_type: &str) -> Option<&'static Shape> {
    match event_type {
        "ticket.created" => Some(&TICKET_CREATED),
        "ticket.updated" => Some(&TICKET_UPDATED),
        "ticket.closed" => Some(&TICKET_CLOSED),
        _ => None,
    }
}

/// Every member of a body that differs from what is documented of this type. `null` is accepted for every kind, because
/// the pages do not say what may be null. A body that is not an object has no differences.
pub(crate) fn schema_differences(event_type: &str, body: &[u8]) -> Vec<SchemaDifference> {
    let mut found = Vec::new();
    let Ok(body) = std::str::from_utf8(body) else { return found };
    let Some(data) = compare(body, &ENVELOPE, "", &mut found) else { return found };
    if let (Some(shape), Kind::Object) = (data_shape(event_type), Kind::of(data.get())) {
        compare(data.get(), shape, "data.", &mut found);
    }
    found
}

/// Compares one object. Returns the value of its member `data`.
fn compare<'a>(
    json: &'a str,
    shape: &'static Shape,
    path: &str,
    found: &mut Vec<SchemaDifference>,
) -> Option<&'a RawValue> {
    let mut values: Vec<Option<&RawValue>> = shape.members.iter().map(|_| None).collect();
    let mut others: Vec<SchemaDifference> = Vec::new();
    members(json, |name, value| {
        let known = shape.members.iter().position(|member| member.name.as_bytes() == name);
        match known.and_then(|place| values.get_mut(place)) {
            // If a member is repeated, the last value counts.
            Some(slot) => *slot = Some(value),
            None if shape.is_complete => others.push(SchemaDifference {
                change: SchemaChange::New,
                member: format!("{path}{}", shown(name)),
                expected: None,
                found: Some(Kind::of(value.get())),
            }),
            None => {}
        }
    })
    .ok()?;
    for (member, value) in shape.members.iter().zip(&values) {
        let difference = |change, kind| SchemaDifference {
            change,
            member: format!("{path}{}", member.name),
            expected: Some(member.kind),
            found: kind,
        };
        match value.map(|value| (value, Kind::of(value.get()))) {
            None if member.required => found.push(difference(SchemaChange::Missing, None)),
            None | Some((_, Kind::Null)) => {}
            Some((_, kind)) if kind != member.kind => {
                found.push(difference(SchemaChange::Retyped, Some(kind)))
            }
            Some((value, _)) => {
                if let Some(nested) = member.shape {
                    compare(value.get(), nested, &format!("{path}{}.", member.name), found);
                }
            }
        }
    }
    found.append(&mut others);
    let data = shape.members.iter().position(|member| member.name == "data");
    data.and_then(|place| values.get(place).copied().flatten())
}

/// The name of a member, shortened.
fn shown(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    match name.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.into_owned(),
    }
}

#[cfg(test)]
mod tests;
