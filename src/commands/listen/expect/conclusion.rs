//! The end of a run with `--expect`: prints the report, explains what failed, and makes the exit code.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::oneshot;

use super::super::exit::{check_chaos, exit_result};
use super::observer::Observed;
use crate::account::Account;
use crate::commands::Context;
use crate::forward::{ExpectationReport, ExpectationResult, FailedDelivery, RunOutcome, StopReason};
use crate::history::{EventDetail, EventLookup, HistoryReader, default_path};
use crate::ops::why::{Explanation, notes_around};
use crate::output::junit::{TestCase, TestResult, TestSuite, write_report};
use crate::output::sanitize::sanitize;
use crate::output::{Exit, Failure, style, table};

/// Events that are explained; the others failed in the same way, or their ids are in the report.
const MAX_EXPLAINED: usize = 2;

/// Waits for the result of a run.
#[derive(Debug)]
pub(crate) struct Conclusion {
    pub(super) observed: oneshot::Receiver<Observed>,
    pub(super) junit: Option<PathBuf>,
    pub(super) within: Duration,
    pub(super) started_at: Timestamp,
}

impl Conclusion {
    /// The result of the run, which has ended. Printed, unless the summary has it.
    pub(crate) async fn conclude(
        mut self,
        context: &mut Context,
        ended: RunOutcome,
        account: &Account,
    ) -> Result<(), Failure> {
        if !ended.is_decided() {
            let result = exit_result(ended, None, account);
            if let Err(failure) = &result {
                self.write(context, vec![case("listen", Some((failure.message(), String::new())))])?;
            }
            return result;
        }
        let observed = self.observed_report().await?;
        let Observed { report, has_events } = &observed;
        let pages = if report.passed { Vec::new() } else { pages(context, &report.failures) };
        if !context.output.is_json() {
            print(context, report, &pages)?;
        }
        let text = pages.iter().map(|page| page.lines.join("\n")).collect::<Vec<_>>().join("\n\n");
        let text = anstream::adapter::strip_str(&text).to_string();
        let cases = report.results.iter().map(|result| {
            // Only deliveries have a page.
            let detail = if result.of.is_some() { text.clone() } else { String::new() };
            case(&result.expected, result.reason.as_deref().map(|reason| (reason, detail)))
        });
        self.write(context, cases.collect())?;
        match (report.passed, &ended.disconnected) {
            (true, _) => check_chaos(&ended.summary),
            (false, Some(reason)) if !has_events => {
                let base = &account.base;
                let message = format!("nothing was received; there was no connection to {base}: {reason}");
                Err(Failure::new(Exit::Unreachable, message))
            }
            (false, _) => {
                let failure = Failure::failed(message(report, &ended, self.within));
                // People have seen it.
                Err(match pages.first().filter(|_| context.output.is_json()) {
                    Some(page) => failure.hint(format!("what happened is shown by: cstar why {}", page.id)),
                    None => failure,
                })
            }
        }
    }

    async fn observed_report(&mut self) -> Result<Observed, Failure> {
        let observed = (&mut self.observed).await;
        observed.map_err(|_| Failure::new(Exit::Bug, "what counts the expected events has ended early"))
    }

    fn write(&self, context: &Context, cases: Vec<TestCase>) -> Result<(), Failure> {
        let Some(path) = &self.junit else { return Ok(()) };
        let took = Duration::try_from(context.clock.now().duration_since(self.started_at));
        let suite = TestSuite {
            name: "cstar listen".to_owned(),
            started_at: self.started_at,
            took: took.unwrap_or_default(),
            cases,
        };
        write_report(path, &suite)
    }
}

/// A test that failed with a message and a detail, or passed.
fn case(name: &str, failed: Option<(&str, String)>) -> TestCase {
    let result = match failed {
        Some((message, detail)) => TestResult::Failed { message: message.to_owned(), detail },
        None => TestResult::Passed,
    };
    TestCase {
        class: "cstar.listen".to_owned(),
        name: name.to_owned(),
        took: Duration::ZERO,
        result,
        output: String::new(),
    }
}

/// What failed, in one sentence.
fn message(report: &ExpectationReport, ended: &RunOutcome, within: Duration) -> String {
    let failed: Vec<&ExpectationResult> = report.failed().collect();
    let first = failed.first().map(|one| {
        let reason = one.reason.as_deref().unwrap_or_default();
        format!("{}: {reason}", one.expected)
    });
    let when = match ended.reason {
        StopReason::TimeUp => format!(" after {} s", within.as_secs_f64()),
        StopReason::Interrupted => " when it was interrupted".to_owned(),
        _ => String::new(),
    };
    let first = first.unwrap_or_default();
    match failed.len() {
        1 => format!("expectation failed{when}: {first}"),
        many => format!("{many} expectations failed{when}; the first: {first}"),
    }
}

fn print(context: &mut Context, report: &ExpectationReport, pages: &[Page]) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = report.results.iter().map(row).collect();
    for line in table::lines(&["", "EXPECTED", "GOT"], &rows, true) {
        context.output.data(line.trim_end())?;
    }
    for result in report.failed() {
        let reason = sanitize(result.reason.as_deref().unwrap_or_default());
        context.output.text(&format!("{}  {}: {reason}", style::bad("fail"), sanitize(&result.expected)))?;
    }
    for page in pages {
        context.output.text("")?;
        page.lines.iter().try_for_each(|line| context.output.text(line))?;
    }
    Ok(())
}

fn row(result: &ExpectationResult) -> Vec<String> {
    let verdict = if result.passed { style::good("pass") } else { style::bad("fail") };
    let of = result.of.map(|of| format!(" of {of}")).unwrap_or_default();
    vec![verdict, sanitize(&result.expected), format!("{}{of}", result.got)]
}

/// What `cstar why` prints about an event.
struct Page {
    id: String,
    lines: Vec<String>,
}

/// The page of the first failed delivery of each kind, if the history has it. Without a history there is none, and an
/// error of it must not hide the result.
fn pages(context: &Context, failures: &[FailedDelivery]) -> Vec<Page> {
    let path = default_path(&context.env).filter(|path| path.exists());
    let Some(Ok(reader)) = path.map(|path| HistoryReader::open(&path)) else { return Vec::new() };
    let (mut kinds, mut pages) = (Vec::new(), Vec::new());
    for failure in failures {
        let kind = (failure.target.as_str(), failure.reason.as_str());
        if kinds.contains(&kind) || pages.len() == MAX_EXPLAINED {
            continue;
        }
        if let Some(event) = recorded(&reader, &failure.id) {
            kinds.push(kind);
            let notes = notes_around(&reader, &event).unwrap_or_default();
            let lines = Explanation::new(&event, &notes, &TimeZone::system()).lines();
            pages.push(Page { id: failure.id.clone(), lines });
        }
    }
    pages
}

/// The event with exactly this id.
fn recorded(reader: &HistoryReader, id: &str) -> Option<Box<EventDetail>> {
    match reader.get(id) {
        Ok(EventLookup::Found(event)) if event.id.as_deref() == Some(id) => Some(event),
        _ => None,
    }
}
