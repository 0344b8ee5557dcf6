//! What people see: the table of the results, and the list of the checks.

use std::io;

use serde_json::json;

use super::catalogue::CheckInfo;
use super::report::Report;
use super::result::{CheckResult, Status};
use crate::commands::Context;
use crate::output::format::{check_duration, pluralize};
use crate::output::sanitize::sanitize;
use crate::output::table::{Column, Fit, render};
use crate::output::{Failure, Output, style};

/// The width of the longest name.
const NAME: usize = 20;
const INDENT: &str = "          ";

/// One line for a result, and one for its advice. Skipped checks are shown at the end, see [`conclude`].
pub(super) fn show(output: &mut Output, result: &CheckResult) -> io::Result<()> {
    let (name, message) = (result.check.name, sanitize(&result.finding.message));
    let (status, message) = match result.status() {
        Status::Pass => (style::good("pass  "), message),
        Status::Advice => (style::warn("advice"), message),
        Status::Fail => (style::bad("fail  "), message),
        Status::Skip => return Ok(()),
    };
    let line = format!("{status}  {name:<NAME$}  {message}");
    let advice = result.finding.advice.as_deref().map(|advice| format!("{INDENT}→ {}", sanitize(advice)));
    output.live(|out| {
        out.text(&line)?;
        advice.map_or(Ok(()), |advice| out.text(&advice))
    })
}

/// A line for each reason with the checks that were skipped for it.
fn skipped(report: &Report) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for result in report.results.iter().filter(|result| result.status() == Status::Skip) {
        let reason = result.finding.message.as_str();
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, names)) => names.push(result.check.name),
            None => reasons.push((reason, vec![result.check.name])),
        }
    }
    let line = |(reason, names): &(&str, Vec<&str>)| {
        let names = names.join(", ");
        format!("{}  {}", style::dim("skip  "), style::dim(&format!("{names:<NAME$}  {}", sanitize(reason))))
    };
    reasons.iter().map(line).collect()
}

/// The sum of the results, or all of them as JSON.
pub(super) fn conclude(context: &mut Context, report: &Report) -> Result<(), Failure> {
    context.output.show_with(
        || report.to_json(),
        |out| {
            skipped(report).iter().try_for_each(|line| out.text(line))?;
            let [passed, failed, advice, skipped] =
                [Status::Pass, Status::Fail, Status::Advice, Status::Skip].map(|status| report.count(status));
            let mut parts = vec![format!("{passed} passed")];
            let others = [(failed, "failed"), (advice, "with advice"), (skipped, "skipped")];
            parts.extend(
                others.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")),
            );
            let checks = pluralize(report.results.len() as u64, "check");
            let line = format!("{checks} in {}: {}.", check_duration(report.took), parts.join(", "));
            out.status(&if failed > 0 { style::bad(&line) } else { style::good(&line) })
        },
    )
}

pub(super) fn list(context: &mut Context, checks: &[&CheckInfo]) -> Result<(), Failure> {
    let value: Vec<_> = checks
        .iter()
        .map(|check| json!({ "name": check.name, "expected": check.expected, "purpose": check.purpose }))
        .collect();
    let columns = [
        Column::new("CHECK", Fit::Whole),
        Column::new("SENDS OR LOOKS AT", Fit::Truncate(20)),
        Column::optional("EXPECTS", Fit::Whole),
    ];
    let rows: Vec<Vec<String>> = checks
        .iter()
        .map(|check| [check.name, check.purpose, check.expected].map(str::to_owned).to_vec())
        .collect();
    context.output.show(&value, |out| {
        let lines = render(&columns, &rows, out.columns());
        lines.iter().try_for_each(|line| out.data(line))
    })
}
