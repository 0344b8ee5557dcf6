//! The messages of a ticket (documented): a list without pages, the oldest first.

use serde_json::Value;

use super::field::{Field, Initial, Kind, LONG, NAME, time};
use super::members;
use super::resource::{New, Resource, Rules, Verb, set, text};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::Order;
use crate::sandbox::store::uuid::IdShape;

/// Documented, but in the body of a POST only `content` and `sender` are; the rest of the body is ours.
pub(crate) static MESSAGES: Resource = Resource {
    kind: "message",
    path: "",
    label: "Message",
    parent: Some("ticket"),
    id: Some(IdShape::Short("msg_")),
    fields: &[
        Field::new("ticketId", Kind::Id(IdShape::Prefixed("tkt_"))).read_only(),
        Field::new("content", Kind::Name { max: LONG }).required(),
        Field::new("sender", Kind::Choice(&["agent", "customer", "system"])).or(Initial::Text("agent")),
        Field::new("senderName", Kind::Text { max: NAME }).nullable(),
        Field::new("isInternal", Kind::Bool),
        time("createdAt"),
    ],
    sorts: &[("recent", Order::Oldest)],
    documented: &[Verb::List, Verb::Create],
    updated_at: None,
    rules: &Messages,
    ..Resource::DEFAULTS
};

struct Messages;

impl Rules for Messages {
    fn creating(&self, change: &mut Change<'_>, new: &mut New) -> Result<(), ApiError> {
        if text(&new.body, "senderName").is_empty() {
            let name = match text(&new.body, "sender") {
                "agent" => members::actor(change)?.get("name").cloned().unwrap_or_default(),
                "system" => "System".into(),
                _ => Value::Null,
            };
            set(&mut new.body, "senderName", name);
        }
        Ok(())
    }
}
