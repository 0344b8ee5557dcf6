//! `cstar trigger --play`: sends the events of a recording again, signed now, in the order and at the pace of the file.

mod args;
mod front;
mod source;

use std::path::Path;
use std::sync::Arc;

use super::args::Args;
use crate::args::{duration, header};
use crate::commands::Context;
use crate::forward::{
    self, Destination, EngineIo, Plan, ResumeState, RunOutcome, SecretChoice, SecretSource, StopReason,
    Target, WantedDetails,
};
use crate::host::signals::Interrupts;
use crate::ops::recording::{self, Checked};
use crate::output::format::{count, pluralize};
use crate::output::sanitize::sanitize;
use crate::output::{Exit, Failure, style};
pub(super) use args::PlayArgs;
use front::Front;
use source::Source;

/// The most deliveries at the same time, as in `listen`.
const CONCURRENCY: usize = 64;

/// Checks the whole file, then plays it.
pub(super) async fn run(context: &mut Context, args: &Args, path: &Path) -> Result<(), Failure> {
    let Some(url) = args.to.clone() else { return Ok(()) };
    let Some((secret, _)) = context.signing_secret(args.secret.as_ref())? else {
        return Err(Failure::usage("no signing secret to sign with")
            .hint("name the one your server verifies with: --secret or CSTAR_WEBHOOK_SECRET"));
    };
    let events = check(context, path)?;
    let target = Target { to: Destination::Url(url), patterns: Vec::new() };
    let address = target.display_url();
    let line = format!(
        "Playing {} of {} to {} ({})",
        pluralize(events, "event"),
        path.display(),
        sanitize(&address),
        args.play.speed
    );
    context.output.status(&style::dim(&line))?;
    let plan = Plan {
        targets: vec![target],
        filter: Vec::new(),
        body_filters: Vec::new(),
        headers: Arc::new(header::map(&args.header)),
        timeout: duration::limit(args.timeout),
        retries: 0,
        concurrency: CONCURRENCY,
        ordered: false,
        insecure: args.insecure,
        count: Some(events),
        run_for: None,
        secret: SecretChoice::Given(secret, SecretSource::Flag),
        chaos: None,
        details: WantedDetails::default(),
    };
    let interrupts = Interrupts::listen()?;
    let stream = Source::new(path, &args.play).start(context.clock.clone());
    let front = Front::start(context);
    let io = EngineIo {
        stream,
        activity: front.activity,
        interrupts,
        control: front.control,
        history: ResumeState::none(),
    };
    let ended = forward::run(plan, io, context.clock.clone()).await;
    let drawn = front.drawn.await;
    drawn.map_err(|_| Failure::new(Exit::Bug, "the thread that prints has ended early"))??;
    let unreachable = front.unreachable.await.ok().flatten();
    result(ended?, unreachable, (&address, path, events))
}

/// The number of events. Nothing is sent unless every line can be read.
fn check(context: &mut Context, path: &Path) -> Result<u64, Failure> {
    let progress = context.output.progress("Checking");
    let checked = recording::read(path, &mut |_| std::ops::ControlFlow::Continue(()));
    drop(progress);
    let Checked { events, cut_line } = checked?;
    if let Some(line) = cut_line {
        let line = format!("{}:{line}: the line is cut off, so it is left out", path.display());
        context.output.warning(&style::warn(&line))?;
    }
    match events {
        0 => Err(Failure::usage(format!("`{}` has no event to play", path.display()))
            .hint("record some: cstar listen --forward-to 3000 --record events.jsonl")),
        events => Ok(events),
    }
}

fn result(
    ended: RunOutcome,
    unreachable: Option<String>,
    (address, path, events): (&str, &Path, u64),
) -> Result<(), Failure> {
    let RunOutcome { reason, summary, .. } = ended;
    let address = sanitize(address);
    if let Some(why) = unreachable {
        let message = format!(
            "{address} {}; {} of {} delivered",
            sanitize(&why),
            count(summary.delivered),
            pluralize(events, "event")
        );
        return Err(Failure::new(Exit::Unreachable, message).hint("start your server, then play it again"));
    }
    match reason {
        StopReason::CountReached if summary.failed == 0 => Ok(()),
        StopReason::CountReached => {
            let last = summary.targets.first().and_then(|target| target.last_failure.as_deref());
            let last = last.map(|reason| format!("; the last one: {}", sanitize(reason))).unwrap_or_default();
            Err(Failure::failed(format!(
                "{} of {} failed{last}",
                count(summary.failed),
                pluralize(events, "event")
            )))
        }
        StopReason::StreamGone => {
            Err(Failure::failed(format!("`{}` changed while it was played", path.display())))
        }
        StopReason::OutputClosed => Ok(()),
        _ => Err(Failure::reported(Exit::Interrupted)),
    }
}
