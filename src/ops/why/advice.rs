//! What to do next about an event: one piece of advice per way a delivery ended.

use crate::history::{Delivery, DeliveryState, Detail, EventState};
use crate::output::clean::safe;

/// Advice, the same only once.
pub(super) fn next(event: &Detail) -> Vec<String> {
    let id = event.id.as_deref().map(safe).unwrap_or_default();
    let mut advice: Vec<String> = match event.state {
        EventState::Skipped => skipped(event),
        EventState::Delivered => {
            vec![format!("Nothing needs to be done; to send it once more: cstar replay {id}")]
        }
        EventState::Dismissed => vec![format!("It was dismissed; to send it after all: cstar replay {id}")],
        EventState::Failed | EventState::Waiting => {
            event.deliveries.iter().filter_map(|delivery| about(event, delivery)).collect()
        }
    };
    if event.state == EventState::Failed {
        advice.push(format!("Then send it once more: cstar replay {id}"));
    }
    let mut seen = std::collections::HashSet::new();
    advice.retain(|line| seen.insert(line.clone()));
    advice
}

fn skipped(event: &Detail) -> Vec<String> {
    let reason = event.receptions.last().and_then(|reception| reception.skipped.as_deref());
    vec![match reason {
        Some(reason) => format!(
            "It was left out on purpose ({}); its body was not kept. See --events and --route of cstar listen.",
            safe(reason)
        ),
        None => "It was left out on purpose. See --events and --route of cstar listen.".to_owned(),
    }]
}

fn about(event: &Detail, delivery: &Delivery) -> Option<String> {
    match delivery.state {
        DeliveryState::Delivered | DeliveryState::Moved | DeliveryState::Dismissed => None,
        DeliveryState::Waiting => Some(waiting(event, &safe(&delivery.target))),
        DeliveryState::Failed => Some(failed(delivery, &event.id.as_deref().map(safe).unwrap_or_default())),
    }
}

fn waiting(event: &Detail, target: &str) -> String {
    let run = event.receptions.iter().rev().find_map(|reception| reception.run.as_ref());
    match run {
        Some(run) if run.ended_at.is_none() => format!(
            "Start your server at {target}: the listen that holds the event (process {}) delivers it then. \
             If that one is gone: cstar listen --resume",
            run.pid
        ),
        _ => format!("Start your server at {target}, then: cstar listen --resume"),
    }
}

fn failed(delivery: &Delivery, id: &str) -> String {
    let target = safe(&delivery.target);
    match delivery.status {
        Some(400 | 401 | 403) => format!(
            "{target} did not accept the request, most often because it verifies with another secret, or over a \
             body that was parsed before. The secret in use: cstar listen --print-secret; to find out what \
             differs: cstar verify --help"
        ),
        Some(404 | 405) => {
            format!("No handler for POST is at {target}: check the path in --forward-to and in your routes.")
        }
        Some(413) => format!("{target} takes smaller bodies only: raise its limit."),
        Some(300..=399) => format!("{target} redirects: name the final address in --forward-to."),
        Some(_) => {
            format!(
                "{target} has an error of its own: its log says which. Its answer: cstar history show {id}"
            )
        }
        None => format!(
            "{target} gave no whole answer: let the handler answer first and work later, or allow more time \
             with --timeout (cStar itself allows 10 s)."
        ),
    }
}
