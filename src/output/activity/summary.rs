//! The end of a run as lines: its totals, and those of each target.

use std::io;

use super::super::format::pluralize;
use super::super::sanitize::escape;
use super::super::{Output, style};
use super::line::address;
use crate::forward::{ChaosFinding, ChaosSummary, Concurrency, RunSummary, TargetCommand, TargetSummary};

pub(super) fn stopped(
    output: &mut Output,
    reason: &str,
    summary: &RunSummary,
    undelivered: &[String],
    is_recorded: bool,
) -> io::Result<()> {
    let RunSummary { received, delivered, failed, skipped, waiting, .. } = summary;
    let waiting = match waiting {
        0 => String::new(),
        some => format!(" + {}", style::bad(&format!("{some} undelivered"))),
    };
    let ended = match summary.printed {
        Some(printed) => format!("{printed} printed"),
        None => format!("{delivered} delivered + {failed} failed"),
    };
    output
        .status(&format!("Stopped ({reason}): {received} received = {ended} + {skipped} skipped{waiting}"))?;
    for target in summary.targets.iter().filter(|target| target.received > 0) {
        output.status(&style::dim(&escape(&account(target))))?;
    }
    if let Some(chaos) = &summary.chaos {
        output.status(&style::dim(&chaos_totals(chaos)))?;
        for finding in &chaos.findings {
            output.status(&style::bad(&escape(&format!("  {}", about_finding(finding)))))?;
        }
    }
    for id in undelivered {
        output.status(&format!("  not delivered: {}", escape(id)))?;
    }
    if is_recorded && !undelivered.is_empty() {
        output.status(&style::dim("  To deliver what is left, run the same command with --resume."))?;
    }
    Ok(())
}

/// How many attempts chaos changed.
fn chaos_totals(chaos: &ChaosSummary) -> String {
    let counts: Vec<String> = chaos.attempts.iter().map(|(name, count)| format!("{count} {name}")).collect();
    let counts = if counts.is_empty() { "nothing was changed".to_owned() } else { counts.join(", ") };
    format!("  chaos: {counts} (the same again: --chaos-seed {})", chaos.seed)
}

/// What chaos showed about the targets, and what to do about it.
pub(crate) fn about_finding(finding: &ChaosFinding) -> String {
    let ChaosFinding { kind, attempts, first } = finding;
    let attempts = *attempts;
    let events = if attempts == 1 { first.clone() } else { format!("first {first}") };
    match *kind {
        "stale" => format!(
            "{} with a signature that is an hour old accepted ({events}): compare its time with the clock",
            pluralize(attempts, "request")
        ),
        "tamper" => format!(
            "{} with a changed body accepted ({events}): check the signature over the exact bytes",
            pluralize(attempts, "request")
        ),
        _ => format!(
            "{} refused ({events}): answer 2xx to an event that was handled before",
            pluralize(attempts, "duplicate")
        ),
    }
}

/// The totals of one target.
fn account(target: &TargetSummary) -> String {
    let TargetSummary { received, delivered, failed, waiting, over_10s, .. } = target;
    let times = target.handler_ms.map(|times| {
        let verb = if TargetCommand::is_name(&target.target.url) { "ran for" } else { "answered in" };
        format!("; {verb} {} ms (p50), {} ms (p95), {} ms (max)", times.p50, times.p95, times.max)
    });
    let late = match over_10s {
        0 => String::new(),
        some => format!("; {some} took longer than the 10 s that cStar allows"),
    };
    let url = address(&target.target.url);
    let times = times.unwrap_or_default();
    let Concurrency { reached, last, .. } = target.concurrency;
    let concurrency = match last < reached {
        true => format!("; peak concurrency {reached}, {last} at the end"),
        false => format!("; peak concurrency {reached}"),
    };
    format!(
        "  {url}: {received} = {delivered} delivered + {failed} failed + {waiting} undelivered{times}{late}{concurrency}"
    )
}
