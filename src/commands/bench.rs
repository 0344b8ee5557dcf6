//! `cstar bench`: sends signed events to an endpoint at a constant rate, and reports how long the answers take.

mod args;
mod report;

use serde_json::{Map, Value, json};

use super::Context;
use super::confirm::{Question, confirm};
use crate::args::header;
use crate::event::{self, EventType};
use crate::forward::advice::{self, Remedy};
use crate::forward::{AttemptOutcome, Endpoint};
use crate::host::limits::raise_open_files;
use crate::host::signals::Interrupts;
use crate::net::{TargetClient, TargetOptions, is_loopback};
use crate::ops::bench::{self, LimitReport, LimitRule, Load, Report, Run, Schedule};
use crate::output::format::{count, pluralize};
use crate::output::sanitize::escape;
use crate::output::{Exit, Failure, style};
use crate::signature::Signer;
pub(crate) use args::Args;

const BENCH: Remedy<'static> = Remedy { address: "another URL", ..advice::DIRECT };

pub(crate) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let types = types(args)?;
    let Some((secret, _)) = context.signing_secret(args.secret.as_ref())? else {
        return Err(Failure::usage("no signing secret to sign with")
            .hint("name the one your server verifies with: --secret or CSTAR_WEBHOOK_SECRET"));
    };
    let https = args.url.scheme() == "https";
    let client = TargetClient::new(TargetOptions { insecure: args.insecure, https })?;
    let load = Load {
        endpoint: Endpoint::from(client.endpoint(&args.url)),
        signer: Signer::new(secret.expose()),
        extra: header::map(&args.header),
        limit: args.timeout,
        connections: args.connections as usize,
        types,
        clock: context.clock.clone(),
    };
    if !args.yes && !is_loopback(&args.url) {
        ask(context, args).await?;
    }
    raise_open_files();
    let mut interrupts = Interrupts::listen()?;
    match args.find_limit {
        true => find_limit(context, args, &load, &mut interrupts).await,
        false => measure(context, args, &load, &mut interrupts).await,
    }
}

/// The types that the patterns name, in the order of the catalogue.
fn types(args: &Args) -> Result<Vec<&'static EventType>, Failure> {
    let is_named = |event: &&EventType| args.events.iter().any(|pattern| pattern.matches(event.name));
    let types: Vec<&EventType> = event::catalogue().iter().filter(is_named).collect();
    match types.is_empty() {
        true => Err(Failure::usage("--events names no event type").hint("`cstar events` lists them")),
        false => Ok(types),
    }
}

/// A load on a machine that others may use is never an accident.
async fn ask(context: &Context, args: &Args) -> Result<(), Failure> {
    let schedule = args.schedule();
    let what = match args.find_limit {
        true => "more and more events a second, until it fails,".to_owned(),
        false => format!("{} at {} a second", pluralize(schedule.events(), "event"), count(args.rate.into())),
    };
    let text = format!("Send {what} to {}, which is not this machine?", args.url);
    let question = Question {
        text: &escape(&text),
        action: "a load test of another machine",
        hint: "add --yes if the machine is yours",
    };
    confirm(context, &question).await.map(drop)
}

async fn measure(
    context: &mut Context,
    args: &Args,
    load: &Load,
    interrupts: &mut Interrupts,
) -> Result<(), Failure> {
    let progress = context.output.progress("Sending");
    let watch = |measured: &bench::Measurement| progress.show(report::live(args, measured));
    let run = bench::run(load, args.schedule(), interrupts, watch).await?;
    drop(progress);
    let Run { measurement, unreachable } = run;
    let measured = measurement.report();
    let mut json = header_json(args, load);
    json.extend(object(&measured));
    context
        .output
        .show(&json, |out| report::lines(args, &measured).iter().try_for_each(|line| out.data(line)))?;
    warn_if_late(context, &measured)?;
    match unreachable {
        Some(outcome) => Err(not_reached(args, &outcome)),
        None => exit_result(args, &measured),
    }
}

async fn find_limit(
    context: &mut Context,
    args: &Args,
    load: &Load,
    interrupts: &mut Interrupts,
) -> Result<(), Failure> {
    let rule = LimitRule { max_p99: args.max_p99 };
    let progress = context.output.progress("Sending");
    let watch = |measured: &bench::Measurement| progress.show(report::live(args, measured));
    let output = &mut context.output;
    let on_step = |step: &bench::Step| output.live(|out| out.data(&report::step(step)));
    let (found, ended) = bench::find_limit(load, args.schedule(), rule, interrupts, watch, on_step).await?;
    drop(progress);
    let mut json = header_json(args, load);
    json.extend(object(&found));
    context.output.show(&json, |out| out.text(&report::limit(&found)))?;
    if let Some(step) = found.steps.iter().rev().find(|step| step.passed) {
        warn_if_late(context, &step.report)?;
    }
    match ended {
        Some(Run { unreachable: Some(outcome), .. }) => Err(not_reached(args, &outcome)),
        Some(_) => Err(interrupted()),
        None => limit_result(&found),
    }
}

/// What was asked for.
fn header_json(args: &Args, load: &Load) -> Map<String, Value> {
    object(&json!({
        "url": args.url.as_str(),
        "events": load.types.iter().map(|event| event.name).collect::<Vec<_>>(),
        "connections": args.connections,
        "timeout_s": args.timeout.as_secs_f64(),
    }))
}

fn object(value: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// If this program was late, the figures are about it and not about the endpoint.
fn warn_if_late(context: &mut Context, measured: &Report) -> Result<(), Failure> {
    /// Milliseconds.
    const LATE: f64 = 10.0;
    let Some(late) = measured.late_ms.filter(|late| late.p99 >= LATE) else { return Ok(()) };
    let line = format!(
        "Warning: this machine was busy, and 1 % of the events were sent more than {:.0} ms late. That time counts as latency.",
        late.p99
    );
    Ok(context.output.warning(&style::warn(&line))?)
}

fn not_reached(args: &Args, outcome: &AttemptOutcome) -> Failure {
    let failure = Failure::new(Exit::Unreachable, format!("{} {}", args.url, outcome.reason()));
    advice::advice(outcome, args.url.as_str(), BENCH).into_iter().fold(failure, Failure::hint)
}

fn interrupted() -> Failure {
    Failure::new(Exit::Interrupted, "interrupted: the result is that of the time before")
}

fn exit_result(args: &Args, measured: &Report) -> Result<(), Failure> {
    if measured.interrupted {
        return Err(interrupted());
    }
    let Some(most) = measured.errors.first() else { return Ok(()) };
    let failure = Failure::failed(format!(
        "{} of {} failed; most often: {} {}",
        count(measured.failed),
        pluralize(measured.due, "event"),
        args.url,
        most.reason
    ));
    Err(match most.status {
        Some(400 | 401 | 403) => failure.hint("is --secret the one that your server verifies with?"),
        _ => failure,
    })
}

/// A limit is a result. An endpoint that holds not even one event a second does not work.
fn limit_result(found: &LimitReport) -> Result<(), Failure> {
    match (found.passes, &found.why) {
        (None, Some(why)) => Err(Failure::failed(format!("it fails at every rate; at the lowest: {why}"))),
        _ => Ok(()),
    }
}

/// The schedule of the flags.
impl Args {
    fn schedule(&self) -> Schedule {
        Schedule { rate: self.rate, duration: self.duration() }
    }
}
