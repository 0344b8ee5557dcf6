//! One row of the list: as many columns as fit.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::super::format::attempt_duration;
use super::super::width::{pad, pad_left, short_id, truncate, width};
use super::detail::{origin, state_tone, status_tone};
use super::text::{Styled, Tone};
use super::tree::shown;
use crate::forward::{TargetCommand, exit_code_in};
use crate::history::{DeliverySummary, EventState, EventSummary};

/// Types are not shortened below this for other columns.
const TYPE_LEAST: usize = 20;
/// The longest type.
const TYPE_MOST: usize = 29;
/// `12345 ms`
const DURATION: usize = 8;

pub(super) fn row(event: &EventSummary, zone: &TimeZone, columns: usize) -> Styled {
    let time = event.received_at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string();
    let main = deciding_delivery(event);
    let (tone, status) = status(event, main);
    let line = Styled::new(Tone::Dim, format!("{time} ")).with(tone, format!("{} ", pad(&status, 5)));
    let kind = event.event_type.as_deref().map_or_else(|| "of unknown type".to_owned(), shown);
    let mut room = columns.saturating_sub(line.width());
    // From the most to the least important one.
    let mut after = Styled::default();
    for (tone, text) in extras(event, main) {
        let wide = width(&text) + 1;
        if room < TYPE_LEAST + wide {
            break;
        }
        room -= wide;
        after = after.with(tone, format!(" {text}"));
    }
    let room = room.min(TYPE_MOST.max(width(&kind)).min(40));
    let line = line.with(Tone::Name, pad(&truncate(&kind, room), room));
    Styled(line.0.into_iter().chain(after.0).collect()).fit(columns)
}

/// The delivery that decides the state of the event.
fn deciding_delivery(event: &EventSummary) -> Option<&DeliverySummary> {
    let wanted = match event.state {
        EventState::Failed => "failed",
        EventState::Waiting => "waiting",
        _ => "delivered",
    };
    let found = event.deliveries.iter().find(|delivery| delivery.state.as_str() == wanted);
    found.or(event.deliveries.first())
}

/// Readable without colour: a failure has a mark.
fn status(event: &EventSummary, main: Option<&DeliverySummary>) -> (Tone, String) {
    let code = || main.and_then(|delivery| delivery.status);
    let text = code().map(|code| code.to_string()).or_else(|| command_status(main?));
    let text = text.unwrap_or_else(|| "---".to_owned());
    match event.state {
        EventState::Delivered => {
            (code().map_or(Tone::Good, |code| status_tone(Some(code))), format!("  {text:>3}"))
        }
        EventState::Failed => (Tone::Bad, format!("✗ {text:>3}")),
        EventState::Waiting if code().is_some() => (Tone::Warn, format!("↻ {text}")),
        EventState::Waiting => (Tone::Warn, " wait".to_owned()),
        EventState::Skipped => (state_tone(event.state), " skip".to_owned()),
        EventState::Dismissed => (state_tone(event.state), " dism".to_owned()),
        EventState::Received => (state_tone(event.state), "  ---".to_owned()),
    }
}

/// The exit code of a command that failed, or `ok`. The column has no room for `exit 65`.
fn command_status(delivery: &DeliverySummary) -> Option<String> {
    if !TargetCommand::is_name(&delivery.target) {
        return None;
    }
    match &delivery.reason {
        Some(reason) => exit_code_in(reason).map(|code| code.to_string()),
        None => Some("ok".to_owned()),
    }
}

fn extras(event: &EventSummary, main: Option<&DeliverySummary>) -> Vec<(Tone, String)> {
    let took = main.and_then(|delivery| delivery.duration);
    let took_tone = if took > Some(Duration::from_secs(10)) { Tone::Bad } else { Tone::Dim };
    let took = pad_left(&took.map(attempt_duration).unwrap_or_default(), DURATION);
    let attempts = main.map_or(0, |delivery| delivery.attempts);
    let attempts = if attempts > 1 { format!("×{attempts}") } else { String::new() };
    let id = event.id.as_deref().map(|id| short_id(&shown(id))).unwrap_or_default();
    let many = event.deliveries.len();
    let done = event.deliveries.iter().filter(|delivery| delivery.state.as_str() == "delivered").count();
    let targets = if many > 1 { format!("{done}/{many} targets") } else { String::new() };
    vec![
        (took_tone, took),
        (Tone::Warn, pad(&attempts, 4)),
        (Tone::Dim, pad(&id, 9)),
        (Tone::Warn, pad(origin(event.origin).unwrap_or_default(), 9)),
        (Tone::Dim, pad(&targets, 11)),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::history::{DeliveryState, EventKey};

    #[test]
    fn commands_show_how_they_ended() {
        let shown = |state, delivery_state, reason: Option<&str>| {
            let mut event = EventSummary { state, ..samples::summary(EventKey(1)) };
            let delivery = &mut event.deliveries[0];
            *delivery = DeliverySummary {
                target: "exec: cat".to_owned(),
                state: delivery_state,
                status: None,
                reason: reason.map(str::to_owned),
                ..delivery.clone()
            };
            status(&event, deciding_delivery(&event))
        };
        let delivered = shown(EventState::Delivered, DeliveryState::Delivered, None);
        assert_eq!(delivered, (Tone::Good, "   ok".to_owned()));
        let failed = shown(EventState::Failed, DeliveryState::Failed, Some("exited with code 65"));
        assert_eq!(failed, (Tone::Bad, "✗  65".to_owned()));
    }
}
