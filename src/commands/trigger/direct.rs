//! `cstar trigger --to`: signs a sample here and sends it directly to an endpoint, without a server or a key.

mod report;

use std::time::Duration;

use super::args::Args;
use super::data::Overlays;
use super::results::print_json;
use crate::args::{duration, header};
use crate::commands::Context;
use crate::event::{self, Event, Json, ReceivedEvent};
use crate::forward::{self, AttemptResult, CLI_WEBHOOK_ID, DeliverOptions, Endpoint};
use crate::host::random;
use crate::net::{TargetClient, TargetOptions};
use crate::output::attempt::AttemptView;
use crate::output::format::{count, pluralize};
use crate::output::{Exit, Failure, style};
use crate::sandbox_info;
use crate::signature::Signer;
use http::HeaderMap;
use report::{as_json, attempt_line, check_answer, line};

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
    let endpoint = client.endpoint(url).into();
    let sender = Sender {
        endpoint,
        signer: Signer::new(secret.expose()),
        extra: header::map(&args.header),
        limit: duration::limit(args.timeout),
    };
    let types = events.iter().copied();
    let view = AttemptView::new(context.output.columns(), types, context.global.verbose > 0);
    let mut sent = Vec::new();
    let (mut outcome, mut failed) = (Ok(()), 0);
    for name in events {
        let event = sample(context, name, overlays.of(name));
        let AttemptResult { outcome: answer, took, .. } = sender.send(context, &event).await;
        let result = as_json(&event, url, &answer, took);
        let line = match view.columns {
            Some(_) => view.line(&attempt_line(&event, url, &answer, took, events.len() > 1)),
            None => line(&event, url, &answer, took),
        };
        context.output.live(|out| out.data(&line))?;
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
    // `name` is from the catalogue.
    let data = |event| sandbox_info::sample_data(event, now, &unique, overlay);
    let body = event::find(name).map_or(Json::EMPTY, data);
    event::envelope_of(&event::event_id(name, now, &unique), name, now, sandbox_info::TEAM_ID, &body)
}
