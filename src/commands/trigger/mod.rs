//! `cstar trigger`: fires test events, through cStar or straight at an endpoint.

mod data;
mod direct;

use std::path::PathBuf;

use reqwest::Url;
use serde_json::Value;

use super::Context;
use crate::Secret;
use crate::api::{Client, Identity, Triggered};
use crate::cli::{duration, header, secret, target};
use crate::event;
use crate::ops::event_type;
use crate::output::clean::clean;
use crate::output::{Failure, style};

/// Fire test webhook events
///
/// An event goes through cStar, or with --sandbox through the local sandbox, to everyone who listens. With --to
/// it is signed here and sent straight to an endpoint, without any server in between and without a key.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  cstar trigger ticket.created\n  cstar trigger ticket.created --set data.ticket.priority=urgent\n  cstar trigger ticket.updated --data @changes.json --count 5\n  cstar trigger --all --sandbox\n  cstar trigger ticket.created --to http://localhost:3000/webhook --secret whsec_test"
)]
pub(crate) struct Args {
    /// Event type, such as ticket.created; `cstar events` lists them
    #[arg(value_name = "EVENT", required_unless_present = "all", conflicts_with = "all")]
    event: Option<String>,
    /// Fire one event of every type
    #[arg(long)]
    all: bool,
    /// Lay this object over the sample's data: JSON, @FILE, or - for standard input
    #[arg(long, value_name = "JSON|@FILE|-")]
    data: Option<String>,
    /// Set one member: data.ticket.priority=urgent; repeatable
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Fire this many of each
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    count: u32,
    /// Sign and send straight to this endpoint, without any server in between
    #[arg(long, value_name = "TARGET", value_parser = target::parse)]
    to: Option<Url>,
    /// Signing secret for --to [env: CSTAR_WEBHOOK_SECRET]
    #[arg(long, value_name = "SECRET", requires = "to", value_parser = secret::parse)]
    secret: Option<Secret>,
    /// Extra header for --to, `Name: value`; repeatable
    #[arg(short = 'H', long, value_name = "HEADER", requires = "to", value_parser = header::parse)]
    header: Vec<header::Header>,
    /// Time limit of each request with --to
    #[arg(long, value_name = "DURATION", default_value = "10s", requires = "to", value_parser = duration::parse)]
    timeout: std::time::Duration,
    /// Skip certificate checks of the endpoint of --to
    #[arg(long, requires = "to")]
    insecure: bool,
}

/// Runs the command.
pub(crate) async fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let events = events(&args)?;
    let data = data::overlay(args.data.as_deref(), &args.set)?;
    if args.to.is_some() {
        return direct::run(context, &args, &events, data.as_ref()).await;
    }
    let client = context.client()?;
    let identity = client.whoami().await?;
    through_api(context, &args, (&client, &identity), &events, data.as_ref()).await
}

/// The event types to fire, each as often as `--count` says.
fn events(args: &Args) -> Result<Vec<&'static str>, Failure> {
    let types: Vec<&'static str> = match args.event.as_deref() {
        None => event::catalogue().iter().map(|event| event.name).collect(),
        Some(name) => vec![event_type::named(name)?.name],
    };
    Ok(types.into_iter().flat_map(|name| std::iter::repeat_n(name, args.count as usize)).collect())
}

/// Fires one after the other, so that the order is the one asked for. With `--json` and a single
/// event, its result; otherwise an array, which also holds what was fired before a failure.
async fn through_api(
    context: &mut Context,
    args: &Args,
    (client, identity): (&Client, &Identity),
    events: &[&str],
    data: Option<&Value>,
) -> Result<(), Failure> {
    let mut fired = Vec::new();
    let mut unheard = 0;
    let mut outcome = Ok(());
    for event in events {
        match client.trigger_test(identity, event, data).await {
            Ok(triggered) => {
                unheard += u32::from(triggered.delivered_to() == Some(0));
                if !context.output.is_json() {
                    context.output.data(&line(event, &triggered))?;
                    for (url, why) in triggered.refused() {
                        let line = format!("Not delivered to {}: {}", clean(url), clean(why));
                        context.output.note(&style::warn(&line))?;
                    }
                }
                fired.push(triggered.raw);
            }
            Err(error) => {
                outcome = Err(error.into());
                break;
            }
        }
    }
    print_json(context, args, &fired)?;
    if unheard > 0 {
        context
            .output
            .note(&style::warn("Nobody received it: no webhook is active and no `cstar listen` runs."))?;
    }
    outcome
}

fn print_json(context: &mut Context, args: &Args, results: &[Value]) -> Result<(), Failure> {
    if !context.output.is_json() {
        return Ok(());
    }
    match results {
        [one] if !args.all && args.count == 1 => context.output.json(one)?,
        [] => {}
        many => context.output.json(&many)?,
    }
    Ok(())
}

fn line(event: &str, triggered: &Triggered) -> String {
    let id = triggered.event_id().unwrap_or("(no id)");
    let reached = match triggered.delivered_to() {
        Some(1) => "  sent to 1 receiver".to_owned(),
        Some(count) => format!("  sent to {count} receivers"),
        None => String::new(),
    };
    let id = clean(id);
    format!("{}  {}  {id}{}", style::good("Fired"), style::name(event), style::dim(&reached))
}

/// Where a payload file comes from.
fn file_of(argument: &str) -> Option<PathBuf> {
    if argument == "-" {
        return Some(PathBuf::from("-"));
    }
    argument.strip_prefix('@').map(PathBuf::from)
}
