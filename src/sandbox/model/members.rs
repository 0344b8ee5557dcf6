//! The members of the team (documented fields; read-only: people join by invitation, outside this API).

use serde_json::{Map, Value, json};

use super::field::{Field, Kind, NAME, count, time};
use super::resource::{Filter, Resource, Verb, now, set, text};
use super::view;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Object, Order, Selection};
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::uuid::{IdShape, Uuid};

pub(crate) static MEMBERS: Resource = Resource {
    kind: "member",
    path: "members",
    label: "Member",
    id: Some(IdShape::Prefixed("mem_")),
    fields: &[
        Field::new("userId", Kind::Text { max: NAME }).read_only(),
        Field::new("name", Kind::Text { max: NAME }).read_only(),
        Field::new("email", Kind::Text { max: NAME }).read_only(),
        Field::new("avatarUrl", Kind::Text { max: NAME }).nullable().read_only(),
        Field::new("role", Kind::Choice(&["owner", "admin", "manager", "librarian", "agent", "spectator"]))
            .read_only(),
        Field::new("roleDisplayName", Kind::Text { max: NAME }).read_only(),
        Field::new("permissions", Kind::Texts { items: 100, max: 100 }).read_only(),
        count("level"),
        count("xp"),
        time("joinedAt"),
    ],
    filters: &[Filter::new("role")],
    sorts: &[("joined", Order::Oldest)],
    writable: false,
    documented: &[Verb::List],
    created_at: "joinedAt",
    updated_at: None,
    ..Resource::DEFAULTS
};

/// The team has one person per role (names are ours, except the documented "The Hero").
struct Person {
    name: &'static str,
    role: &'static str,
    title: &'static str,
    permissions: &'static [&'static str],
    level: u32,
}

const PEOPLE: [Person; 6] = [
    Person { name: "Robin Vale", role: "owner", title: "The Hero", permissions: &["*"], level: 24 },
    Person { name: "Mina Park", role: "admin", title: "The Guardian", permissions: &["*"], level: 19 },
    Person {
        name: "Oscar Beltran",
        role: "manager",
        title: "The Captain",
        permissions: &["tickets.*", "customers.*", "members.read"],
        level: 15,
    },
    Person {
        name: "Ines Duarte",
        role: "librarian",
        title: "The Sage",
        permissions: &["articles.*", "categories.*"],
        level: 12,
    },
    Person {
        name: "Freya Holm",
        role: "agent",
        title: "The Ranger",
        permissions: &["tickets.*", "customers.read"],
        level: 9,
    },
    Person {
        name: "Kofi Mensah",
        role: "spectator",
        title: "The Bard",
        permissions: &["tickets.read"],
        level: 2,
    },
];

/// Creates the team of a new sandbox. The ids are always the same.
pub(crate) fn create_initial(change: &mut Change<'_>) -> rusqlite::Result<()> {
    for (at, person) in (1_u8..).zip(PEOPLE) {
        let mut bytes = [0; 16];
        if let Some(last) = bytes.last_mut() {
            *last = at;
        }
        let uuid = Uuid::from_bytes(bytes);
        let mut body = Body::new();
        set(&mut body, "userId", format!("usr_{}", &uuid.simple()));
        set(&mut body, "name", person.name);
        set(&mut body, "email", format!("{}@acme.example", person.name.to_lowercase().replace(' ', ".")));
        set(&mut body, "avatarUrl", Value::Null);
        set(&mut body, "role", person.role);
        set(&mut body, "roleDisplayName", person.title);
        set(&mut body, "permissions", person.permissions.to_vec());
        set(&mut body, "level", person.level);
        set(&mut body, "xp", person.level * person.level * 50);
        set(&mut body, "joinedAt", now(change));
        let index = view::index(&MEMBERS, &body);
        change.insert(MEMBERS.kind, uuid, None, body, &index)?;
    }
    Ok(())
}

/// The actor of a change, in events: the automation that makes it, or for a request with an API key the first member of
/// the team (ours).
pub(crate) fn actor(change: &Change<'_>) -> Result<Value, ApiError> {
    if let Some(cause) = &change.reactions.cause {
        return Ok(json!({ "id": cause.id, "name": cause.name, "email": null }));
    }
    let (found, _) = change.select(&Selection::first(MEMBERS.kind, Order::Oldest, 1))?;
    Ok(found.first().map_or(Value::Null, summary))
}

/// The member with an id of any shape, for an event. An unknown member has only an id.
pub(crate) fn person(tables: &Tables<'_>, id: &str) -> Result<Value, ApiError> {
    let uuid = MEMBERS.id.and_then(|shape| shape.read(id));
    let found = uuid.map(|uuid| tables.find(MEMBERS.kind, uuid)).transpose()?.flatten();
    Ok(found.map_or_else(|| json!({ "id": id, "name": null, "email": null }), |member| summary(&member)))
}

fn summary(member: &Object) -> Value {
    let members: Map<String, Value> = [
        ("id", MEMBERS.id_of(member.uuid)),
        ("name", text(&member.body, "name").to_owned()),
        ("email", text(&member.body, "email").to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.into()))
    .collect();
    Value::Object(members)
}
