//! The flags of `cstar listen`.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;

use super::chaos::ChaosArgs;
use super::exec::ExecArgs;
use super::expect::ExpectArgs;
use super::public_url::PublicArgs;
use super::record::RecordArgs;
use super::schema::SchemaArgs;
use super::show::ShowArgs;
use super::tui::TuiArgs;
use crate::Secret;
use crate::args::filter::FilterArgs;
use crate::args::{duration, header, pattern, secret, target, transport};
use crate::event::Pattern;
use crate::stream::transport::Transport;

/// Forward webhook events to your own server or command
///
/// Each event is sent as a POST with its original body and a fresh signature for every attempt. Events about one
/// resource stay in order. Failed attempts are retried, and events are queued while a target is down.
///
/// Ctrl-C stops it: pending deliveries get a few seconds to finish, then a summary is printed.
///
/// cStar documents the address of the event stream, but not its protocol. `cstar doctor` shows whether your server
/// speaks the one of cstar.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar listen --forward-to 3000",
    "cstar listen --forward-to http://localhost:3000/webhook --events 'ticket.*,customer.created'",
    "cstar listen --route 'ticket.*=3001' --route 'survey.*=3002'",
    "cstar listen --sandbox --forward-to 3000",
    "cstar listen --sandbox --exec 'jq .type'",
    "cstar listen --print --filter 'data.ticket.priority=urgent'",
    "cstar listen --forward-to 3000 --show body,answer",
    "cstar listen --public-url https://hooks.example.com --forward-to 3000",
    "cstar listen --forward-to 3000 --chaos all --record events.jsonl",
    "cstar listen --print-secret",
    "cstar listen --json --count 1 --for 30s",
    "cstar listen --sandbox --forward-to 3000 --expect 'ticket.created=2' -- npm test",
])]
pub(crate) struct Args {
    /// URL, host:port/path, or port to deliver to; repeatable [default off a terminal: http://localhost:3000/api/webhooks]
    #[arg(short, long, value_name = "TARGET", value_parser = target::parse)]
    pub(super) forward_to: Vec<Url>,
    /// Deliver events that match PATTERN to TARGET: 'ticket.*=localhost:3001/tickets'; repeatable
    #[arg(long, value_name = "PATTERN=TARGET", value_parser = target::parse_route)]
    pub(super) route: Vec<target::Route>,
    #[command(flatten)]
    pub(super) exec: ExecArgs,
    /// Only events that match: 'ticket.*,customer.created'; repeatable
    #[arg(short, long, value_name = "PATTERNS", value_delimiter = ',', value_parser = pattern::parse)]
    pub(super) events: Vec<Pattern>,
    #[command(flatten)]
    pub(super) body: FilterArgs,
    #[command(flatten)]
    pub(super) show: ShowArgs,
    /// Add a header to every delivery, `Name: value`; repeatable
    #[arg(short = 'H', long, value_name = "HEADER", value_parser = header::parse)]
    pub(super) header: Vec<header::Header>,
    /// Sign with this secret [env: CSTAR_WEBHOOK_SECRET] [default: the session's]
    #[arg(long, value_name = "SECRET", value_parser = secret::parse)]
    pub(super) secret: Option<Secret>,
    /// How to receive: sse, ws (WebSocket), or auto, which changes to ws when a proxy holds sse back
    #[arg(long, value_name = "auto|sse|ws", default_value = "auto", hide_possible_values = true, value_parser = transport::parser())]
    pub(super) transport: Transport,
    /// Also send what earlier runs left undelivered, and resume after the last event received
    #[arg(long, conflicts_with = "no_history")]
    pub(super) resume: bool,
    /// Record nothing: no history, no replay, nothing to resume
    #[arg(long)]
    pub(super) no_history: bool,
    /// Keep this many events in the history, not 10,000; holds for later runs too
    #[arg(long, value_name = "N", conflicts_with = "no_history", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(super) history_limit: Option<u64>,
    /// Write this file once the stream is connected; an old one is removed first
    #[arg(long, value_name = "PATH")]
    pub(super) ready_file: Option<PathBuf>,
    #[command(flatten)]
    pub(super) public: PublicArgs,
    #[command(flatten)]
    pub(super) tui: TuiArgs,
    #[command(flatten)]
    pub(super) chaos: ChaosArgs,
    #[command(flatten)]
    pub(super) record: RecordArgs,
    /// Print only the signing secret, and exit
    #[arg(long)]
    pub(super) print_secret: bool,
    /// Time limit of each attempt; 0 for none (cStar itself allows 10 s)
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration::parse)]
    pub(super) timeout: Duration,
    /// Retries of an attempt, after timeouts, 429 and 5xx
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(super) retries: u32,
    /// Maximum deliveries in flight per target; reduced while the target slows down
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = parse_concurrency)]
    pub(super) concurrency: usize,
    /// Deliver one event at a time, in the order of the stream
    #[arg(long)]
    pub(super) ordered: bool,
    /// Skip certificate checks of https targets
    #[arg(long)]
    pub(super) insecure: bool,
    /// Exit after this many events; exit code 1 if one failed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) count: Option<u64>,
    /// Stop after this time, 0 for no limit; exit 1 if a delivery failed or --count was not reached, 3 if disconnected
    #[arg(long = "for", value_name = "DURATION", value_parser = duration::parse)]
    pub(super) run_for: Option<Duration>,
    #[command(flatten)]
    pub(super) expect: ExpectArgs,
    #[command(flatten)]
    pub(super) schema: SchemaArgs,
    /// Serve the inspector, a page for the browser that shows and replays events
    #[arg(long, conflicts_with_all = ["no_history", "print_secret"])]
    pub(super) ui: bool,
    /// Port of the page on 127.0.0.1; 0 picks a free one [default: 4748, or the next free one]
    #[arg(long, value_name = "N", requires = "ui")]
    pub(super) ui_port: Option<u16>,
    /// Whether the page is also opened in the browser. `dev` sets it.
    #[arg(skip)]
    pub(super) opens_page: bool,
    /// Also stop when standard input ends, as a pipe does when the program that opened it ends
    #[arg(long)]
    pub(super) exit_on_stdin_eof: bool,
}

fn parse_concurrency(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=1024) => Ok(number),
        _ => Err("expected a number from 1 to 1024".to_owned()),
    }
}
