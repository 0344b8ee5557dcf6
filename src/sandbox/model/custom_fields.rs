//! Definitions of custom fields. The values that objects have in `customFields` are not compared with them: cStar
//! documents no validation.

use rusqlite::types::Value as Sql;
use serde_json::Value;

use super::field::{Access, Field, Initial, Kind, NAME, time};
use super::resource::{Filter, New, Resource, Rules, Verb, set, text};
use super::slug;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Index, Object, Order};
use crate::sandbox::store::uuid::IdShape;

const ENTITY_TYPE: &str = "entityType";
const POSITION: &str = "position";
/// The facet with the entity type and the key.
const KEY_FACET: &str = "entityKey";

/// Members and list are documented; which of them a creation requires is ours.
pub(crate) static CUSTOM_FIELDS: Resource = Resource {
    kind: "custom_field",
    path: "custom-fields",
    label: "Custom field",
    id: Some(IdShape::Prefixed("cf_")),
    fields: &[
        Field::new("name", Kind::Name { max: NAME }).required(),
        Field::new("key", Kind::Name { max: 100 }),
        Field::new("type", Kind::Choice(&["text", "number", "select", "multiselect", "date", "boolean"]))
            .required(),
        Field::new(ENTITY_TYPE, Kind::Choice(&["tickets", "customers"])).required(),
        Field::new("required", Kind::Bool),
        Field::new("options", Kind::Texts { items: 200, max: NAME }),
        Field::new(POSITION, Kind::Integer { min: 0, max: 1_000_000 }).or(Initial::Null),
        time("createdAt").access(Access::Hidden),
        time("updatedAt").access(Access::Hidden),
    ],
    filters: &[Filter::new(ENTITY_TYPE)],
    sorts: &[(POSITION, Order::Rising(POSITION))],
    documented: &[Verb::List, Verb::Create],
    rules: &CustomFields,
    ..Resource::DEFAULTS
};

struct CustomFields;

impl Rules for CustomFields {
    /// Without a key the name becomes one, without a position the field comes last (both ours).
    fn creating(&self, change: &mut Change<'_>, new: &mut New) -> Result<(), ApiError> {
        if text(&new.body, "key").is_empty() {
            let key = slug::from_title(text(&new.body, "name")).replace('-', "_");
            set(&mut new.body, "key", key);
        }
        if new.body.get(POSITION).is_none_or(Value::is_null) {
            let entity = Sql::Text(text(&new.body, ENTITY_TYPE).to_owned());
            let others = change.count(CUSTOM_FIELDS.kind, ENTITY_TYPE, &entity)?;
            set(&mut new.body, POSITION, others);
        }
        refuse_double(change, &new.body)
    }

    fn updating(&self, change: &mut Change<'_>, before: &Object, after: &mut Body) -> Result<(), ApiError> {
        if key(&before.body) == key(after) { Ok(()) } else { refuse_double(change, after) }
    }

    fn index(&self, body: &Body, index: &mut Index) {
        index.multi_values.push((KEY_FACET, key(body)));
        index.sort_keys.extend(body.get(POSITION).and_then(super::view::sql).map(|value| (POSITION, value)));
    }
}

fn key(body: &Body) -> Sql {
    Sql::Text(format!("{} {}", text(body, ENTITY_TYPE), text(body, "key")))
}

/// Ours: two fields of an entity type do not have the same key.
fn refuse_double(change: &Change<'_>, body: &Body) -> Result<(), ApiError> {
    match change.count(CUSTOM_FIELDS.kind, KEY_FACET, &key(body))? {
        0 => Ok(()),
        _ => Err(ApiError::conflict("key", "A custom field with this key already exists.")),
    }
}
