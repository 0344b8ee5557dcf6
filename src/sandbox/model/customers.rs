//! Customers (documented): one for each email address of a team.

use super::field::{Field, Initial, Kind, METADATA, NAME, TAGS, count, long_text, time};
use super::resource::{Filter, Resource, Verb};
use crate::sandbox::store::uuid::IdShape;

/// Documented. Two pages list different values of `sentiment`: all of them are accepted.
pub(crate) static CUSTOMERS: Resource = Resource {
    kind: "customer",
    path: "customers",
    label: "Customer",
    marker: Some("customer"),
    id: Some(IdShape::Prefixed("cus_")),
    fields: &[
        Field::new("name", Kind::Name { max: NAME }).required(),
        Field::new("email", Kind::Email).required(),
        Field::new(
            "sentiment",
            Kind::Choice(&["happy", "neutral", "frustrated", "angry", "positive", "negative"]),
        )
        .or(Initial::Text("neutral")),
        Field::new("status", Kind::Choice(&["active", "inactive"])).or(Initial::Text("active")),
        TAGS,
        long_text("notes"),
        Field::new("customFields", Kind::Object),
        count("ticketCount"),
        METADATA,
        time("createdAt"),
        time("updatedAt"),
    ],
    filters: &[Filter::new("tags").called("tag").many(), Filter::new("sentiment"), Filter::new("status")],
    search: &["name", "email"],
    documented: Verb::ALL,
    rules: &Customers,
    ..Resource::DEFAULTS
};

/// The rules are in `customer_rules.rs`, because they use other resources.
pub(crate) struct Customers;
