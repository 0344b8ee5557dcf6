//! Tags: those that were created, and those that tickets, customers and articles have.
//!
//! A created tag is stored. The others follow from the objects that have them, so no count can be out of date.

use rusqlite::types::Value as Sql;

use super::field::{Access, Field, Kind, count, time};
use super::resource::{New, Resource, Rules, Verb, text};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Index};

/// The facet with the name.
pub(crate) const NAME_FACET: &str = "name";

/// Documented: `name` and `count`. A tag has no id; the path of its deletion is ours.
pub(crate) static TAG: Resource = Resource {
    kind: "tag",
    label: "Tag",
    marker: Some("tag"),
    fields: &[
        Field::new("name", Kind::Name { max: 100 }).required(),
        count("count"),
        time("createdAt").access(Access::Hidden),
    ],
    documented: &[Verb::List, Verb::Create],
    updated_at: None,
    rules: &Tags,
    ..Resource::DEFAULTS
};

struct Tags;

impl Rules for Tags {
    fn creating(&self, change: &mut Change<'_>, new: &mut New) -> Result<(), ApiError> {
        match change.count(TAG.kind, NAME_FACET, &name(&new.body))? {
            0 => Ok(()),
            _ => Err(exists()),
        }
    }

    fn index(&self, body: &Body, index: &mut Index) {
        index.multi_values.push((NAME_FACET, name(body)));
    }
}

fn name(body: &Body) -> Sql {
    Sql::Text(text(body, "name").to_owned())
}

/// Ours: cStar does not document the response to a second tag of the same name.
pub(crate) fn exists() -> ApiError {
    ApiError::conflict("name", "A tag with this name already exists.")
}
