//! Notifications: what the members of the team are to know. Changes of the state create them.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use rusqlite::types::Value as Sql;
use serde_json::json;

use super::field::{Field, Kind, LONG, NAME, time};
use super::input::Input;
use super::operations;
use super::resource::{Filter, Resource, Verb, set};
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::state::Shared;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::Body;
use crate::sandbox::store::uuid::IdShape;

const READ: &str = "read";

/// Members, list and `ticket_assigned` are documented. Reading and changing one is ours, as is `automation`.
pub(crate) static NOTIFICATIONS: Resource = Resource {
    kind: "notification",
    path: "notifications",
    label: "Notification",
    id: Some(IdShape::Prefixed("ntf_")),
    fields: &[
        Field::new("type", Kind::Text { max: NAME }).read_only(),
        Field::new("title", Kind::Text { max: NAME }).read_only(),
        Field::new("body", Kind::Text { max: LONG }).read_only(),
        Field::new(READ, Kind::Bool),
        time("createdAt"),
    ],
    filters: &[Filter::new(READ).called("unreadOnly").flag(false)],
    writable: false,
    documented: &[Verb::List],
    updated_at: None,
    ..Resource::DEFAULTS
};

/// Why there is a notification.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reason {
    TicketAssigned,
    /// The action of an automation.
    Automation,
}

pub(crate) fn notify(
    change: &mut Change<'_>,
    reason: Reason,
    title: &str,
    body: &str,
) -> Result<(), ApiError> {
    let reason = match reason {
        Reason::TicketAssigned => "ticket_assigned",
        Reason::Automation => "automation",
    };
    let mut input = Input { body: Body::new(), arguments: Body::new() };
    set(&mut input.body, "type", reason);
    set(&mut input.body, "title", title.chars().take(NAME).collect::<String>());
    set(&mut input.body, "body", body);
    set(&mut input.body, READ, false);
    operations::create(change, &NOTIFICATIONS, None, input).map(drop)
}

/// `GET …/notifications/unread-count`: the path is documented, the member is ours.
pub(crate) async fn unread_count(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
) -> Result<Rendered, ApiError> {
    state.store.read(call.caller.environment, |tables| {
        let count = tables.count(NOTIFICATIONS.kind, READ, &Sql::Integer(0))?;
        Ok(envelope::success(StatusCode::OK, json!({ "count": count }), &call.meta))
    })
}
