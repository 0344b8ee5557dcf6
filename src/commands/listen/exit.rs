//! The exit code of `listen`, and its error message.

use crate::account::Account;
use crate::forward::{RunOutcome, RunSummary, StopReason};
use crate::ops::stream_errors::{refused, stream_error};
use crate::output::activity;
use crate::output::format::{count, pluralize};
use crate::output::sanitize::sanitize;
use crate::output::{Exit, Failure};
use crate::stream::response::StreamRefusal;

/// The protocol of the stream is not documented, that of webhooks is.
const NO_STREAM: &str = "receive through a webhook at an address of yours: cstar listen --public-url https://… (see: cstar help webhooks)";

/// The result of the run. Everything else was printed when it happened.
pub(super) fn exit_result(ended: RunOutcome, count: Option<u64>, account: &Account) -> Result<(), Failure> {
    let RunOutcome { reason, summary, disconnected, .. } = ended;
    let down = disconnected.map(|reason| format!("there was no connection to {}: {reason}", account.base));
    if !summary.balanced {
        return Err(Failure::new(Exit::Bug, format!("the delivery totals do not add up: {summary:?}")));
    }
    match reason {
        StopReason::Interrupted | StopReason::OutputClosed => Ok(()),
        StopReason::Aborted => Err(Failure::reported(Exit::Interrupted)),
        StopReason::Refused(refusal) if refusal.is_missing_stream() => Err(no_stream(refusal, account)),
        StopReason::Refused(refusal) => Err(refused(refusal, account)),
        StopReason::StreamError(error) => Err(stream_error(error)),
        StopReason::StreamGone => Err(Failure::new(Exit::Bug, "the event stream ended without a reason")),
        StopReason::NoSecret(reason) => {
            Err(Failure::failed(format!("could not find a secret to sign with: {reason}")))
        }
        StopReason::TimeUp if count.is_some_and(|count| summary.events < count) => {
            let count = count.unwrap_or_default();
            let came = format!(
                "--for was over before --count was reached: {} of {} came",
                summary.events,
                pluralize(count, "event")
            );
            let parts = [Some(came), undelivered(&summary), down];
            Err(Failure::failed(parts.into_iter().flatten().collect::<Vec<_>>().join("; ")))
        }
        StopReason::CountReached | StopReason::TimeUp | StopReason::Finished(_) => {
            match (unmet(&summary), down) {
                (Some(text), _) => Err(Failure::failed(text)),
                // Without a connection, a run without failures proves nothing.
                (None, Some(down))
                    if matches!(reason, StopReason::TimeUp)
                        && summary.delivered + summary.printed.unwrap_or_default() == 0 =>
                {
                    Err(Failure::new(
                        Exit::Unreachable,
                        format!(
                            "nothing was {}; {down}",
                            if summary.printed.is_some() { "received" } else { "delivered" }
                        ),
                    ))
                }
                (None, _) => Ok(()),
            }
        }
    }
}

/// Fails if payloads differed from the documentation, and that is not accepted.
pub(super) fn check_schema(is_strict: bool, ended: &RunOutcome) -> Result<(), Failure> {
    match &ended.schema {
        Some((count, first)) if is_strict => {
            let (what, differ) =
                (pluralize(*count, "member"), if *count == 1 { "differs" } else { "differ" });
            Err(Failure::failed(format!("{what} of payloads {differ} from the documentation: {first}"))
                .hint("what is compared: cstar help testing"))
        }
        _ => Ok(()),
    }
}

/// What was not delivered, and what chaos showed.
fn unmet(summary: &RunSummary) -> Option<String> {
    let parts: Vec<String> = undelivered(summary).into_iter().chain(findings(summary)).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// What `--chaos` has found, in sentences.
fn findings(summary: &RunSummary) -> Vec<String> {
    let findings = summary.chaos.iter().flat_map(|chaos| &chaos.findings);
    findings.map(|finding| sanitize(&activity::about_finding(finding))).collect()
}

/// Fails if `--chaos` has found anything, for a run whose deliveries are judged otherwise.
pub(super) fn check_chaos(summary: &RunSummary) -> Result<(), Failure> {
    match findings(summary) {
        none if none.is_empty() => Ok(()),
        some => Err(Failure::failed(some.join("; "))),
    }
}

/// The undelivered events of each target, and how its last attempt ended.
fn undelivered(summary: &RunSummary) -> Option<String> {
    let lines: Vec<String> = summary
        .targets
        .iter()
        .filter(|target| target.failed + target.waiting > 0)
        .map(|target| {
            let last = target.last_failure.as_deref().unwrap_or("had not answered all of them yet");
            let (failed, waiting) = (target.failed, target.waiting);
            format!("{}: {} {last}", unfinished(failed, waiting), sanitize(&target.target.url))
        })
        .collect();
    (!lines.is_empty()).then(|| lines.join("; "))
}

fn no_stream(refusal: StreamRefusal, account: &Account) -> Failure {
    let status = refusal.status;
    let answer = refused(refusal, account);
    let message = format!(
        "{} has no listen stream for this team: it answered HTTP {status}: {}",
        account.base,
        answer.message()
    );
    let failure = Failure::new(answer.exit(), message).hint(NO_STREAM);
    match answer.api() {
        Some(detail) => failure.with_api(detail.clone()),
        None => failure,
    }
}

/// Such as `1 delivery failed and 2 are still pending`; a count of zero is left out.
fn unfinished(failed: u64, waiting: u64) -> String {
    let are = if waiting == 1 { "is" } else { "are" };
    match (failed, waiting) {
        (_, 0) => format!("{} failed", pluralize(failed, "delivery")),
        (0, _) => format!("{} {are} still pending", pluralize(waiting, "delivery")),
        _ => format!("{} failed and {} {are} still pending", pluralize(failed, "delivery"), count(waiting)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_deliveries_are_counted() {
        for (failed, waiting, said) in [
            (1, 0, "1 delivery failed"),
            (0, 1, "1 delivery is still pending"),
            (2, 1, "2 deliveries failed and 1 is still pending"),
            (1, 1_000, "1 delivery failed and 1,000 are still pending"),
        ] {
            assert_eq!(unfinished(failed, waiting), said);
        }
    }
}
