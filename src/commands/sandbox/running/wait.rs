//! `cstar sandbox wait`: waits for events of a running sandbox, or for deliveries to its webhooks.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::args::{duration, pattern};
use crate::commands::Context;
use crate::commands::sandbox::state_dir::DataDir;
use crate::event::{Filter, Pattern};
use crate::ops::sandbox_request::SandboxRequest;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, style};
use crate::sandbox_info::running::Running;

/// Wait until an event fires or a delivery ends
///
/// An event that the running sandbox still has counts too, so a script may cause it first and wait then. To look at
/// each event once, give the next call the cursor that --json shows, or begin with `--after latest`.
///
/// It is about the team of --api-key or CSTAR_API_KEY. Without a match within the timeout the exit code is 1.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar sandbox wait ticket.closed --containing 'The kettle sings' --timeout 10s",
    "cstar sandbox wait 'ticket.*' --after latest --json",
    "cstar sandbox wait --deliveries ticket.created --status succeeded",
])]
pub(crate) struct Args {
    /// Event types, such as ticket.closed or 'ticket.*' [default: all]
    #[arg(value_name = "EVENT", value_parser = pattern::parse)]
    types: Vec<Pattern>,
    /// Only events whose body contains this text
    #[arg(long, value_name = "TEXT", conflicts_with = "deliveries")]
    containing: Option<String>,
    /// Only events whose body matches, such as data.ticket.priority=urgent
    #[arg(long, value_name = "EXPR", value_parser = Filter::parse, conflicts_with = "deliveries")]
    filter: Option<Filter>,
    /// Wait for deliveries to webhooks that are over
    #[arg(long)]
    deliveries: bool,
    /// Only deliveries to the webhook with this id
    #[arg(long, value_name = "ID", requires = "deliveries")]
    webhook: Option<String>,
    /// Only deliveries of the event with this id
    #[arg(long, value_name = "ID", requires = "deliveries")]
    event: Option<String>,
    /// Only deliveries with this status; repeatable [default: succeeded and failed]
    #[arg(long, requires = "deliveries", value_parser = ["succeeded", "failed", "pending"])]
    status: Vec<String>,
    /// Only what happened after this cursor or event id; `latest` is from now on
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    /// How long to wait
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration::parse)]
    timeout: Duration,
    /// Live data; the default is that of the API key
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    directory: DataDir,
}

/// The longest wait of one request.
const STEP: Duration = Duration::from_secs(30);
/// How much longer a request may take than it waits.
const GRACE: Duration = Duration::from_secs(10);

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let running = args.directory.running(context).await?;
    let waiting = context.output.progress_handle().begin(format!("Waiting for {}", args.wanted()));
    let found = poll(&running, args).await;
    drop(waiting);
    let found = found?;
    let Some(items) = found[args.list()].as_array().filter(|items| !items.is_empty()) else {
        let message = format!("{} within {}", args.nothing(), seconds(args.timeout));
        return Err(Failure::failed(message).hint("wait longer with --timeout, such as --timeout 30s"));
    };
    context.output.show(&found, |out| {
        for item in items {
            let line = if args.deliveries { delivery_line(item) } else { event_line(item) };
            out.text(&line)?;
        }
        Ok(())
    })
}

impl Args {
    /// The member of the answer, which is also the path.
    fn list(&self) -> &'static str {
        if self.deliveries { "deliveries" } else { "events" }
    }

    fn types_text(&self) -> String {
        self.types.iter().map(Pattern::to_string).collect::<Vec<_>>().join(",")
    }

    fn wanted(&self) -> String {
        match (self.types.is_empty(), self.deliveries) {
            (true, true) => "a delivery".to_owned(),
            (true, false) => "an event".to_owned(),
            (false, true) => format!("a delivery of {}", self.types_text()),
            (false, false) => self.types_text(),
        }
    }

    fn nothing(&self) -> String {
        let kind = if self.deliveries { "delivery" } else { "event" };
        match self.types.is_empty() {
            true => format!("no matching {kind}"),
            false => format!("no matching {kind} of {}", self.types_text()),
        }
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        // Otherwise that of the key.
        let mut query: Vec<_> = self.live.then(|| ("environment", "live".to_owned())).into_iter().collect();
        let list = |texts: &[String]| (!texts.is_empty()).then(|| texts.join(","));
        query.extend(
            [
                ("type", Some(self.types_text()).filter(|types| !types.is_empty())),
                ("containing", self.containing.clone()),
                ("where", self.filter.as_ref().map(Filter::to_string)),
                ("webhook", self.webhook.clone()),
                ("event", self.event.clone()),
                ("status", list(&self.status)),
            ]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?))),
        );
        query
    }
}

/// Asks until something matches or the time is over.
async fn poll(running: &Running, args: &Args) -> Result<Value, Failure> {
    let began = Instant::now();
    let mut after = args.after.clone();
    loop {
        let left = args.timeout.saturating_sub(began.elapsed());
        let wait = left.min(STEP);
        let mut query = args.query();
        query.push(("wait", format!("{}ms", wait.as_millis())));
        query.extend(after.clone().map(|after| ("after", after)));
        let request = SandboxRequest {
            method: Method::GET,
            path: args.list(),
            query,
            body: None,
            timeout: wait + GRACE,
        };
        let answer = request.send(running).await?.map_err(|refusal| refusal.failure("wait"))?;
        let is_empty = answer[args.list()].as_array().is_none_or(Vec::is_empty);
        if !is_empty || left <= STEP {
            return Ok(answer);
        }
        after = answer["cursor"].as_str().map(str::to_owned);
    }
}

/// `ticket.closed  evt_…`.
fn event_line(event: &Value) -> String {
    let text = |name: &str| sanitize(event[name].as_str().unwrap_or_default());
    format!("{}  {}", style::strong(&text("type")), text("id"))
}

/// `succeeded  ticket.closed  http://…  attempt 1: 200`.
fn delivery_line(delivery: &Value) -> String {
    let text = |name: &str| sanitize(delivery[name].as_str().unwrap_or_default());
    let attempts = delivery["attempts"].as_array();
    let attempt = attempts.and_then(|attempts| attempts.last()).cloned().unwrap_or_else(|| json!({}));
    let outcome = match attempt["status"].as_u64() {
        Some(status) => status.to_string(),
        None => sanitize(attempt["error"].as_str().unwrap_or("no attempt yet")),
    };
    let (event, url, status) = (text("event"), text("url"), text("status"));
    let number = attempt["number"].as_u64().map(|number| format!("attempt {number}: ")).unwrap_or_default();
    format!("{}  {event}  {url}  {number}{outcome}", style::strong(&status))
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
