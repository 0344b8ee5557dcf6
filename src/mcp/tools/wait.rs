//! Waiting for an event: the effect of something that the user, or the agent, has just done.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout_at};

use super::deliveries::{self, EVENT};
use crate::account::Account;
use crate::event::Pattern;
use crate::history::{Detail, EventKey, EventState, Filter, Lookup, Reader, living_runs};
use crate::mcp::Backend;
use crate::mcp::backend::Connected;
use crate::mcp::schema::{Kind, object_schema};
use crate::mcp::tool::{About, Effect, Progress, Tool};
use crate::mcp::untrusted::NOTICE;
use crate::ops::{history_file, history_json};
use crate::output::{Exit, Failure};
use crate::stream::subscription::{Received, StreamItem, subscribe};

/// How often the client hears that the wait goes on.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// A listener on this machine may need so long to deliver what was seen here.
const DELIVERY_WAIT: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Events of the history that are looked at.
const LOOK_BACK: usize = 100;

fn a_minute() -> u32 {
    60
}

fn half_a_minute() -> u32 {
    30
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Args {
    /// Types or patterns: ticket.created, ticket.*; any event if left out.
    #[serde(default)]
    #[schemars(length(max = 50))]
    types: Vec<String>,
    /// Only an event whose body contains this text, such as the id of a ticket.
    #[serde(default)]
    #[schemars(with = "String")]
    containing: Option<String>,
    /// How long to wait.
    #[serde(default = "a_minute")]
    #[schemars(range(min = 1, max = 300))]
    timeout_seconds: u32,
    /// Also take an event that `cstar listen` received on this machine in the last so many seconds, before
    /// this call; 0 to wait for a new one only.
    #[serde(default = "half_a_minute")]
    #[schemars(range(min = 0, max = 3600))]
    lookback_seconds: u32,
}

fn event(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    object_schema(
        "The event.",
        &[
            ("id", Kind::Text, "Pass it to cstar_explain_delivery"),
            ("type", Kind::Text, "The event type"),
            ("received_at", Kind::Text, "ISO 8601"),
            ("request_id", Kind::Text, "The API request that caused it"),
            ("body", Kind::Object, "What is delivered (untrusted)"),
        ],
    )
}

fn delivery(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    object_schema("What became of it on this machine, if `cstar listen` runs here.", EVENT)
}

#[derive(Debug, Serialize, JsonSchema)]
struct Waited {
    /// Whether such an event came.
    received: bool,
    /// What follows, and what to do.
    conclusion: String,
    /// How to treat the texts below.
    notice: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "event")]
    event: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "delivery")]
    delivery: Option<Value>,
}

/// `cstar_wait_for_event`
pub(super) fn tool() -> Tool {
    let about = About {
        name: "cstar_wait_for_event",
        title: "Wait for an event",
        description: "Wait until cStar sends an event that matches, and return it, with what became of its \
            delivery if `cstar listen` runs on this machine. An event received there shortly before the call \
            counts too. Reports progress; can be cancelled. Needs a secret key.",
        effect: Effect::Reads,
        longest_text: 8_000,
    };
    Tool::new::<Args, Waited, _>(about, run)
}

/// What is waited for.
struct Wanted {
    patterns: Vec<Pattern>,
    containing: Option<String>,
}

impl Wanted {
    fn takes(&self, event_type: &str, body: &[u8]) -> bool {
        let by_type = self.patterns.is_empty() || self.patterns.iter().any(|one| one.matches(event_type));
        let text = |text: &String| memchr::memmem::find(body, text.as_bytes()).is_some();
        by_type && self.containing.as_ref().is_none_or(text)
    }

    fn types(&self) -> Vec<String> {
        self.patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect()
    }
}

async fn run(backend: Arc<Backend>, args: Args, progress: Progress) -> Result<Waited, Failure> {
    let wanted = Wanted { patterns: deliveries::patterns(&args.types)?, containing: args.containing };
    let deadline = Instant::now() + Duration::from_secs(args.timeout_seconds.into());
    let connected = backend.connect().await?;
    if let Some(found) = received_before(&backend, &connected.account, &wanted, args.lookback_seconds)? {
        let id = found.id.clone().unwrap_or_default();
        return Ok(came(&backend, of_history(&found), &id, deadline).await);
    }
    match next_event(&backend, &connected, &wanted, args.timeout_seconds, deadline, &progress).await? {
        Some(received) => Ok(came(&backend, of_stream(&received), &received.id, deadline).await),
        None => Ok(Waited {
            received: false,
            conclusion: format!(
                "No such event came within {} s. Was the action done, with the same team and environment \
                 (cstar_get_status)? cstar_list_deliveries shows what came before.",
                args.timeout_seconds
            ),
            notice: NOTICE,
            event: None,
            delivery: None,
        }),
    }
}

/// The newest event of the history that matches, of this server and recent.
fn received_before(
    backend: &Backend,
    account: &Account,
    wanted: &Wanted,
    lookback: u32,
) -> Result<Option<Detail>, Failure> {
    if lookback == 0 {
        return Ok(None);
    }
    let reader = backend.history()?;
    let since: Option<Timestamp> = backend.now().checked_sub(SignedDuration::from_secs(lookback.into())).ok();
    let filter = Filter { types: wanted.types(), since, limit: Some(LOOK_BACK), ..Filter::default() };
    let base = account.base.to_string();
    for summary in reader.list(&filter).map_err(history_file::unreadable)? {
        let Some(id) = summary.id else { continue };
        let Lookup::Found(event) = reader.get(&id).map_err(history_file::unreadable)? else { continue };
        let ours =
            event.receptions.iter().filter_map(|one| one.run.as_ref()).any(|run| run.scope.base_url == base);
        let event_type = event.event_type.as_deref().unwrap_or_default();
        if ours && event.state != EventState::Skipped && wanted.takes(event_type, &event.body) {
            return Ok(Some(*event));
        }
    }
    Ok(None)
}

/// The next event of the stream that matches; `None` when the time is up.
async fn next_event(
    backend: &Backend,
    connected: &Connected,
    wanted: &Wanted,
    limit: u32,
    deadline: Instant,
    progress: &Progress,
) -> Result<Option<Received>, Failure> {
    let mut config = connected.stream(backend.clock());
    config.types = wanted.types();
    let mut stream = subscribe(config);
    let begun = Instant::now();
    let mut tick = interval_at(begun + TELL_EVERY, TELL_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut others = 0_u64;
    loop {
        let item = tokio::select! {
            item = timeout_at(deadline, stream.recv()) => item,
            _ = tick.tick() => {
                let message = format!("waiting; {others} other events so far");
                progress.tell(begun.elapsed().as_secs_f64().round(), limit.into(), message).await;
                continue;
            }
        };
        match item {
            Err(_) => return Ok(None),
            Ok(Some(StreamItem::Event(event))) if wanted.takes(&event.event_type, &event.body) => {
                return Ok(Some(event));
            }
            Ok(Some(StreamItem::Event(_))) => others += 1,
            Ok(Some(item)) => check(item)?,
            Ok(None) => return Err(Failure::new(Exit::Unreachable, "the event stream ended")),
        }
    }
}

/// What ends the wait for good; a lost connection is made again.
fn check(item: StreamItem) -> Result<(), Failure> {
    match item {
        StreamItem::Refused(refused) => {
            Err(Failure::failed(format!("could not open the event stream: {refused}"))
                .hint("cstar_get_status says which key and server are in use"))
        }
        StreamItem::ErrorFrame(error) if error.is_fatal() => {
            let reason = error.message.or(error.code).unwrap_or_else(|| "no reason given".to_owned());
            Err(Failure::new(Exit::Auth, format!("the event stream was ended: {reason}")))
        }
        _ => Ok(()),
    }
}

fn of_history(event: &Detail) -> Value {
    serde_json::json!({
        "id": event.id,
        "type": event.event_type,
        "received_at": history_json::time(event.received_at),
        "request_id": event.request_id,
        "body": body(&event.body),
    })
}

fn of_stream(event: &Received) -> Value {
    serde_json::json!({
        "id": event.id,
        "type": event.event_type,
        "received_at": history_json::time(event.received_at),
        "request_id": event.request_id,
        "body": body(&event.body),
    })
}

fn body(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned().into())
}

async fn came(backend: &Backend, event: Value, id: &str, deadline: Instant) -> Waited {
    let delivery = delivered(backend, id, deadline).await;
    let state = delivery.as_ref().and_then(|one| one.get("status")).and_then(Value::as_str);
    let conclusion = match state {
        Some("delivered") => "It came, and the local server took it.".to_owned(),
        Some("failed") => format!(
            "It came, but its delivery to the local server failed: cstar_explain_delivery with event_id {id} says why."
        ),
        Some(_) => format!(
            "It came and is being delivered: cstar_explain_delivery with event_id {id} says how it ends."
        ),
        None => "It came. No `cstar listen` on this machine delivers it to a local server.".to_owned(),
    };
    Waited { received: true, conclusion, notice: NOTICE, event: Some(event), delivery }
}

/// What became of it here, once that is settled, or as it stands when the time is up.
async fn delivered(backend: &Backend, id: &str, deadline: Instant) -> Option<Value> {
    let path = backend.history_path().ok()?;
    let until = deadline.min(Instant::now() + DELIVERY_WAIT);
    loop {
        let listening = living_runs(&path, backend.now()).is_ok_and(|runs| !runs.is_empty());
        let found = summary(&backend.history().ok()?, id);
        let settled = found.as_ref().is_some_and(|(state, _)| *state != EventState::Waiting);
        if settled || !listening || Instant::now() >= until {
            return found.map(|(_, value)| value);
        }
        sleep(LOOK_EVERY).await;
    }
}

fn summary(reader: &Reader, id: &str) -> Option<(EventState, Value)> {
    let Ok(Lookup::Found(event)) = reader.get(id) else { return None };
    // The newest that is older than the next one is the event itself.
    let after = Some(EventKey(event.key.0.saturating_add(1)));
    let found = reader.list(&Filter { after, limit: Some(1), ..Filter::default() }).ok()?;
    let one = found.first().filter(|one| one.key == event.key)?;
    Some((one.state, history_json::summary(one)))
}
