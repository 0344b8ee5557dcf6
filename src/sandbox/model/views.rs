//! Saved views: filters and an order for the list of another resource.

use super::field::{Access, Field, Initial, Kind, NAME, time};
use super::resource::{Filter, Resource, Verb};
use crate::sandbox::store::uuid::IdShape;

/// The resources that views are of, by their names in `entityType` (documented).
pub(crate) const ENTITY_TYPES: &[&str] = &["tickets", "customers", "articles", "community_posts"];
pub(crate) const CREATED_AT: &str = "createdAt";

/// List and creation are documented, and so are the members, except for the names of the two that sort.
pub(crate) static VIEWS: Resource = Resource {
    kind: "view",
    path: "views",
    label: "View",
    id: Some(IdShape::Prefixed("view_")),
    fields: &[
        Field::new("name", Kind::Name { max: NAME }).required(),
        Field::new("entityType", Kind::Choice(ENTITY_TYPES)).required(),
        Field::new("filters", Kind::Object),
        Field::new("sortField", Kind::Name { max: NAME }).or(Initial::Text(CREATED_AT)).ours(),
        Field::new("sortDirection", Kind::Choice(&["asc", "desc"])).or(Initial::Text("desc")).ours(),
        Field::new("visibility", Kind::Choice(&["private", "team"])).or(Initial::Text("private")),
        time(CREATED_AT).access(Access::Hidden),
        time("updatedAt").access(Access::Hidden),
    ],
    filters: &[Filter::new("entityType")],
    documented: &[Verb::List, Verb::Create],
    ..Resource::DEFAULTS
};
