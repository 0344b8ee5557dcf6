//! `cstar trigger`: fires test events, through cStar or straight at an endpoint.

mod data;
mod direct;
mod wait;

use std::path::PathBuf;

use reqwest::Url;
use serde_json::Value;

use super::Context;
use crate::Secret;
use crate::api::{Client, Identity, TriggerOutcome};
use crate::args::{duration, header, pattern, secret, target};
use crate::event;
use crate::ops::event_type;
use crate::output::format::{count, pluralize};
use crate::output::sanitize::escape;
use crate::output::width::{pad, short_id, truncate};
use crate::output::{Failure, style};
use data::Overlays;

/// Fire test webhook events
///
/// An event goes through cStar, or with --sandbox through the local sandbox, to everyone who listens. With --to
/// it is signed here and sent straight to an endpoint, without any server in between and without a key.
#[derive(clap::Args, Debug)]
#[command(
    after_help = concat!(
        "Examples:\n",
        "  cstar trigger ticket.created\n",
        "  cstar trigger ticket.created --set data.ticket.priority=urgent\n",
        "  cstar trigger ticket.updated --data @changes.json --count 5\n",
        "  cstar trigger --all --sandbox\n",
        "  cstar trigger ticket.created 'customer.*' --wait\n",
        "  cstar trigger ticket.created --to http://localhost:3000/webhook --secret whsec_test",
    )
)]
pub(crate) struct Args {
    /// Event types, such as ticket.created, or patterns such as 'ticket.*'; `cstar events` lists them
    #[arg(value_name = "EVENT", required_unless_present = "all", conflicts_with = "all")]
    event: Vec<String>,
    /// Fire one event of every type
    #[arg(long)]
    all: bool,
    /// Lay this object over the sample's data: JSON, @FILE, or - for standard input
    #[arg(long, value_name = "JSON|@FILE|-")]
    data: Option<String>,
    /// Set one member: data.ticket.priority=urgent, data.article.tags.0=new; \. is a dot in a name; repeatable
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Fire this many of each
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    count: u32,
    /// Exit 1 when no listen session and no webhook took an event
    #[arg(long, conflicts_with = "to")]
    require_receiver: bool,
    /// Wait until every delivery has ended, and exit 1 if one failed or none came
    #[arg(long, conflicts_with = "to")]
    wait: bool,
    /// How long --wait waits; 0 for no limit
    #[arg(long, value_name = "DURATION", default_value = "30s", requires = "wait", value_parser = duration::parse)]
    wait_for: std::time::Duration,
    /// Sign and send straight to this endpoint, without any server in between
    #[arg(long, value_name = "TARGET", value_parser = target::parse)]
    to: Option<Url>,
    /// Signing secret for --to [env: CSTAR_WEBHOOK_SECRET]
    #[arg(long, value_name = "SECRET", requires = "to", value_parser = secret::parse)]
    secret: Option<Secret>,
    /// Extra header for --to, `Name: value`; repeatable
    #[arg(short = 'H', long, value_name = "HEADER", requires = "to", value_parser = header::parse)]
    header: Vec<header::Header>,
    /// Time limit of each request with --to; 0 for none
    #[arg(long, value_name = "DURATION", default_value = "10s", requires = "to", value_parser = duration::parse)]
    timeout: std::time::Duration,
    /// Skip certificate checks of the endpoint of --to
    #[arg(long, requires = "to")]
    insecure: bool,
}

/// Runs the command.
pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let events = events(&args)?;
    let overlays = data::overlays(args.data.as_deref(), &args.set, &events)?;
    for remark in overlays.remarks() {
        context.output.status(&style::warn(remark))?;
    }
    if args.to.is_some() {
        return direct::run(context, &args, &events, &overlays).await;
    }
    let client = context.client()?;
    let identity = client.whoami().await?;
    through_api(context, &args, (&client, &identity), &events, &overlays).await
}

/// The event types to fire, each as often as `--count` says.
fn events(args: &Args) -> Result<Vec<&'static str>, Failure> {
    let mut types: Vec<&'static str> = Vec::new();
    if args.all {
        types.extend(event::catalogue().iter().map(|event| event.name));
    }
    for name in &args.event {
        if name.contains('*') {
            let pattern = pattern::parse(name).map_err(Failure::usage)?;
            types.extend(
                event::catalogue().iter().map(|event| event.name).filter(|name| pattern.matches(name)),
            );
        } else {
            types.push(event_type::named(name)?.name);
        }
    }
    Ok(types.into_iter().flat_map(|name| std::iter::repeat_n(name, args.count as usize)).collect())
}

/// Fires one after the other, so that the order is the one asked for. With `--json` and a single
/// event, its result; otherwise an array, which also holds what was fired before a failure.
async fn through_api(
    context: &mut Context,
    args: &Args,
    (client, identity): (&Client, &Identity),
    events: &[&str],
    overlays: &Overlays,
) -> Result<(), Failure> {
    let mut fired = Vec::new();
    let view = View::of(context, events);
    let mut outcome = Ok(());
    for event in events {
        match client.trigger_test(identity, event, overlays.of(event)).await {
            Ok(triggered) => {
                if !context.output.is_json() {
                    context.output.text(&view.line(event, &triggered))?;
                    for (url, why) in triggered.refused() {
                        let line = format!("Not delivered to {}: {}", escape(url), escape(why));
                        context.output.status(&style::warn(&line))?;
                    }
                }
                fired.push(triggered);
            }
            Err(error) => {
                outcome = Err(error.into());
                break;
            }
        }
    }
    let unheard = fired.iter().filter(|one| one.delivered_to() == Some(0)).count();
    if events.len() > 1 {
        let total =
            format!("Fired {} of {}.", count(fired.len() as u64), pluralize(events.len() as u64, "event"));
        context.output.status(&style::dim(&total))?;
    }
    if unheard > 0 {
        context.output.status(&style::warn(&not_received(unheard, events.len())))?;
    }
    if outcome.is_ok() && args.require_receiver && unheard > 0 {
        outcome = Err(Failure::failed(format!(
            "{unheard} of {} had no receiver",
            pluralize(fired.len() as u64, "event")
        ))
        .hint("start `cstar listen` first, and wait until it is connected"));
    }
    let mut results: Vec<Value> = fired.iter().map(|one| one.raw.clone()).collect();
    if outcome.is_ok() && args.wait {
        outcome = wait::run(context, args, (client, identity), &fired, &mut results).await;
    }
    print_json(context, args, &results)?;
    outcome
}

/// A receiver that is not connected now may still get the event later.
fn not_received(unheard: usize, all: usize) -> String {
    let what = match (unheard, all) {
        (1, 1) => "It was not received yet".to_owned(),
        (1, _) => format!("1 of {all} events was not received yet"),
        _ => format!("{unheard} of {all} events were not received yet"),
    };
    format!(
        "{what}: no active webhook matches, and no listen session is connected. A `cstar listen` that is reconnecting still gets it."
    )
}

fn print_json(context: &mut Context, args: &Args, results: &[Value]) -> Result<(), Failure> {
    if !context.output.is_json() {
        return Ok(());
    }
    match results {
        [one] if !args.all && args.count == 1 && args.event.len() == 1 => context.output.json(one)?,
        [] => {}
        many => context.output.json(&many)?,
    }
    Ok(())
}

/// How the lines of this run are drawn.
struct View {
    /// How wide the terminal is; `None` for what is none.
    columns: Option<usize>,
    /// How wide the longest of the types is.
    longest: usize,
    full_ids: bool,
}

impl View {
    fn of(context: &Context, events: &[&str]) -> Self {
        let longest = events.iter().map(|event| event.len()).max().unwrap_or_default();
        Self { columns: context.output.columns(), longest, full_ids: context.global.verbose > 0 }
    }

    fn line(&self, event: &str, triggered: &TriggerOutcome) -> String {
        /// The rest of a line: `Fired`, how many received it, the end of an id, and what is between.
        const OTHERS: usize = 5 + 2 + 2 + 19 + 2 + 9;
        let id = escape(triggered.event_id().unwrap_or("(no id)"));
        let reached = reached(triggered).map(|text| format!("sent to {text}"));
        let reached = reached.unwrap_or_default();
        let fired = style::good("Fired");
        let Some(columns) = self.columns else {
            let reached = if reached.is_empty() { reached } else { format!("  {reached}") };
            return format!("{fired}  {}  {id}{}", style::name(event), style::dim(&reached));
        };
        let wide = self.longest.min(columns.saturating_sub(OTHERS));
        let event = style::name(&pad(&truncate(event, wide), wide));
        let id = if self.full_ids { id } else { short_id(&id) };
        format!("{fired}  {event}  {}  {}", pad(&reached, 18), style::dim(&id))
    }
}

/// A listen session is one receiver, whatever number of targets it delivers to.
fn reached(triggered: &TriggerOutcome) -> Option<String> {
    let all = triggered.delivered_to()?;
    let Some(sessions) = triggered.listeners() else { return Some(pluralize(all, "receiver")) };
    Some(match (sessions, all.saturating_sub(sessions)) {
        (0, 0) => pluralize(0, "receiver"),
        (sessions, 0) => pluralize(sessions, "listen session"),
        (0, webhooks) => pluralize(webhooks, "webhook"),
        (sessions, webhooks) => {
            format!("{} and {}", pluralize(sessions, "listen session"), pluralize(webhooks, "webhook"))
        }
    })
}

/// Where a payload file comes from.
fn file_of(argument: &str) -> Option<PathBuf> {
    if argument == "-" {
        return Some(PathBuf::from("-"));
    }
    argument.strip_prefix('@').map(PathBuf::from)
}
