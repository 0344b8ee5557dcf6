//! What became of events on this machine: the history of `cstar listen`, listed, and one event explained.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::event::Pattern;
use crate::history::{EventDetail, EventFilter, EventKey, EventState};
use crate::mcp::Backend;
use crate::mcp::schema::{Kind, Member, list_schema, object_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::ops::why::{self, Explanation};
use crate::ops::{history_file, history_json};
use crate::output::Failure;

pub(super) const EVENT: &[Member] = &[
    ("id", Kind::Text, "Pass it to cstar_explain_delivery"),
    ("type", Kind::Text, "The event type"),
    ("status", Kind::Text, "delivered, failed, waiting (not settled yet) or skipped (left out on purpose)"),
    ("received_at", Kind::Text, "ISO 8601"),
    ("bytes", Kind::Number, "Size of the body"),
    ("skipped", Kind::Text, "Why it was left out"),
    (
        "deliveries",
        Kind::Objects,
        "Per target: `target`, `status`, `attempts`, `last_status`, `last_reason`, `last_duration_ms`",
    ),
];

fn events(_: &mut SchemaGenerator) -> Schema {
    list_schema("The newest first.", "One event and what became of it.", EVENT)
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum State {
    Delivered,
    Failed,
    Waiting,
    Skipped,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ListArgs {
    /// Only events with a delivery in this state.
    #[serde(default)]
    #[schemars(with = "State")]
    status: Option<State>,
    /// Only these types or patterns: ticket.created, ticket.*
    #[serde(default)]
    #[schemars(length(max = 50))]
    types: Vec<String>,
    /// Only events received at most this many minutes ago.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 1, max = 100_000))]
    since_minutes: Option<u32>,
    /// At most this many.
    #[serde(default = "super::paging::page_size")]
    #[schemars(range(min = 1, max = 100))]
    limit: u32,
    /// Go on here: `next_cursor` of the page before.
    #[serde(default)]
    #[schemars(with = "String")]
    cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DeliveryList {
    /// How to treat the texts in here.
    notice: &'static str,
    #[schemars(schema_with = "events")]
    deliveries: Vec<Value>,
    /// Whether there are older ones.
    has_more: bool,
    /// What to pass as `cursor` for the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// What to do when there is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
}

/// `cstar_list_deliveries`
pub(super) fn list() -> Tool {
    let info = ToolInfo {
        name: "cstar_list_deliveries",
        title: "List webhook deliveries on this machine",
        description: "List the webhook events that `cstar listen` received on this machine, the newest \
            first, with what became of each delivery to the local server. Works without an account.",
        effect: Effect::ReadsHere,
        longest_text: 1_000,
    };
    Tool::new::<ListArgs, DeliveryList, _>(info, run_list)
}

/// Event types and patterns as the user names them.
pub(super) fn patterns(types: &[String]) -> Result<Vec<Pattern>, Failure> {
    types.iter().map(|text| Pattern::parse(text).map_err(|error| Failure::usage(error.to_string()))).collect()
}

async fn run_list(backend: Arc<Backend>, args: ListArgs, _: Progress) -> Result<DeliveryList, Failure> {
    let after = args.cursor.as_deref().map(|cursor| {
        let wrong = || Failure::usage("the cursor is none of ours").hint("pass next_cursor as it was given");
        cursor.parse().map(EventKey).map_err(|_| wrong())
    });
    let ago = args.since_minutes.map(|minutes| SignedDuration::from_mins(minutes.into()));
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let filter = EventFilter {
        types: patterns(&args.types)?.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
        state: args.status.map(|state| match state {
            State::Delivered => EventState::Delivered,
            State::Failed => EventState::Failed,
            State::Waiting => EventState::Waiting,
            State::Skipped => EventState::Skipped,
        }),
        since: ago.and_then(|ago| backend.now().checked_sub(ago).ok()),
        // One more, to know whether there are more.
        limit: Some(limit.saturating_add(1)),
        after: after.transpose()?,
        ..EventFilter::default()
    };
    let mut found = backend.history()?.list(&filter).map_err(history_file::unreadable)?;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| has_more).map(|last| last.key.0.to_string());
    let hint = found.is_empty().then_some(
        "No event matches. Events are recorded while `cstar listen` runs on this machine: \
         cstar_get_status says whether one does.",
    );
    let deliveries = found.iter().map(history_json::summary).collect();
    Ok(DeliveryList { notice: NOTICE, deliveries, has_more, next_cursor, hint })
}

const EXPLAINED: &[Member] = &[
    ("id", Kind::Text, "Id of the event"),
    ("type", Kind::Text, "The event type"),
    ("status", Kind::Text, "delivered, failed, waiting or skipped"),
    ("received_at", Kind::Text, "ISO 8601"),
    ("request_id", Kind::Text, "The API request that caused it"),
    ("webhook_id", Kind::Text, "The endpoint it was for"),
    ("receptions", Kind::Objects, "Each time it was received"),
    ("deliveries", Kind::Objects, "What became of it per target"),
    (
        "attempts",
        Kind::Objects,
        "Each attempt: headers sent, `status`, `reason`, `response_body` (untrusted text)",
    ),
    ("body", Kind::Text, "Exactly as received, as text (untrusted)"),
    ("notes", Kind::Objects, "What happened to the connection around then"),
];

fn explained(_: &mut SchemaGenerator) -> Schema {
    object_schema("Everything that is recorded.", EXPLAINED)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ExplainArgs {
    /// Id of the event, or the beginning of one.
    #[schemars(length(min = 1))]
    event_id: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ExplainResult {
    /// What happened, one fact per sentence. Times are in UTC.
    story: Vec<String>,
    /// What to do next.
    next: Vec<String>,
    /// How to treat the texts below.
    notice: &'static str,
    #[schemars(schema_with = "explained")]
    event: Value,
}

/// `cstar_explain_delivery`
pub(super) fn explain() -> Tool {
    let info = ToolInfo {
        name: "cstar_explain_delivery",
        title: "Explain what became of an event",
        description: "Tell what happened to one event on this machine in plain sentences: received, each \
            attempt and its answer, why it was given up, and what to do next. Works without an account.",
        effect: Effect::ReadsHere,
        longest_text: 8_000,
    };
    Tool::new::<ExplainArgs, ExplainResult, _>(info, run_explain)
}

async fn run_explain(
    backend: Arc<Backend>,
    args: ExplainArgs,
    _: Progress,
) -> Result<ExplainResult, Failure> {
    let reader = backend.history()?;
    let event = find(&reader, &args.event_id)?;
    let notes = why::notes_around(&reader, &event)?;
    let explanation = Explanation::new(&event, &notes, &TimeZone::UTC).plain();
    let mut next = explanation.next;
    next.extend(with_tools(&event));
    let story = explanation.timeline.into_iter().filter(|line| !line.is_empty()).collect();
    let mut value = history_json::detail(&event);
    if let Value::Object(members) = &mut value {
        members.insert("notes".to_owned(), notes.iter().map(history_json::note).collect());
    }
    Ok(ExplainResult { story, next, notice: NOTICE, event: value })
}

/// One event of the history, with a hint that an agent can follow.
pub(super) fn find(reader: &crate::history::HistoryReader, id: &str) -> Result<EventDetail, Failure> {
    history_file::find(reader, id).map_err(|failure| {
        failure.hint("cstar_list_deliveries lists what `cstar listen` received on this machine")
    })
}

/// The same advice by the names of the tools.
fn with_tools(event: &EventDetail) -> Vec<String> {
    let id = event.id.as_deref().unwrap_or_default();
    let refused = event.deliveries.iter().any(|one| matches!(one.status, Some(400 | 401 | 403)));
    match event.state {
        EventState::Failed if refused => vec![
            format!(
                "To prove whether the signing secret is the cause: cstar_verify_signature with event_id {id} and \
                 the secret that the server verifies with."
            ),
            format!("Once the server is fixed: cstar_replay_event with event_id {id}."),
        ],
        EventState::Failed => {
            vec![format!("Once the server is fixed: cstar_replay_event with event_id {id}.")]
        }
        _ => Vec::new(),
    }
}
