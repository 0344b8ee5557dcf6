//! The flags of `cstar trigger`.

use std::time::Duration;

use reqwest::Url;

use super::play::PlayArgs;
use super::scenario::ScenarioArgs;
use crate::Secret;
use crate::args::{duration, header, secret, target};
use crate::event::Filter;
use crate::forward::StatusSet;

/// Fire test webhook events
///
/// cStar, or with --sandbox the local sandbox, sends the event to every listener and webhook. With --to it is signed
/// here and sent directly to an endpoint, without a server in between and without a key.
///
/// With --scenario it makes API calls that change data, such as a ticket from its opening to the survey, so that the
/// events agree with one another.
///
/// cStar documents this request without `--data` and `--set`, which it may ignore.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar trigger ticket.created",
    "cstar trigger ticket.created --set data.ticket.priority=urgent",
    "cstar trigger ticket.updated --data @changes.json --count 5",
    "cstar trigger --all --sandbox",
    "cstar trigger ticket.created 'customer.*' --wait",
    "cstar trigger --scenario ticket-to-survey --check --sandbox",
    "cstar trigger ticket.created --to http://localhost:3000/webhook --secret whsec_test",
    "cstar trigger --play events.jsonl --to http://localhost:3000/webhook --speed 10x",
])]
pub(crate) struct Args {
    /// Event types, such as ticket.created, or patterns such as 'ticket.*'; `cstar events` lists them
    #[arg(value_name = "EVENT", required_unless_present_any = ["all", "play", "scenario", "list"], conflicts_with = "all")]
    pub(super) event: Vec<String>,
    /// Fire one event of every type
    #[arg(long)]
    pub(super) all: bool,
    /// Merge this object into the sample's data: JSON, @FILE, or - for standard input
    #[arg(long, value_name = "JSON|@FILE|-")]
    pub(super) data: Option<String>,
    /// Set one member: data.ticket.priority=urgent, data.article.tags.0=new; \. is a dot in a name; repeatable
    #[arg(long, value_name = "PATH=VALUE")]
    pub(super) set: Vec<String>,
    /// Fire this many of each
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(super) count: u32,
    /// Exit 1 if no listen session and no webhook received an event
    #[arg(long, conflicts_with = "to")]
    pub(super) require_receiver: bool,
    /// Wait until every delivery has ended, and exit 1 if one failed or there was none
    #[arg(long, conflicts_with = "to")]
    pub(super) wait: bool,
    /// How long --wait waits; 0 for no limit
    #[arg(long, value_name = "DURATION", default_value = "30s", requires = "wait", value_parser = duration::parse)]
    pub(super) wait_for: Duration,
    /// With --wait, the status that the last attempt of each delivery must have: 2xx, 200..299, 200,401 [default: delivered]
    #[arg(long, value_name = "STATUSES", requires = "wait", value_parser = StatusSet::parse)]
    pub(super) expect_status: Option<StatusSet>,
    /// --wait only for events whose recorded body matches, such as data.ticket.priority=urgent; repeatable
    #[arg(long = "filter", value_name = "EXPR", requires = "wait", value_parser = Filter::parse)]
    pub(super) filters: Vec<Filter>,
    #[command(flatten)]
    pub(super) play: PlayArgs,
    /// Sign and send directly to this endpoint, without a server in between
    #[arg(long, value_name = "TARGET", value_parser = target::parse)]
    pub(super) to: Option<Url>,
    /// Signing secret for --to [env: CSTAR_WEBHOOK_SECRET]
    #[arg(long, value_name = "SECRET", requires = "to", value_parser = secret::parse)]
    pub(super) secret: Option<Secret>,
    /// Extra header for --to, `Name: value`; repeatable
    #[arg(short = 'H', long, value_name = "HEADER", requires = "to", value_parser = header::parse)]
    pub(super) header: Vec<header::Header>,
    /// Time limit of each request with --to; 0 for none
    #[arg(long, value_name = "DURATION", default_value = "10s", requires = "to", value_parser = duration::parse)]
    pub(super) timeout: Duration,
    /// Skip certificate checks of the endpoint of --to
    #[arg(long, requires = "to")]
    pub(super) insecure: bool,
    #[command(flatten)]
    pub(super) scenario: ScenarioArgs,
}

impl Args {
    /// Whether exactly one event is fired, so that `--json` prints an object and not an array.
    pub(super) fn is_single(&self) -> bool {
        !self.all && self.count == 1 && self.event.len() == 1
    }
}
