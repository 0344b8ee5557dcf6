//! `cstar sandbox clock`: shows and moves the time of a running sandbox.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::args::duration;
use crate::commands::Context;
use crate::commands::sandbox::state_dir::DataDir;
use crate::ops::sandbox_request::SandboxRequest;
use crate::output::Failure;
use crate::output::sanitize::sanitize;

/// Show or move the time of a running sandbox
///
/// Retries of deliveries, rate limits, idempotency keys and all timestamps follow this clock. It makes each attempt that
/// is due on the way, so a day passes in milliseconds. It runs forward only, except for `reset`. Signatures have the
/// time of the system, or receivers would refuse them. Each team has its own clock. When the sandbox stops, it is lost.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar sandbox clock",
    "cstar sandbox clock advance 24h",
    "cstar sandbox clock set 2027-01-01T00:00:00Z",
    "cstar sandbox clock reset",
])]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Subcommand>,
    #[command(flatten)]
    directory: DataDir,
}

#[derive(clap::Subcommand, Debug)]
enum Subcommand {
    /// Move the clock ahead
    #[command(after_help = examples!["cstar sandbox clock advance 24h"])]
    Advance {
        /// By how much, such as 30s, 2m or 24h; at most a year
        #[arg(value_name = "TIME", value_parser = duration::parse)]
        by: Duration,
        #[command(flatten)]
        directory: DataDir,
    },
    /// Move the clock ahead to a time
    #[command(after_help = examples!["cstar sandbox clock set 2027-01-01T00:00:00Z"])]
    Set {
        /// When, such as 2027-01-01T00:00:00Z
        #[arg(value_name = "TIME", value_parser = parse_time)]
        to: Timestamp,
        #[command(flatten)]
        directory: DataDir,
    },
    /// Go back to the time of the system
    #[command(after_help = examples!["cstar sandbox clock reset"])]
    Reset {
        #[command(flatten)]
        directory: DataDir,
    },
}

/// The attempts on the way may take a minute.
const TIMEOUT: Duration = Duration::from_secs(120);

fn parse_time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "expected a time such as 2027-01-01T00:00:00Z".to_owned())
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let (body, directory) = match &args.command {
        None => (None, &args.directory),
        Some(Subcommand::Advance { by, directory }) => {
            (Some(json!({ "advance": format!("{}ms", by.as_millis()) })), directory)
        }
        Some(Subcommand::Set { to, directory }) => (Some(json!({ "set": to.to_string() })), directory),
        Some(Subcommand::Reset { directory }) => (Some(json!({ "reset": true })), directory),
    };
    let running = directory.running(context).await?;
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let waiting = context.output.progress_handle().begin("Moving the clock".to_owned());
    let request =
        SandboxRequest { method, path: "clock", query: Vec::new(), body: body.as_ref(), timeout: TIMEOUT };
    let answer = request.send(&running).await;
    drop(waiting);
    let clock = answer?.map_err(|refusal| refusal.failure("move its clock"))?;
    context.output.show(&clock, |out| out.text(&sanitize(&line(&clock))))
}

/// `2026-12-01T10:00:00.000Z  24h ahead of the system`.
fn line(clock: &Value) -> String {
    let now = clock["now"].as_str().unwrap_or_default();
    match clock["offset_ms"].as_u64() {
        None | Some(0) => format!("{now}  the time of the system"),
        Some(millis) => format!("{now}  {} ahead of the system", ahead(millis)),
    }
}

/// `25h 30m`, `1.5s`.
fn ahead(millis: u64) -> String {
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    let seconds = (millis % 60_000) as f64 / 1000.0;
    let parts = [
        (hours > 0, format!("{hours}h")),
        (minutes > 0, format!("{minutes}m")),
        (seconds > 0.0, format!("{seconds}s")),
    ];
    let parts = parts.into_iter().filter_map(|(shown, part)| shown.then_some(part));
    parts.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_shown_in_hours_and_less() {
        for (millis, shown) in
            [(86_400_000, "24h"), (91_800_000, "25h 30m"), (1_500, "1.5s"), (3_600_001, "1h 0.001s")]
        {
            assert_eq!(ahead(millis), shown);
        }
    }
}
