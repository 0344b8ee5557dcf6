//! Categories of the library (documented): in their order, then by name. cStar has no events for them.

use rusqlite::types::Value as Sql;
use serde_json::Value;

use super::articles::{ARTICLES, CATEGORY_ID};
use super::field::{Field, Initial, Kind, NAME, long_text, time};
use super::operations;
use super::resource::{Filter, New, Resource, Rules, Verb, set, text};
use super::slug;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::tables::{Body, Index, Object, Order};
use crate::sandbox::store::uuid::IdShape;

/// The facet that lists are sorted by.
const PLACE: &str = "place";

/// documented; the default of `isPublic` is ours.
pub(crate) static CATEGORIES: Resource = Resource {
    kind: "category",
    path: "categories",
    label: "Category",
    marker: Some("category"),
    parent: None,
    id: Some(IdShape::Plain),
    fields: &[
        Field::new("name", Kind::Name { max: NAME }).required(),
        Field::new("slug", Kind::Text { max: NAME }).read_only(),
        long_text("description"),
        Field::new("icon", Kind::Text { max: NAME }).nullable(),
        Field::new("color", Kind::Text { max: NAME }).nullable(),
        Field::new("sortOrder", Kind::Integer { min: -1_000_000, max: 1_000_000 }),
        Field::new("isPublic", Kind::Bool).or(Initial::Bool(true)),
        time("createdAt"),
        time("updatedAt"),
    ],
    filters: &[Filter::of("isPublic")],
    search: &[],
    sorts: &[("order", Order::Rising(PLACE))],
    expansions: &[],
    page_size: 20,
    writable: true,
    documented: &[Verb::List, Verb::Create, Verb::Delete],
    inlined: &[],
    created_at: "createdAt",
    updated_at: Some("updatedAt"),
    rules: &Categories,
};

struct Categories;

impl Rules for Categories {
    fn creating(&self, change: &mut Change<'_>, new: &mut New) -> Result<(), ApiError> {
        let slug = slug::unique(change, CATEGORIES.kind, text(&new.body, "name"))?;
        set(&mut new.body, "slug", slug);
        Ok(())
    }

    /// documented: the articles stay and lose their category. They were not edited, so no event is fired (ours).
    fn deleting(&self, change: &mut Change<'_>, category: &Object) -> Result<(), ApiError> {
        let id = Sql::Text(category.uuid.to_string());
        for before in change.with(ARTICLES.kind, CATEGORY_ID, &id)? {
            let mut after = before.clone();
            set(&mut after.body, CATEGORY_ID, Value::Null);
            operations::store(change, &ARTICLES, &before, &after)?;
        }
        Ok(())
    }

    fn index(&self, body: &Body, index: &mut Index) {
        slug::facet(body, &mut index.multi_values);
        index.multi_values.push(("name", Sql::Text(text(body, "name").to_owned())));
        let order = body.get("sortOrder").and_then(Value::as_i64).unwrap_or_default();
        // as text that sorts as the number does
        let place = format!("{:010} {}", order + 1_000_000_000, text(body, "name").to_lowercase());
        index.sort_keys.push((PLACE, Sql::Text(place)));
    }
}
