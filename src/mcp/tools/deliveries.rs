//! The history of `cstar listen` on this machine: deliveries listed, and one event explained.

use std::sync::Arc;

use bytes::Bytes;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::event::{Filter, Pattern};
use crate::history::{EventDetail, EventFilter, EventKey, EventState, HistoryReader};
use crate::mcp::Backend;
use crate::mcp::schema::{Kind, Member, list_schema, object_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::ops::history_file;
use crate::ops::why::{self, Explanation};
use crate::output::Failure;
use crate::output::history_json;

pub(super) const EVENT: &[Member] = &[
    ("id", Kind::Text, "Pass it to cstar_explain_delivery"),
    ("type", Kind::Text, "The event type"),
    ("status", Kind::Text, "delivered, failed, waiting (in progress) or skipped (excluded by filters)"),
    ("received_at", Kind::Text, "ISO 8601"),
    ("bytes", Kind::Number, "Size of the body"),
    ("skipped", Kind::Text, "Why it was skipped"),
    (
        "deliveries",
        Kind::Objects,
        "Per target: `target`, `status`, `attempts`, `last_status`, `last_reason`, `last_duration_ms`",
    ),
];

fn events(_: &mut SchemaGenerator) -> Schema {
    list_schema("Newest first.", "One event and the state of its deliveries.", EVENT)
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum State {
    Delivered,
    Failed,
    Waiting,
    Skipped,
    Received,
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
    /// Only events whose body matches all of these, such as data.ticket.priority=urgent; see cstar_wait_for_event.
    #[serde(default)]
    #[schemars(length(max = 20))]
    filters: Vec<String>,
    /// Maximum number of events.
    #[serde(default = "super::list_tool::page_size")]
    #[schemars(range(min = 1, max = 100))]
    limit: u32,
    /// Continue here: `next_cursor` of the previous page.
    #[serde(default)]
    #[schemars(with = "String")]
    cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DeliveryList {
    /// How to treat the texts in this result.
    notice: &'static str,
    #[schemars(schema_with = "events")]
    deliveries: Vec<Value>,
    /// Whether there are older events.
    has_more: bool,
    /// The `cursor` of the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// What to do if the list is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
}

/// `cstar_list_deliveries`
pub(super) fn list() -> Tool {
    let info = ToolInfo {
        name: "cstar_list_deliveries",
        title: "List webhook deliveries on this machine",
        description: "List the webhook events that `cstar listen` received on this machine, newest \
            first, with the state of each delivery to the local server. Works without an account.",
        effect: Effect::ReadsHere,
        longest_text: 1_000,
    };
    Tool::new::<ListArgs, DeliveryList, _>(info, run_list)
}

/// Event types and patterns as the user names them.
pub(super) fn patterns(types: &[String]) -> Result<Vec<Pattern>, Failure> {
    types.iter().map(|text| Pattern::parse(text).map_err(|error| Failure::usage(error.to_string()))).collect()
}

/// Conditions on the body as the user writes them.
pub(super) fn filters(expressions: &[String]) -> Result<Vec<Filter>, Failure> {
    let parse = |text: &String| {
        Filter::parse(text).map_err(|why| Failure::usage(format!("invalid filter `{text}`: {why}")))
    };
    expressions.iter().map(parse).collect()
}

async fn run_list(backend: Arc<Backend>, args: ListArgs, _: Progress) -> Result<DeliveryList, Failure> {
    let before = args.cursor.as_deref().map(|cursor| {
        let wrong = || {
            Failure::usage("the cursor is not valid").hint("pass next_cursor of the previous page unchanged")
        };
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
            State::Received => EventState::Received,
        }),
        since: ago.and_then(|ago| backend.now().checked_sub(ago).ok()),
        body: filters(&args.filters)?,
        // One extra shows whether there are more.
        limit: Some(limit.saturating_add(1)),
        before: before.transpose()?,
        ..EventFilter::default()
    };
    let mut found = backend.history()?.list(&filter)?;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| has_more).map(|last| last.key.0.to_string());
    let hint = found.is_empty().then_some(
        "No event matches. Events are recorded while `cstar listen` runs on this machine: \
         cstar_get_status shows whether it does.",
    );
    let deliveries = found.iter().map(history_json::summary).collect();
    Ok(DeliveryList { notice: NOTICE, deliveries, has_more, next_cursor, hint })
}

const EXPLAINED: &[Member] = &[
    ("id", Kind::Text, "Id of the event"),
    ("type", Kind::Text, "The event type"),
    ("status", Kind::Text, "delivered, failed, waiting, skipped or received"),
    ("received_at", Kind::Text, "ISO 8601"),
    ("request_id", Kind::Text, "The API request that caused it"),
    ("webhook_id", Kind::Text, "The endpoint that it was sent to"),
    ("receptions", Kind::Objects, "Each time it was received"),
    ("deliveries", Kind::Objects, "The delivery to each target"),
    (
        "attempts",
        Kind::Objects,
        "Each attempt: headers sent, `status`, `reason`, `response_body` (untrusted text)",
    ),
    ("body", Kind::Text, "Exactly as received, as text (untrusted)"),
    ("notes", Kind::Objects, "Changes of the connection at that time"),
];

fn explained(_: &mut SchemaGenerator) -> Schema {
    object_schema("Everything that was recorded.", EXPLAINED)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ExplainArgs {
    /// Id of the event, or its beginning; the newest event with a failed delivery if omitted.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1))]
    event_id: Option<String>,
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
        title: "Explain the deliveries of an event",
        description: "Explain in plain sentences what happened to one event on this machine: when it was received, \
            each attempt and its response, why it was given up, and what to do next. Works without an account.",
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
    let id = match args.event_id {
        Some(id) => id,
        None => newest_failure(&reader)?,
    };
    let mut event = find(&reader, &id)?;
    if backend.is_locked_down {
        // The story quotes answers, which may quote customers.
        event.attempts.iter_mut().for_each(|attempt| attempt.response_body = Bytes::new());
    }
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

/// The id of the newest event with a failed delivery.
fn newest_failure(reader: &HistoryReader) -> Result<String, Failure> {
    let filter = EventFilter { state: Some(EventState::Failed), limit: Some(1), ..EventFilter::default() };
    let newest = reader.list(&filter)?.into_iter().next().and_then(|event| event.id);
    newest.ok_or_else(|| {
        Failure::failed("no delivery failed on this machine")
            .hint("cstar_list_deliveries shows what was received; cstar_get_status shows whether `cstar listen` runs")
    })
}

/// One event of the history. The error has a hint for agents.
pub(super) fn find(reader: &HistoryReader, id: &str) -> Result<EventDetail, Failure> {
    history_file::find(reader, id).map_err(|failure| {
        failure.hint("cstar_list_deliveries lists what `cstar listen` received on this machine")
    })
}

/// The next steps as tools to call.
fn with_tools(event: &EventDetail) -> Vec<String> {
    let id = event.id.as_deref().unwrap_or_default();
    let refused = event.deliveries.iter().any(|one| matches!(one.status, Some(400 | 401 | 403)));
    match event.state {
        EventState::Failed if refused => vec![
            format!(
                "To check whether the signing secret is the cause: cstar_verify_signature with event_id {id} and \
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
