//! The flags of `cstar bench`.

use std::time::Duration;

use reqwest::Url;

use crate::Secret;
use crate::args::{duration, header, pattern, secret, target};
use crate::event::Pattern;
use crate::ops::bench::MAX_RATE;

/// Measure an endpoint under a constant load
///
/// Sends signed events, each with its own id, to one endpoint, and reports the rate, the latency and the errors.
///
/// The events follow a schedule and do not wait for the answers before them. The latency is measured from the time at
/// which an event was due, so that a slow answer also counts for the events that it delays. The answer time is measured
/// from the time at which the event was sent.
///
/// With --find-limit the rate doubles until the endpoint fails, and then closes in on the first rate at which it does:
/// an event fails, p99 of the latency is over --max-p99, or less than 95 % of the rate is sent in a second or more. A
/// rate fails only if it fails twice in a row.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar bench http://localhost:3000/webhook --secret whsec_test",
    "cstar bench 3000/webhook --rate 500 --for 30s --events 'ticket.*'",
    "cstar bench 3000/webhook --find-limit --max-p99 250ms",
    "cstar bench https://staging.example.com/webhook --rate 50 --yes --json";
    "The exit code is 1 if an event failed, 3 if the endpoint was not reached at all, and 130 after Ctrl-C, which prints ",
    "the result so far.",
])]
pub(crate) struct Args {
    /// The endpoint: a URL, host:port/path, a port, or port/path
    #[arg(value_name = "TARGET", value_parser = target::parse)]
    pub(super) url: Url,
    /// Events a second, from 1 to 10000; with --find-limit the first rate
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_RATE)))]
    pub(super) rate: u32,
    /// How long, from 100ms to 1h; with --find-limit for each rate [default: 10s, with --find-limit 5s]
    #[arg(long = "for", value_name = "DURATION", value_parser = run_time)]
    pub(super) run_for: Option<Duration>,
    /// Maximum requests at the same time; further events wait, which counts as latency
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    pub(super) connections: u32,
    /// Event types to send in turn, or patterns such as 'ticket.*'; comma-separated
    #[arg(long, value_name = "PATTERN", value_delimiter = ',', default_value = "ticket.created", value_parser = pattern::parse)]
    pub(super) events: Vec<Pattern>,
    /// Signing secret [env: CSTAR_WEBHOOK_SECRET]
    #[arg(long, value_name = "SECRET", value_parser = secret::parse)]
    pub(super) secret: Option<Secret>,
    /// Extra header, `Name: value`; repeatable
    #[arg(short = 'H', long, value_name = "HEADER", value_parser = header::parse)]
    pub(super) header: Vec<header::Header>,
    /// Time limit of each request, from 1ms to 1m; an event that waits longer for a connection fails, too
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = request_time)]
    pub(super) timeout: Duration,
    /// Find the first rate at which the endpoint fails
    #[arg(long)]
    pub(super) find_limit: bool,
    /// With --find-limit: the longest p99 of the latency that does not count as failed
    #[arg(long, value_name = "DURATION", default_value = "1s", requires = "find_limit", value_parser = request_time)]
    pub(super) max_p99: Duration,
    /// Skip certificate checks of the endpoint
    #[arg(long)]
    pub(super) insecure: bool,
    /// Do not ask before a load test of another machine
    #[arg(short, long)]
    pub(super) yes: bool,
}

impl Args {
    pub(super) fn duration(&self) -> Duration {
        self.run_for.unwrap_or(Duration::from_secs(if self.find_limit { 5 } else { 10 }))
    }
}

fn run_time(text: &str) -> Result<Duration, String> {
    let time = duration::parse(text)?;
    let is_valid = (Duration::from_millis(100)..=Duration::from_secs(3600)).contains(&time);
    is_valid.then_some(time).ok_or_else(|| "expected a duration from 100ms to 1h".to_owned())
}

fn request_time(text: &str) -> Result<Duration, String> {
    let time = duration::parse(text)?;
    let is_valid = (Duration::from_millis(1)..=Duration::from_secs(60)).contains(&time);
    is_valid.then_some(time).ok_or_else(|| "expected a duration from 1ms to 1m".to_owned())
}
