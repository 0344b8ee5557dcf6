//! `POST …/ai`: the four documented actions, with canned results. The same ticket or text always gets the same result,
//! and each text says that it is canned.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::field::{Field, Kind, LONG};
use super::handlers::perform;
use super::input;
use super::resource::{Resource, Verb, text};
use super::tickets::TICKETS;
use crate::sandbox::http::envelope;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::idempotency::Write;
use crate::sandbox::state::Shared;
use crate::sandbox::store::object::Object;

/// The value of `object` in the result (documented).
pub(crate) const MARKER: &str = "ai_result";
pub(crate) const IMPROVE: &str = "improve";
/// The actions on a ticket.
pub(crate) const ON_TICKETS: &[&str] = &["auto-tag", "suggest-reply", "summarize"];
const ACTIONS: &[&str] = &["auto-tag", "suggest-reply", "summarize", IMPROVE];
/// Before each text.
const CANNED: &str = "[canned by the sandbox] ";
/// Words that become tags of their own.
const TOPICS: [&str; 8] = ["billing", "bug", "export", "invoice", "login", "password", "refund", "shipping"];

/// The body of the request (documented). It is not stored, so it is not in the registry.
pub(crate) static AI_REQUEST: Resource = Resource {
    kind: "ai_request",
    label: "AI request",
    fields: &[
        Field::new("action", Kind::Choice(ACTIONS)).required(),
        Field::new("ticketId", Kind::Name { max: 100 }),
        Field::new("text", Kind::Name { max: LONG }),
    ],
    documented: &[Verb::Create],
    ..Resource::DEFAULTS
};

pub(crate) async fn run(State(state): State<Shared>, write: Write) -> Result<Response, ApiError> {
    perform(&state, &write, |change, members| {
        let body = input::creation(&AI_REQUEST, members)?.body;
        let action = text(&body, "action");
        let result = if action == IMPROVE {
            let draft = Some(text(&body, "text")).filter(|draft| !draft.is_empty());
            let draft = draft.ok_or_else(|| ApiError::parameter_missing("text"))?;
            // documented: `suggestion`
            json!({ "suggestion": format!("{CANNED}{}", draft.trim()) })
        } else {
            let id = Some(text(&body, "ticketId")).filter(|id| !id.is_empty());
            let id = id.ok_or_else(|| ApiError::parameter_missing("ticketId"))?;
            on_ticket(action, &TICKETS.find(change, id)?)
        };
        let data = json!({ "object": MARKER, "action": action, "result": result });
        Ok(envelope::success(StatusCode::OK, data, &write.call.meta))
    })
    .await
}

/// The results for tickets (ours: cStar documents only that of `improve`).
fn on_ticket(action: &str, ticket: &Object) -> Value {
    let (title, status) = (text(&ticket.body, "title"), text(&ticket.body, "status"));
    match action {
        "auto-tag" => {
            let texts = format!("{title} {}", text(&ticket.body, "notes")).to_lowercase();
            let tags: Vec<&str> = TOPICS.into_iter().filter(|topic| texts.contains(topic)).collect();
            json!({ "tags": if tags.is_empty() { vec!["canned"] } else { tags } })
        }
        "summarize" => {
            let messages = ticket.body.get("messageCount").and_then(Value::as_i64).unwrap_or_default();
            json!({ "summary": format!("{CANNED}\"{title}\" is {status} and has {messages} messages.") })
        }
        _ => {
            json!({ "suggestion": format!("{CANNED}Thank you for writing about \"{title}\". We look into it.") })
        }
    }
}
