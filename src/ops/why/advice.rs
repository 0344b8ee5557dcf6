//! What to do next about an event, by the outcome of its deliveries.

use crate::forward::advice::{FailedAttempt, Refusal, TARGET, about_body, advice_for, container_note};
use crate::forward::{NO_ROUTE, NOT_AMONG_EVENTS, NOT_MATCHED, TargetCommand, excerpt, output_excerpt};
use crate::history::{
    DeliveryState, DeliverySummary, EventDetail, EventState, RecordedOutcome, StoredAttempt,
};
use crate::net::FailureCause;
use crate::output::sanitize::sanitize;

/// Advice without duplicates.
pub(super) fn next(event: &EventDetail) -> Vec<String> {
    let id = event.id.as_deref().map(sanitize).unwrap_or_default();
    let mut advice: Vec<String> = match event.state {
        EventState::Skipped => skipped(event),
        EventState::Delivered => delivered(event, &id),
        EventState::Received => {
            vec![format!("It was only printed; to deliver it: cstar replay {id} --to 3000")]
        }
        EventState::Dismissed => vec![format!("It was dismissed; to send it after all: cstar replay {id}")],
        EventState::Failed | EventState::Waiting => {
            event.deliveries.iter().filter_map(|delivery| about(event, delivery)).flatten().collect()
        }
    };
    if event.state == EventState::Failed {
        advice.push(format!("Then send it again: cstar replay {id}"));
    }
    let mut seen = std::collections::HashSet::new();
    advice.retain(|line| seen.insert(line.clone()));
    advice
}

fn delivered(event: &EventDetail, id: &str) -> Vec<String> {
    let unfinished = event.deliveries.iter().filter_map(|delivery| {
        let last = event.attempts.iter().rev().find(|attempt| attempt.target == delivery.target)?;
        let reason = last.reason.as_deref().filter(|_| last.outcome == RecordedOutcome::Delivered)?;
        Some(format!("{}: {}", sanitize(&delivery.target), about_body(reason)?))
    });
    let mut advice: Vec<String> = unfinished.collect();
    let is_forgery = |attempt: &StoredAttempt| {
        let reason = attempt.reason.as_deref().unwrap_or_default();
        attempt.chaos.is_some() && reason.contains(", and it accepted")
    };
    if event.attempts.iter().any(is_forgery) {
        advice.push(
            "The server took a forged request: see how to verify signatures with cstar help signing"
                .to_owned(),
        );
    }
    let nothing = if advice.is_empty() { "Nothing needs to be done; to" } else { "To" };
    advice.push(format!("{nothing} send it again: cstar replay {id}"));
    advice
}

fn skipped(event: &EventDetail) -> Vec<String> {
    let reason = event.receptions.last().and_then(|reception| reception.skipped.as_deref());
    vec![match reason {
        Some(reason) if reason.starts_with(NOT_MATCHED) => format!(
            "It was skipped on purpose: it {}. Its body was not kept. See --filter of cstar listen.",
            sanitize(reason)
        ),
        Some(reason) if ![NOT_AMONG_EVENTS, NO_ROUTE].contains(&reason) => format!(
            "cstar could not accept it ({}), and its body was not kept: the sender has to change that.",
            sanitize(reason)
        ),
        Some(reason) => format!(
            "It was skipped on purpose ({}); its body was not kept. See --events and --route of cstar listen.",
            sanitize(reason)
        ),
        None => "It was skipped on purpose. See --events and --route of cstar listen.".to_owned(),
    }]
}

fn about(event: &EventDetail, delivery: &DeliverySummary) -> Option<Vec<String>> {
    match delivery.state {
        DeliveryState::Delivered | DeliveryState::Moved | DeliveryState::Dismissed => None,
        DeliveryState::Waiting => {
            let target = sanitize(&delivery.target);
            let note = container_note(FailureCause::Refused, &delivery.target).unwrap_or_default();
            let refused = format!("{target}: {}{note}", FailureCause::Refused.advice());
            // `waiting` already covers refused connections.
            let cause = cause(event, delivery);
            let (is_refused, is_down) = (cause.as_ref() == Some(&refused), cause.is_some());
            let cause = cause.filter(|_| !is_refused);
            let note = if is_refused { note } else { "" };
            let waiting = format!("{}{note}", waiting(event, &target, (is_down, cause.is_some())));
            Some(cause.into_iter().chain([waiting]).collect())
        }
        DeliveryState::Failed => {
            let show = || {
                let id = event.id.as_deref().map(sanitize).unwrap_or_default();
                format!("See what happened in full: cstar history show {id}")
            };
            Some(vec![cause(event, delivery).unwrap_or_else(show)])
        }
    }
}

/// Advice on how the last attempt of a delivery ended.
fn cause(event: &EventDetail, delivery: &DeliverySummary) -> Option<String> {
    let last = event.attempts.iter().rev().find(|attempt| attempt.target == delivery.target);
    let answer = last.and_then(first_response_line);
    let reason = match last {
        Some(last) => last.reason.as_deref(),
        None => Some(delivery.target_down_reason.as_deref()?),
    };
    let failed = FailedAttempt {
        target: &delivery.target,
        status: last.and_then(|last| last.status),
        reason: reason.unwrap_or_default(),
        answer: answer.as_deref().unwrap_or_default(),
        refusal: last.map(refusal).unwrap_or_default(),
    };
    let advice = advice_for(failed, TARGET)?;
    Some(format!("{}: {}", sanitize(&delivery.target), sanitize(&advice)))
}

fn refusal(attempt: &StoredAttempt) -> Refusal {
    let answered_at = jiff::SignedDuration::try_from(attempt.duration).map(|took| attempt.started_at + took);
    let headers = &attempt.response_headers;
    let header = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| &**value);
    Refusal::new(header, answered_at.unwrap_or(attempt.started_at))
}

pub(super) fn first_response_line(attempt: &StoredAttempt) -> Option<String> {
    if TargetCommand::is_name(&attempt.target) {
        return output_excerpt(&attempt.response_body);
    }
    let kind = attempt.response_headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    excerpt(kind.map(|(_, value)| value.as_str()), &attempt.response_body)
}

/// How a waiting delivery is made. `is_explained`: the previous line already explains the problem of the target.
fn waiting(event: &EventDetail, target: &str, (is_down, is_explained): (bool, bool)) -> String {
    let run = event.receptions.iter().rev().find_map(|reception| reception.run.as_ref());
    match run {
        Some(run) if run.ended_at.is_none() && is_explained => format!(
            "After that the listen that holds the event (process {}) delivers it. \
             If that one is gone: cstar listen --resume",
            run.pid
        ),
        Some(run) if run.ended_at.is_none() => format!(
            "Start your server at {target}: the listen that holds the event (process {}) delivers it then. \
             If that one is gone: cstar listen --resume",
            run.pid
        ),
        _ if is_explained => "After that: cstar listen --resume".to_owned(),
        // It had begun when listen ended, or its turn had not come.
        _ if !is_down => format!("To send it to {target}, run the same `cstar listen` with --resume"),
        _ if TargetCommand::is_name(target) => {
            "To deliver it, run the same `cstar listen` with --resume".to_owned()
        }
        _ => format!("Start your server at {target}, then: cstar listen --resume"),
    }
}
