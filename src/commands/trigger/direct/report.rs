//! What `cstar trigger --to` prints about an attempt, for people and as JSON.

use std::time::Duration;

use reqwest::Url;
use serde_json::{Value, json};

use crate::event::Event;
use crate::forward::{AttemptOutcome, advice};
use crate::output::attempt::AttemptLine;
use crate::output::sanitize::{escape, redact, sanitize, shorten};
use crate::output::{Exit, Failure, style};

/// The documented result of a single-endpoint test, with the event's id.
pub(super) fn as_json(event: &Event, url: &Url, answer: &AttemptOutcome, took: Duration) -> Value {
    let success = answer.is_success();
    json!({
        "event": event.event_type(),
        "eventId": event.id(),
        "url": url.as_str(),
        "success": success,
        "status": answer.status(),
        "responseTimeMs": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "error": (!success).then(|| redact(&answer.reason())),
        "remark": answer.remark(),
        "answer": answer.excerpt().map(redact),
        "hint": advice::advice(answer, url.as_str(), advice::DIRECT),
    })
}

/// For a terminal.
pub(super) fn attempt_line(
    event: &Event,
    url: &Url,
    answer: &AttemptOutcome,
    took: Duration,
    is_one_of_many: bool,
) -> AttemptLine {
    let is_success = answer.is_success();
    let what = match is_success {
        true => answer.remark().map(style::warn),
        // For a single event the failure at the end gives the reason.
        false => is_one_of_many.then(|| style::bad(&sanitize(&reason(answer)))),
    };
    AttemptLine {
        time: None,
        status: answer.status(),
        exit_code: None,
        event: escape(event.event_type()),
        duration: took,
        detail: what,
        id: escape(event.id()),
        // The failure at the end names the target.
        target: is_success.then(|| shorten(&escape(url.as_str()))),
        is_success,
    }
}

/// Why it failed, with the first line of the answer.
fn reason(answer: &AttemptOutcome) -> String {
    let said = answer.excerpt().map(|text| format!(": {text}")).unwrap_or_default();
    format!("{}{said}", answer.reason())
}

/// For a pipe.
pub(super) fn line(event: &Event, url: &Url, answer: &AttemptOutcome, took: Duration) -> String {
    let status = style::attempt_status(answer.status());
    let remark = answer.remark().map(|remark| format!("  {}", style::warn(remark))).unwrap_or_default();
    let (kind, url) = (style::name(event.event_type()), shorten(&escape(url.as_str())));
    format!(
        "{status}  {kind}  {}  → {url}  {}{remark}",
        event.id(),
        style::dim(&format!("{:.2} ms", took.as_secs_f64() * 1e3))
    )
}

pub(super) fn check_answer(url: &Url, answer: &AttemptOutcome) -> Result<(), Failure> {
    if answer.is_success() {
        return Ok(());
    }
    let exit = if answer.status().is_some() { Exit::Failed } else { Exit::Unreachable };
    let failure = Failure::new(exit, format!("{url} {}", reason(answer)));
    Err(advice::advice(answer, url.as_str(), advice::DIRECT).into_iter().fold(failure, Failure::hint))
}
