//! Customer groups (fields documented). No documented request sets the members of a group.

use serde_json::json;

use super::field::{Field, Kind, NAME, count, long_text, time};
use super::resource::{New, Resource, Rules, Update, Verb, now, set, text};
use super::{emit, slug, view};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::{Body, Index, Object};
use crate::sandbox::store::uuid::IdShape;

/// Documented, including the page size of 25.
pub(crate) static CUSTOMER_GROUPS: Resource = Resource {
    kind: "customer_group",
    path: "customer-groups",
    label: "Customer group",
    marker: Some("customer_group"),
    id: Some(IdShape::Plain),
    fields: &[
        Field::new("name", Kind::Name { max: NAME }).required(),
        Field::new("slug", Kind::Text { max: NAME }).read_only(),
        long_text("description"),
        Field::new("externalId", Kind::Text { max: NAME }).nullable(),
        Field::new("customFields", Kind::Object),
        count("customerCount"),
        time("createdAt"),
        time("updatedAt"),
    ],
    search: &["name", "description", "externalId"],
    page_size: 25,
    documented: &[Verb::List],
    rules: &CustomerGroups,
    ..Resource::DEFAULTS
};

struct CustomerGroups;

impl Rules for CustomerGroups {
    fn creating(&self, change: &mut Change<'_>, new: &mut New) -> Result<(), ApiError> {
        let slug = slug::unique(change, CUSTOMER_GROUPS.kind, text(&new.body, "name"))?;
        set(&mut new.body, "slug", slug);
        Ok(())
    }

    fn created(&self, change: &mut Change<'_>, group: &Object, _: &Body) -> Result<(), ApiError> {
        let payload = json!({ "customer_group": view::event(&CUSTOMER_GROUPS, group) });
        Ok(emit::fire(change, "customer_group.created", &payload)?)
    }

    fn updated(&self, change: &mut Change<'_>, update: &Update<'_>) -> Result<(), ApiError> {
        let group = view::event(&CUSTOMER_GROUPS, update.after);
        let payload = json!({ "customer_group": group, "changes": update.changes });
        Ok(emit::fire(change, "customer_group.updated", &payload)?)
    }

    fn deleting(&self, change: &mut Change<'_>, group: &Object) -> Result<(), ApiError> {
        let mut deleted = view::event(&CUSTOMER_GROUPS, group);
        deleted.insert("deleted_at".to_owned(), now(change));
        Ok(emit::fire(change, "customer_group.deleted", &json!({ "customer_group": deleted }))?)
    }

    fn index(&self, body: &Body, index: &mut Index) {
        slug::facet(body, &mut index.multi_values);
    }
}
