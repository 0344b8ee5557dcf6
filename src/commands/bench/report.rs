//! What `cstar bench` prints for people.

use super::args::Args;
use crate::ops::bench::{LimitReport, MAX_RATE, Measurement, Report, Step, Times};
use crate::output::format::{count, pluralize};
use crate::output::sanitize::{escape, sanitize, shorten};
use crate::output::{style, table};

/// The picture while it runs.
pub(super) fn live(args: &Args, measured: &Measurement) -> String {
    let report = measured.report();
    let answered = report.sent.saturating_sub(report.unfinished);
    let total = report.duration_s;
    let elapsed = measured.elapsed().as_secs_f64().min(total);
    let failed = format!("{} failed", count(report.failed));
    let failed = if report.failed > 0 { style::bad(&failed) } else { failed };
    format!(
        "{} events/s to {}: {elapsed:.0} of {total:.0} s\n  {} sent, {} ended, {} in flight, {failed}\n  {}",
        count(report.rate.into()),
        shorten(&escape(args.url.as_str())),
        count(report.sent),
        count(answered),
        count(report.unfinished),
        report
            .latency_ms
            .map_or_else(|| "no answer yet".to_owned(), |times| format!("latency  {}", quantiles(times))),
    )
}

/// The result of one run.
pub(super) fn lines(args: &Args, report: &Report) -> Vec<String> {
    let mut rows = vec![
        ["Target".to_owned(), shorten(&escape(args.url.as_str()))],
        ["Events".to_owned(), events(report)],
    ];
    rows.push([
        "Rate".to_owned(),
        format!("{:.1} a second, asked for {}", report.rate_reached, count(report.rate.into())),
    ]);
    for (name, times) in [("Latency", report.latency_ms), ("Answer time", report.answer_ms)] {
        rows.push([name.to_owned(), times.map_or_else(|| "no answer".to_owned(), quantiles)]);
    }
    rows.push(["Over 10 s".to_owned(), count(report.over_10s)]);
    for error in &report.errors {
        let text = format!("{} × {}", count(error.count), sanitize(&error.reason));
        rows.push(["Failed".to_owned(), style::bad(&text)]);
    }
    let rows: Vec<Vec<String>> = rows.into_iter().map(Vec::from).collect();
    table::pairs(&rows, true)
}

fn events(report: &Report) -> String {
    let mut parts = vec![format!("{} sent", count(report.sent))];
    parts.push(style::good(&format!("{} accepted", count(report.succeeded))));
    if report.failed > 0 {
        parts.push(style::bad(&format!("{} failed", count(report.failed))));
    }
    if report.unfinished > 0 {
        parts.push(format!("{} unfinished", count(report.unfinished)));
    }
    parts.join(", ")
}

/// One rate of `--find-limit`.
pub(super) fn step(step: &Step) -> String {
    let rate = format!("{:>6}/s", count(step.rate.into()));
    let times = step.report.latency_ms.map(quantiles).unwrap_or_default();
    match &step.why {
        None => format!("{rate}  {}  {times}", style::good("passed")),
        Some(why) => format!("{rate}  {}  {}", style::bad("failed"), sanitize(why)),
    }
}

/// The result of `--find-limit`.
pub(super) fn limit(found: &LimitReport) -> String {
    let rate = |rate: u32| pluralize(rate.into(), "event");
    match (found.passes, found.fails, &found.why) {
        (passes, Some(fails), Some(why)) => {
            let holds = passes.map(|passes| format!("Holds {} a second. ", rate(passes))).unwrap_or_default();
            let fails = style::strong(&format!("Fails at {} a second", rate(fails)));
            format!("{holds}{fails}: {}.", sanitize(why))
        }
        (Some(MAX_RATE), None, _) => {
            format!("Holds {} a second, the highest rate that cstar sends.", rate(MAX_RATE))
        }
        (Some(passes), ..) => format!("Holds {} a second; higher rates were not tried.", rate(passes)),
        _ => "No rate was tried to its end.".to_owned(),
    }
}

fn quantiles(times: Times) -> String {
    let Times { p50, p95, p99, max } = times;
    let shown = |name: &str, time| format!("{name} {:<9}", millis(time));
    [shown("p50", p50), shown("p95", p95), shown("p99", p99), format!("max {}", millis(max))].join(" ")
}

fn millis(time: f64) -> String {
    match time {
        time if time < 9.95 => format!("{time:.2} ms"),
        time if time < 9_999.5 => format!("{time:.0} ms"),
        time => format!("{:.1} s", time / 1e3),
    }
}
