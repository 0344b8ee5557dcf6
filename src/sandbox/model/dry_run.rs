//! `POST …/automations/{id}/dry-run`: whether an automation would run, without running it. The members of the result
//! are documented, the path and the request are ours.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::automations::{self, AUTOMATIONS, TRIGGER};
use super::field::{Field, Kind};
use super::handlers::Ids;
use super::resource::{Resource, Verb, text};
use super::tickets::{self, TICKETS};
use super::{emit, input};
use crate::sandbox::http::body;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::state::Shared;

/// The body of the request. It is not stored, so it is not in the registry.
pub(crate) static DRY_RUN: Resource = Resource {
    kind: "dry_run",
    label: "Dry run",
    fields: &[Field::new("ticketId", Kind::Name { max: 100 }), Field::new("data", Kind::Object)],
    documented: &[Verb::Create],
    ..Resource::DEFAULTS
};

/// With the data of an event, or a ticket, or else the sample of the event type.
pub(crate) async fn dry_run(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    Path((_, id)): Ids,
    body: Bytes,
) -> Result<Rendered, ApiError> {
    let members = if body.is_empty() { Map::new() } else { body::members(&body)? };
    let request = input::creation(&DRY_RUN, members)?.body;
    state.store.read(call.caller.environment, |tables| {
        let rule = AUTOMATIONS.find(tables, &id)?;
        let event_type = text(&rule.body, TRIGGER);
        let given = request.get("data").and_then(Value::as_object).filter(|data| !data.is_empty());
        let ticket = text(&request, "ticketId");
        let data = match given {
            Some(data) => Value::Object(data.clone()),
            None if !ticket.is_empty() => {
                let ticket = TICKETS.find(tables, ticket)?;
                let customer = tickets::customer_of(tables, &ticket)?;
                json!({ "ticket": tickets::event_payload(tables, &ticket), "customer": customer })
            }
            None => emit::sample(event_type),
        };
        let would_match = automations::matches(&rule.body, event_type, &data);
        let actions = rule.body.get("actions").filter(|_| would_match).cloned();
        let result = json!({
            "wouldMatch": would_match,
            "actionsWouldExecute": actions.unwrap_or_else(|| json!([])),
        });
        Ok(envelope::success(StatusCode::OK, result, &call.meta))
    })
}
