//! The lines of `listen` about the history and the deliveries of earlier runs.

use jiff::Timestamp;

use super::super::format::pluralize;
use super::super::sanitize::escape;
use super::super::style;
use crate::forward::Activity;
use crate::history::{JournalStatus, LostRecords};

/// The line for `activity`, with times as `clock` shows them.
pub(super) fn line(activity: &Activity, clock: impl Fn(Timestamp) -> String) -> Option<String> {
    let line = match activity {
        Activity::HistoryOff { at, reason } => {
            let what = format!("The history is off: {reason}. Forwarding continues.");
            format!("{}  {}", clock(*at), style::warn(&escape(&what)))
        }
        Activity::HistoryPaused { at, reason } => {
            let what = format!(
                "The history is paused: {reason}. Forwarding continues; records are kept until it is back."
            );
            format!("{}  {}", clock(*at), style::warn(&escape(&what)))
        }
        Activity::HistoryOverflow { at } => {
            let what = "The history is still paused and memory is full: new events are not recorded.";
            format!("{}  {}", clock(*at), style::warn(what))
        }
        Activity::HistoryResumed { at, lost_events: 0, lost_attempts: 0 } => {
            format!("{}  {}", clock(*at), style::good("The history is back; nothing was lost."))
        }
        Activity::HistoryResumed { at, lost_events, lost_attempts } => {
            let what = format!(
                "The history is back; {} and {} were not recorded.",
                pluralize(*lost_events, "event"),
                pluralize(*lost_attempts, "attempt")
            );
            format!("{}  {}", clock(*at), style::warn(&what))
        }
        Activity::Leftover { deliveries: 0, resumed: true, kept, .. } => kept_over(*kept),
        Activity::Leftover { deliveries, since, resumed: true, kept, .. } => {
            taken_over(*deliveries, &clock(*since), *kept)
        }
        Activity::Leftover { deliveries, .. } => style::warn(&format!(
            "{} of an earlier run {} still pending. Send {} with: cstar listen --resume",
            pluralize(*deliveries, "delivery"),
            if *deliveries == 1 { "is" } else { "are" },
            if *deliveries == 1 { "it" } else { "them" },
        )),
        _ => return None,
    };
    Some(line)
}

fn taken_over(taken: u64, since: &str, kept: u64) -> String {
    let taken = format!("Taking over {} of an earlier run, from {since} on.", pluralize(taken, "delivery"));
    if kept == 0 {
        return style::good(&taken);
    }
    format!("{}\n{}", style::good(&taken), kept_over(kept))
}

fn kept_over(kept: u64) -> String {
    style::warn(&format!(
        "No target of this run matches {} of an earlier run; drop them with: cstar history dismiss --leftover",
        pluralize(kept, "delivery")
    ))
}

/// What a closed journal could not record, if anything.
pub(crate) fn not_recorded(status: &JournalStatus) -> Option<String> {
    if let Some(reason) = &status.off {
        return Some(format!("The history is off: {reason}"));
    }
    let reason = status.paused.as_ref()?;
    let LostRecords { events, attempts } = status.lost;
    if (events, attempts) == (0, 0) {
        return None;
    }
    let (events, attempts) = (pluralize(events, "event"), pluralize(attempts, "attempt"));
    Some(format!("Not recorded in the history: {events}, {attempts} ({reason})."))
}
