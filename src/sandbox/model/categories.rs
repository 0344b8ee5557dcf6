//! Categories of the library (documented), sorted by `order`, then by name. cStar has no events for them.

use super::field::{Field, Initial, Kind, NAME, long_text, time};
use super::resource::{Filter, Resource, Verb};
use crate::sandbox::store::object::Order;
use crate::sandbox::store::uuid::IdShape;

/// The facet that lists are sorted by.
pub(crate) const PLACE: &str = "place";

/// Documented; the default of `isPublic` is ours.
pub(crate) static CATEGORIES: Resource = Resource {
    kind: "category",
    path: "categories",
    label: "Category",
    marker: Some("category"),
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
    filters: &[Filter::new("isPublic")],
    sorts: &[("order", Order::Rising(PLACE))],
    documented: &[Verb::List, Verb::Create, Verb::Delete],
    rules: &Categories,
    ..Resource::DEFAULTS
};

/// The rules are in `category_rules.rs`, because they use other resources.
pub(crate) struct Categories;
