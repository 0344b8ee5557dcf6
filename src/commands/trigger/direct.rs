//! `cstar trigger --to`: signs a sample here and sends it directly to an endpoint, without a server or a key.

use std::time::Duration;

use http::HeaderMap;
use reqwest::Url;
use serde_json::{Value, json};

use super::args::Args;
use super::data::Overlays;
use super::results::print_json;
use crate::args::{duration, header};
use crate::commands::Context;
use crate::event::{self, Event, Json, ReceivedEvent};
use crate::forward::{self, AttemptOutcome, AttemptResult, CLI_WEBHOOK_ID, DeliverOptions, advice};
use crate::host::random;
use crate::net::{Endpoint, TargetClient, TargetOptions};
use crate::output::attempt::{AttemptLine, AttemptView};
use crate::output::format::{count, pluralize};
use crate::output::sanitize::{escape, redact, sanitize, shorten};
use crate::output::width::width;
use crate::output::{Exit, Failure, style};
use crate::sandbox_info;
use crate::signature::Signer;

/// Sends every event once, one after the other.
pub(super) async fn run(
    context: &mut Context,
    args: &Args,
    events: &[&str],
    overlays: &Overlays,
) -> Result<(), Failure> {
    let Some(url) = &args.to else { return Ok(()) };
    let Some((secret, _)) = context.signing_secret(args.secret.as_ref())? else {
        return Err(Failure::usage("no signing secret to sign with")
            .hint("name the one your server verifies with: --secret or CSTAR_WEBHOOK_SECRET"));
    };
    let client =
        TargetClient::new(TargetOptions { insecure: args.insecure, https: url.scheme() == "https" })?;
    let endpoint = client.endpoint(url);
    let sender = Sender {
        endpoint,
        signer: Signer::new(secret.expose()),
        extra: header::map(&args.header),
        limit: duration::limit(args.timeout),
    };
    let view = view(context, events);
    let mut sent = Vec::new();
    let (mut outcome, mut failed) = (Ok(()), 0);
    for name in events {
        let event = sample(context, name, overlays.of(name));
        let AttemptResult { outcome: answer, took, .. } = sender.send(context, &event).await;
        let result = as_json(&event, url, &answer, took);
        if !context.output.is_json() {
            let line = match view.columns {
                Some(_) => view.line(&attempt_line(&event, url, &answer, took, events.len() > 1)),
                None => line(&event, url, &answer, took),
            };
            context.output.data(&line)?;
        }
        sent.push(result);
        if let Err(failure) = check_answer(url, &answer) {
            failed += 1;
            // A target that has never responded will not respond to the others either.
            if failure.exit() == Exit::Unreachable && failed == sent.len() {
                print_json(context, args, &sent)?;
                return Err(failure);
            }
            outcome = outcome.and(Err(failure));
        }
    }
    print_json(context, args, &sent)?;
    if events.len() > 1 {
        let delivered = count((events.len() - failed) as u64);
        let total = format!("Delivered {delivered} of {}.", pluralize(events.len() as u64, "event"));
        context.output.status(&style::dim(&total))?;
    }
    match outcome {
        // Every type is sent, because one failure says nothing about the next.
        Err(first) if events.len() > 1 => Err(counted(&first, failed, events.len())),
        outcome => outcome,
    }
}

/// The failure for several events, with the cause of the first one.
fn counted(first: &Failure, failed: usize, all: usize) -> Failure {
    // If nothing was delivered, the target is the problem, otherwise the events.
    let exit = if failed == all { first.exit() } else { Exit::Failed };
    let message = format!("{failed} of {all} events failed; the first: {}", first.message());
    first.hints().iter().fold(Failure::new(exit, message), |failure, hint| failure.hint(hint))
}

struct Sender {
    endpoint: Endpoint,
    signer: Signer,
    extra: HeaderMap,
    limit: Option<Duration>,
}

impl Sender {
    async fn send(&self, context: &Context, event: &Event) -> AttemptResult {
        let now = context.clock.now();
        let event = ReceivedEvent::from_event(event, CLI_WEBHOOK_ID, now);
        let (signer, extra, timeout) = (&self.signer, &self.extra, self.limit);
        let options = DeliverOptions { signer, now, attempt: 1, extra, timeout };
        forward::deliver(&self.endpoint, &event, options).await.0
    }
}

fn sample(context: &Context, name: &str, overlay: Option<&Json>) -> Event {
    let unique = random::alphanumeric::<24>();
    let now = context.clock.now();
    let seed = sandbox_info::sample_seed(now, &unique);
    let mut body =
        event::find(name).map_or(Json::EMPTY, |event| Json::from(&event::sample_data(event, &seed)));
    if let Some(overlay) = overlay {
        body.overlay(overlay.clone());
    }
    event::envelope_of(&event::event_id(name, now, &unique), name, now, sandbox_info::TEAM_ID, &body)
}

/// The documented result of a single-endpoint test, with the event's id.
fn as_json(event: &Event, url: &Url, answer: &AttemptOutcome, took: Duration) -> Value {
    let success = answer.is_success();
    json!({
        "event": event.event_type(),
        "eventId": event.id(),
        "url": url.as_str(),
        "success": success,
        "status": answer.status(),
        "responseTimeMs": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "error": (!success).then(|| redact(&answer.reason())),
        "remark": answer.remark(),
        "answer": answer.excerpt().map(redact),
        "hint": advice::advice(answer, advice::DIRECT),
    })
}

fn view(context: &Context, events: &[&str]) -> AttemptView {
    AttemptView {
        columns: context.output.columns(),
        type_width: events.iter().map(|event| width(event)).max().unwrap_or_default(),
        full_ids: context.global.verbose > 0,
    }
}

/// For a terminal.
fn attempt_line(
    event: &Event,
    url: &Url,
    answer: &AttemptOutcome,
    took: Duration,
    is_one_of_many: bool,
) -> AttemptLine {
    let is_success = answer.is_success();
    let what = match is_success {
        true => answer.remark().map(style::warn),
        // For a single event the failure at the end gives the reason.
        false => is_one_of_many.then(|| style::bad(&sanitize(&reason(answer)))),
    };
    AttemptLine {
        time: None,
        status: answer.status(),
        event: escape(event.event_type()),
        duration: took,
        detail: what,
        id: escape(event.id()),
        // The failure at the end names the target.
        target: is_success.then(|| shorten(&escape(url.as_str()))),
        is_success,
    }
}

/// Why it failed, with the first line of the answer.
fn reason(answer: &AttemptOutcome) -> String {
    let said = answer.excerpt().map(|text| format!(": {text}")).unwrap_or_default();
    format!("{}{said}", answer.reason())
}

/// For a pipe.
fn line(event: &Event, url: &Url, answer: &AttemptOutcome, took: Duration) -> String {
    let status = answer.status().map_or_else(|| style::bad("---"), style::status);
    let remark = answer.remark().map(|remark| format!("  {}", style::warn(remark))).unwrap_or_default();
    let (kind, url) = (style::name(event.event_type()), shorten(&escape(url.as_str())));
    format!(
        "{status}  {kind}  {}  → {url}  {}{remark}",
        event.id(),
        style::dim(&format!("{:.2} ms", took.as_secs_f64() * 1e3))
    )
}

fn check_answer(url: &Url, answer: &AttemptOutcome) -> Result<(), Failure> {
    if answer.is_success() {
        return Ok(());
    }
    let exit = if answer.status().is_some() { Exit::Failed } else { Exit::Unreachable };
    let failure = Failure::new(exit, format!("{url} {}", reason(answer)));
    Err(advice::advice(answer, advice::DIRECT).into_iter().fold(failure, Failure::hint))
}
