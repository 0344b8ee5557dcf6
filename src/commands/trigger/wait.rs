//! `cstar trigger --wait`: waits until every delivery of the fired events has ended, and prints the results.
//!
//! Deliveries of `listen` are read from the history of this machine, those of webhooks from the API. `listen` on
//! other machines cannot be waited for.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::args::Args;
use crate::api::{Client, DeliveryFilter, Identity, TriggerOutcome};
use crate::commands::Context;
use crate::event::Filter;
use crate::forward::StatusSet;
use crate::history::{DeliveryState, DeliverySummary, EventDetail, EventLookup, EventState, HistoryReader};
use crate::ops::history_file;
use crate::output::format::pluralize;
use crate::output::sanitize::{redact, sanitize};
use crate::output::{Failure, style};

/// Between two reads of the history.
const PAUSE: Duration = Duration::from_millis(100);
/// Between two requests to the API, which count against the rate limit.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// Maximum deliveries requested of each webhook.
const MOST_DELIVERIES: u32 = 100;

struct DeliveryEnd {
    target: String,
    status: &'static str,
    last_status: Option<u64>,
    attempts: u64,
    reason: Option<String>,
}

impl DeliveryEnd {
    /// Whether it has ended otherwise than expected. Without `statuses` a delivery has to succeed, and so does one
    /// without a status: that of a command.
    fn has_failed(&self, statuses: Option<&StatusSet>) -> bool {
        let status = self.last_status.and_then(|status| u16::try_from(status).ok());
        match (self.status, statuses, status) {
            ("waiting", _, _) => false,
            ("delivered" | "failed", Some(statuses), Some(status)) => !statuses.contains(status),
            (status, _, _) => status != "delivered",
        }
    }
}

/// The deliveries of one event so far.
#[derive(Default)]
struct EventProgress {
    local: Vec<DeliveryEnd>,
    webhooks: Vec<DeliveryEnd>,
    /// Whether the local history has the event.
    recorded: bool,
    /// Whether its recorded body does not match `--filter`, so that it is not waited for. A skipped event has none.
    excluded: bool,
}

impl EventProgress {
    /// The deliveries that count.
    fn ends(&self) -> impl Iterator<Item = &DeliveryEnd> {
        self.local.iter().chain(&self.webhooks).filter(|_| !self.excluded)
    }
}

/// Waits, prints each delivery, and adds `waited` to `results`.
pub(super) async fn run(
    context: &mut Context,
    args: &Args,
    (client, identity): (&Client, &Identity),
    fired: &[TriggerOutcome],
    results: &mut [Value],
) -> Result<(), Failure> {
    let path = history_file::needed_path(&context.env)?;
    let until = (!args.wait_for.is_zero()).then(|| Instant::now() + args.wait_for);
    let mut known: Vec<EventProgress> = fired.iter().map(|_| EventProgress::default()).collect();
    let mut asked: Option<Instant> = None;
    loop {
        let reader = HistoryReader::open(&path)?;
        for (one, known) in fired.iter().zip(&mut known).filter(|(one, known)| !is_done(one, known)) {
            read_history(&reader, &args.filters, one, known)?;
        }
        drop(reader);
        let webhooks = fired.iter().any(|one| webhooks_of(one) > 0);
        if webhooks && asked.is_none_or(|at| at.elapsed() >= ASK_EVERY) {
            asked = Some(Instant::now());
            read_webhook_deliveries(client, identity, fired, &mut known).await?;
        }
        let done = fired.iter().zip(&known).all(|(one, known)| is_done(one, known));
        if done || until.is_some_and(|until| until <= Instant::now()) {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    for ((one, known), result) in fired.iter().zip(&known).zip(results) {
        report(context, one, known, result)?;
    }
    exit_result(args, fired, &known)
}

fn webhooks_of(one: &TriggerOutcome) -> u64 {
    one.delivered_to().unwrap_or_default().saturating_sub(one.listeners().unwrap_or_default())
}

/// Also waits if no receiver was connected, because a reconnecting `listen` still gets the event.
fn is_done(one: &TriggerOutcome, known: &EventProgress) -> bool {
    if known.excluded {
        return true;
    }
    let ended = |ends: &[DeliveryEnd]| ends.iter().all(|end| end.status != "waiting");
    let local = match (one.listeners(), webhooks_of(one)) {
        (Some(0), 1..) => true,
        _ => known.recorded,
    };
    let webhooks = known.webhooks.len() as u64 >= webhooks_of(one).min(1);
    local && webhooks && ended(&known.local) && ended(&known.webhooks)
}

fn read_history(
    reader: &HistoryReader,
    filters: &[Filter],
    one: &TriggerOutcome,
    known: &mut EventProgress,
) -> Result<(), Failure> {
    let Some(id) = one.event_id() else { return Ok(()) };
    let EventLookup::Found(event) = reader.get(id)? else { return Ok(()) };
    if event.id.as_deref() != Some(id) {
        return Ok(());
    }
    known.recorded = true;
    known.excluded = !Filter::all_match(filters, &event.body);
    known.local = local_ends(&event);
    Ok(())
}

fn local_ends(event: &EventDetail) -> Vec<DeliveryEnd> {
    if event.state == EventState::Skipped {
        let why = event.receptions.iter().rev().find_map(|reception| reception.skipped.clone());
        let target = "(nowhere)".to_owned();
        return vec![DeliveryEnd { target, status: "skipped", last_status: None, attempts: 0, reason: why }];
    }
    let counted = event.deliveries.iter().filter(|delivery| delivery.state != DeliveryState::Moved);
    counted.map(local_end).collect()
}

fn local_end(delivery: &DeliverySummary) -> DeliveryEnd {
    DeliveryEnd {
        target: delivery.target.clone(),
        status: delivery.state.as_str(),
        last_status: delivery.status.map(u64::from),
        attempts: delivery.attempts.into(),
        reason: delivery.reason.as_deref().map(redact),
    }
}

async fn read_webhook_deliveries(
    client: &Client,
    identity: &Identity,
    fired: &[TriggerOutcome],
    known: &mut [EventProgress],
) -> Result<(), Failure> {
    let mut found: HashMap<String, Vec<DeliveryEnd>> = HashMap::new();
    for webhook in client.webhooks(identity, true).await? {
        let url = webhook.text("url").unwrap_or_default().to_owned();
        let filter = DeliveryFilter { status: None, limit: MOST_DELIVERIES, after: None };
        for delivery in client.deliveries(identity, webhook.id(), filter).await? {
            let text = |name: &str| delivery.get(name).and_then(Value::as_str);
            let Some(event) = text("eventId") else { continue };
            let status = match text("status") {
                Some("succeeded") => "delivered",
                Some("failed") => "failed",
                _ => "waiting",
            };
            let attempts = delivery.get("attempts").and_then(Value::as_array);
            let last = attempts.and_then(|attempts| attempts.last());
            let reason = last.and_then(|last| last.get("error")).and_then(Value::as_str).map(redact);
            found.entry(event.to_owned()).or_default().push(DeliveryEnd {
                target: url.clone(),
                status,
                last_status: last.and_then(|last| last.get("status")).and_then(Value::as_u64),
                attempts: attempts.map_or(0, Vec::len) as u64,
                reason,
            });
        }
    }
    for (one, known) in fired.iter().zip(known) {
        if let Some(ends) = one.event_id().and_then(|id| found.remove(id)) {
            known.webhooks = ends;
        }
    }
    Ok(())
}

fn report(
    context: &mut Context,
    one: &TriggerOutcome,
    known: &EventProgress,
    result: &mut Value,
) -> Result<(), Failure> {
    let ends: Vec<&DeliveryEnd> = known.ends().collect();
    if let Some(result) = result.as_object_mut() {
        let list = ends.iter().map(|end| as_json(end)).collect();
        result.insert("waited".to_owned(), Value::Array(list));
    }
    for end in ends {
        let status = match end.status {
            "delivered" => style::good(end.status),
            "failed" => style::bad(end.status),
            other => style::warn(other),
        };
        let code = end.last_status.map(|code| format!(", {code}")).unwrap_or_default();
        let reason = end.reason.as_deref();
        let reason = reason.map(|reason| format!(", {}", sanitize(reason))).unwrap_or_default();
        let id = one.event_id().map(sanitize).unwrap_or_default();
        let detail = style::dim(&format!("attempt {}{code}{reason}", end.attempts));
        let line = format!("{status}  {id}  → {}  {detail}", sanitize(&end.target));
        context.output.live(|out| out.text(&line))?;
    }
    Ok(())
}

fn as_json(end: &DeliveryEnd) -> Value {
    json!({
        "target": end.target,
        "status": end.status,
        "attempts": end.attempts,
        "last_status": end.last_status,
        "last_reason": end.reason,
    })
}

fn exit_result(args: &Args, fired: &[TriggerOutcome], known: &[EventProgress]) -> Result<(), Failure> {
    if !fired.is_empty() && known.iter().all(|known| known.excluded) {
        let none = format!("none of {} matches --filter", pluralize(fired.len() as u64, "event"));
        return Err(
            Failure::failed(none).hint("`cstar listen` does not record the body of an event that it skips")
        );
    }
    let ends = || known.iter().flat_map(EventProgress::ends);
    let why = fired.iter().find_map(TriggerOutcome::event_id).map(sanitize).unwrap_or_default();
    let failed = ends().filter(|end| end.has_failed(args.expect_status.as_ref())).count();
    if let (Some(statuses), 1..) = (&args.expect_status, failed) {
        let all = pluralize(ends().count() as u64, "delivery");
        return Err(Failure::failed(format!("{failed} of {all} did not end with status {statuses}"))
            .hint(format!("what happened is shown by: cstar why {why}")));
    }
    if failed > 0 {
        return Err(Failure::failed(format!(
            "{failed} of {} failed",
            pluralize(ends().count() as u64, "delivery")
        ))
        .hint(format!("what happened is shown by: cstar why {why}")));
    }
    let open = fired.iter().zip(known).filter(|(one, known)| !is_done(one, known)).count();
    if open == 0 {
        return Ok(());
    }
    let limit = format!("{} s", args.wait_for.as_secs_f64());
    let waiting = ends().filter(|end| end.status == "waiting").count();
    if waiting > 0 {
        return Err(Failure::failed(format!(
            "{} had not ended after {limit}",
            pluralize(waiting as u64, "delivery")
        ))
        .hint("is the target up? to wait longer: --wait-for 2m"));
    }
    let events = pluralize(fired.len() as u64, "event");
    Err(Failure::failed(format!("{open} of {events} not delivered within {limit}")).hint(
        "--wait follows webhooks and the `cstar listen` of this machine and CSTAR_HOME; is one connected?",
    ))
}
