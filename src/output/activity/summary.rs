//! The end of a run as lines: its totals, and those of each target.

use std::io;

use super::super::sanitize::escape;
use super::super::{Output, style};
use super::line::address;
use crate::forward::{Concurrency, RunSummary, TargetCommand, TargetSummary};

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
    for id in undelivered {
        output.status(&format!("  not delivered: {}", escape(id)))?;
    }
    if is_recorded && !undelivered.is_empty() {
        output.status(&style::dim("  To deliver what is left, run the same command with --resume."))?;
    }
    Ok(())
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
