//! The handlers that list the messages of a ticket and add one.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::handlers::{Ids, perform};
use super::messages::MESSAGES;
use super::resource::{now, set, text};
use super::tickets::{self, TICKETS};
use super::{emit, input, operations, view};
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::Write;
use crate::sandbox::state::Shared;
use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::Object;

/// `GET …/tickets/{id}/messages`.
pub(crate) async fn list(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    Path((_, id)): Ids,
) -> Result<Rendered, ApiError> {
    state.store.read(call.caller.environment, |tables| {
        let ticket = TICKETS.find(tables, &id)?;
        let messages = tables.children(MESSAGES.kind, ticket.seq)?;
        let list: Vec<Value> = messages.iter().map(|one| view::rest(&MESSAGES, one).into()).collect();
        Ok(envelope::success(StatusCode::OK, list.into(), &call.meta))
    })
}

/// `POST …/tickets/{id}/messages`.
pub(crate) async fn create(
    State(state): State<Shared>,
    Path((_, id)): Ids,
    write: Write,
) -> Result<Response, ApiError> {
    perform(&state, &write, |change, members| {
        let ticket = TICKETS.find(change, &id)?;
        let message = add(change, ticket, members)?;
        Ok(envelope::success(StatusCode::CREATED, view::rest(&MESSAGES, &message).into(), &write.call.meta))
    })
    .await
}

/// Adds a message to a ticket and fires its event.
pub(crate) fn add(
    change: &mut Change<'_>,
    before: Object,
    members: Map<String, Value>,
) -> Result<Object, ApiError> {
    let mut input = input::creation(&MESSAGES, members)?;
    set(&mut input.body, "ticketId", TICKETS.id_of(before.uuid));
    if text(&input.body, "sender") == "customer" && text(&input.body, "senderName").is_empty() {
        set(&mut input.body, "senderName", before.body.get("customerName").cloned().unwrap_or_default());
    }
    let message = operations::create(change, &MESSAGES, Some(before.seq), input)?;
    let mut ticket = before.clone();
    let count = ticket.body.get("messageCount").and_then(Value::as_i64).unwrap_or_default();
    set(&mut ticket.body, "messageCount", count + 1);
    set(&mut ticket.body, "updatedAt", now(change));
    // ours: the first public message of an agent is the first response
    let is_response =
        text(&message.body, "sender") == "agent" && message.body.get("isInternal") == Some(&false.into());
    if is_response && text(&ticket.body, "firstResponseAt").is_empty() {
        set(&mut ticket.body, "firstResponseAt", now(change));
    }
    operations::store(change, &TICKETS, &before, &ticket)?;
    if change.is_silent() {
        return Ok(message);
    }
    let payload = json!({
        "ticket": tickets::event_payload(change, &ticket),
        "message": view::event(&MESSAGES, &message),
        "customer": tickets::customer_of(change, &ticket)?,
    });
    emit::fire(change, "ticket.message_added", &payload)?;
    Ok(message)
}
