//! The timeline: one sentence per fact, in order.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::advice;
use crate::forward::{TargetCommand, is_rejection};
use crate::history::{
    ConnectionEvent, DeliveryState, DeliverySummary, EventDetail, EventState, ReceivedRow, RecordedOutcome,
    StoredAttempt,
};
use crate::output::format::{date_and_time, exact_duration, pluralize};
use crate::output::sanitize::sanitize;
use crate::output::style;

/// Maximum connection events; an outage can have hundreds.
const MAX_NOTES: usize = 8;

/// From the reception to the end; the last line is the newest fact.
pub(super) fn timeline(event: &EventDetail, zone: &TimeZone) -> Vec<String> {
    let receptions = event.receptions.iter().enumerate();
    let mut facts: Vec<(Timestamp, String)> =
        receptions.map(|(index, one)| (one.at, received(event, one, index > 0, zone))).collect();
    facts.extend(destinations(event));
    facts.extend(attempts(event, zone));
    facts.extend(event.deliveries.iter().map(|delivery| {
        // A waiting delivery comes last.
        (delivery.ended_at.unwrap_or(Timestamp::MAX), describe_end(event, delivery, zone))
    }));
    // Stable: an attempt comes before the end of its delivery within the same millisecond.
    facts.sort_by_key(|(at, _)| *at);
    let head = [opening(event), String::new()];
    head.into_iter().chain(facts.into_iter().map(|(_, sentence)| sentence)).collect()
}

/// One sentence per attempt, or per series of attempts with the same outcome.
fn attempts(event: &EventDetail, zone: &TimeZone) -> Vec<(Timestamp, String)> {
    let (mut facts, mut folded) = (Vec::new(), 0);
    for (index, attempt) in event.attempts.iter().enumerate() {
        if event.attempts.get(index + 1).is_some_and(|next| has_same_outcome(attempt, next)) {
            folded += 1;
            continue;
        }
        let first = event.attempts.get(index - std::mem::take(&mut folded)).unwrap_or(attempt);
        let (before, after) = (event.attempts.get(..index), event.attempts.get(index + 1..));
        let mut rest = after.unwrap_or_default().iter();
        let next = rest.find(|later| later.target == attempt.target);
        let ended = |earlier: &StoredAttempt| {
            earlier.target == attempt.target
                && attempt.chaos.is_none()
                && matches!(earlier.outcome, RecordedOutcome::Delivered | RecordedOutcome::Failed)
        };
        let replayed = before.unwrap_or_default().iter().any(ended);
        let sentence = describe_attempt((first, attempt), next, replayed);
        facts.push((first.started_at, format!("{}  {sentence}", time(first.started_at, zone))));
    }
    facts
}

fn opening(event: &EventDetail) -> String {
    let id = event.id.as_deref().map_or_else(|| "An event without an id".to_owned(), sanitize);
    let kind = event.event_type.as_deref().map_or_else(|| "an unnamed type".to_owned(), sanitize);
    let ended = match event.state {
        EventState::Delivered => style::good("was delivered"),
        EventState::Failed => style::bad("failed"),
        EventState::Waiting => style::warn("is waiting"),
        EventState::Dismissed => style::dim("was dismissed"),
        EventState::Skipped => style::dim("was skipped"),
        EventState::Received => style::dim("was received, and had no target"),
    };
    format!("{} ({}) {ended}.", style::strong(&id), style::name(&kind))
}

fn received(event: &EventDetail, reception: &ReceivedRow, again: bool, zone: &TimeZone) -> String {
    let mut line =
        format!("{}  Received{}", date_and_time(reception.at, zone), if again { " again" } else { "" });
    if let Some(run) = &reception.run {
        let began = date_and_time(run.started_at, zone);
        let base = sanitize(&run.scope.base_url);
        line +=
            &format!(" from {base} by run {} of listen (process {}, started {began})", run.run.0, run.pid);
    }
    match &reception.skipped {
        Some(why) => line += &format!(", and skipped: {}.", sanitize(why)),
        None => {
            let request =
                event.request_id.as_deref().map(|id| format!(", caused by request {}", sanitize(id)));
            line +=
                &format!(", {}{}.", pluralize(event.body.len() as u64, "byte"), request.unwrap_or_default());
        }
    }
    line
}

fn destinations(event: &EventDetail) -> Option<(Timestamp, String)> {
    let targets: Vec<String> = event.deliveries.iter().map(|delivery| sanitize(&delivery.target)).collect();
    let accepted = event.receptions.iter().find(|reception| reception.skipped.is_none());
    let at = accepted.map_or(event.received_at, |reception| reception.at);
    (!targets.is_empty()).then(|| {
        (at, format!("{}: {}.", if targets.len() == 1 { "Target" } else { "Targets" }, targets.join(", ")))
    })
}

/// The outcome of an attempt, and what followed.
fn describe_attempt(
    (first, attempt): (&StoredAttempt, &StoredAttempt),
    next: Option<&StoredAttempt>,
    replayed: bool,
) -> String {
    let target = sanitize(&attempt.target);
    if attempt.outcome == RecordedOutcome::Refused {
        let times = match attempt.repeats {
            0 | 1 => "once".to_owned(),
            many => format!("{many} times in {}", exact_duration(attempt.duration)),
        };
        let reason = attempt.reason.as_deref().map_or_else(|| "could not be reached".to_owned(), sanitize);
        // Retries and replays are not distinguished in the history.
        return format!("{target} {reason} (tried {times}); it was not received, so no attempt is counted.");
    }
    let name = if replayed { "Replayed, attempt" } else { "Attempt" };
    let chaos = attempt.chaos.as_deref().map(|names| format!(" (chaos: {})", sanitize(names)));
    let chaos = chaos.unwrap_or_default();
    let took = exact_duration(attempt.duration);
    let answer = match (attempt.status, &attempt.reason) {
        (_, Some(reason)) => sanitize(reason),
        (Some(status), None) => format!("answered HTTP {status}"),
        (None, None) if TargetCommand::is_name(&attempt.target) => "exited with code 0".to_owned(),
        (None, None) => "no answer".to_owned(),
    };
    let meaning = match attempt.outcome {
        _ if attempt.chaos.as_deref().is_some_and(is_added) => {
            "made by chaos, so it does not count".to_owned()
        }
        RecordedOutcome::Delivered => "delivered".to_owned(),
        RecordedOutcome::Retry => repeated(attempt, next),
        _ => given_up(attempt, replayed).to_owned(),
    };
    let response =
        advice::first_response_line(attempt).filter(|_| attempt.outcome != RecordedOutcome::Delivered);
    let quoted = response.map(|line| format!(", saying \"{}\"", sanitize(&line))).unwrap_or_default();
    if first.attempt != attempt.attempt {
        let numbers = format!("{name}s {} to {}", first.attempt, attempt.attempt);
        return format!(
            "{numbers} to {target}: {answer} each time, at last after {took}{quoted}; {meaning}."
        );
    }
    let answered = match answer.split_once(", ").filter(|(status, _)| status.starts_with("answered")) {
        Some((status, more)) => format!("{status} after {took}, {more}"),
        None => format!("{answer} after {took}"),
    };
    format!("{name} {}{chaos} to {target}: {answered}{quoted}; {meaning}.", attempt.attempt)
}

/// Whether chaos added the attempt: it did more than to delay or swap it.
fn is_added(chaos: &str) -> bool {
    chaos.split(", ").any(|name| !["delay", "reorder"].contains(&name))
}

/// Whether both had the same outcome and were retried.
fn has_same_outcome(one: &StoredAttempt, next: &StoredAttempt) -> bool {
    let both = |outcome| one.outcome == outcome && next.outcome == outcome;
    both(RecordedOutcome::Retry)
        && one.target == next.target
        && (one.status, &one.reason) == (next.status, &next.reason)
        && one.response_body == next.response_body
        && (&one.chaos, &next.chaos) == (&None, &None)
        && next.attempt == one.attempt + 1
}

fn repeated(attempt: &StoredAttempt, next: Option<&StoredAttempt>) -> String {
    let taken = SignedDuration::try_from(attempt.duration).unwrap_or_default();
    let pause = next
        .and_then(|next| Duration::try_from(next.started_at.duration_since(attempt.started_at) - taken).ok());
    match pause {
        Some(pause) => format!("temporary failure; retried after {}", exact_duration(pause)),
        None => "temporary failure; it will be retried".to_owned(),
    }
}

fn given_up(attempt: &StoredAttempt, replayed: bool) -> &'static str {
    match attempt.status {
        None if attempt.reason.as_deref().is_some_and(is_rejection) => {
            "the command rejected the event, so it was given up"
        }
        Some(status) if status < 500 && status != 429 => {
            "the same request would get the same answer, so it was given up"
        }
        _ if replayed => "a replay is a single attempt, so it was given up",
        _ => "that was the last attempt allowed, so it was given up",
    }
}

fn describe_end(event: &EventDetail, delivery: &DeliverySummary, zone: &TimeZone) -> String {
    let target = sanitize(&delivery.target);
    let attempts = pluralize(u64::from(delivery.attempts), "attempt");
    let Some(at) = delivery.ended_at else {
        let held =
            delivery.target_down_reason.as_deref().map(|reason| format!(", which {}", sanitize(reason)));
        return format!("It still waits for {target}{}, after {attempts}.", held.unwrap_or_default());
    };
    match delivery.state {
        DeliveryState::Moved => {
            return format!("{}  No longer sent to {target}: another target got it instead.", time(at, zone));
        }
        DeliveryState::Dismissed => {
            return format!("{}  Dismissed for {target} after {attempts}.", time(at, zone));
        }
        _ => {}
    }
    let first = event.receptions.first().map_or(event.received_at, |reception| reception.at);
    let after = Duration::try_from(at.duration_since(first)).unwrap_or_default();
    let what = match delivery.state {
        DeliveryState::Delivered => "Delivered to",
        _ => "Given up for",
    };
    format!(
        "{}  {what} {target} after {attempts}, {} after it was received.",
        time(at, zone),
        exact_duration(after)
    )
}

pub(super) fn connection(notes: &[ConnectionEvent], zone: &TimeZone) -> Vec<String> {
    let mut lines: Vec<String> =
        notes.iter().take(MAX_NOTES).map(|note| connection_event(note, zone)).collect();
    if notes.len() > MAX_NOTES {
        lines.push(format!("… and {} more", notes.len() - MAX_NOTES));
    }
    lines
}

fn connection_event(note: &ConnectionEvent, zone: &TimeZone) -> String {
    let (at, reason) = (time(note.at, zone), sanitize(&note.reason));
    if note.kind == "gap" {
        let after = note.after.as_deref().map(|id| format!(" after {}", sanitize(id))).unwrap_or_default();
        return format!("{at}  Events may have been missed{after}: {reason}");
    }
    let again =
        note.retry_in.map(|wait| format!("; tried again {} later", exact_duration(wait))).unwrap_or_default();
    format!("{at}  The connection to cStar was lost: {reason}{again}")
}

fn time(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M:%S%.3f").to_string()
}
