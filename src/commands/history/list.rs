//! `cstar history list`: one line per event, the newest last.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::Selection;
use crate::commands::Context;
use crate::history::{Delivery, DeliveryState, EventState, Summary};
use crate::ops::{history_file, history_json};
use crate::output::clean::{clean, redact, shorten};
use crate::output::{Failure, style, table};

/// List the events received, the newest last
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  cstar history list --status failed\n  cstar history list --since 1h --limit 500 | cut -f4"
)]
pub(super) struct ListArgs {
    #[command(flatten)]
    selection: Selection,
    /// At most this many, the newest ones
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

const HEADER: [&str; 7] = ["TIME", "STATUS", "TYPE", "ID", "ATTEMPTS", "LAST", "TARGET"];

pub(super) fn run(context: &mut Context, args: &ListArgs) -> Result<(), Failure> {
    let reader = history_file::open(&context.env, &mut context.output)?;
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let filter = args.selection.filter(context, Some(limit));
    let mut events = reader.list(&filter).map_err(history_file::unreadable)?;
    events.reverse();
    if context.output.is_json() {
        let list: Vec<Value> = events.iter().map(history_json::summary).collect();
        return Ok(context.output.json(&list)?);
    }
    if events.is_empty() {
        return Ok(context.output.note(&style::dim("No event matches."))?);
    }
    let aligned = context.output.stdout_is_terminal();
    for line in lines(&events, aligned, &TimeZone::system()) {
        context.output.data(&line)?;
    }
    if events.len() == limit {
        let line = format!("The newest {limit}; there may be more: --limit {}", limit.saturating_mul(10));
        context.output.note(&style::dim(&line))?;
    }
    Ok(())
}

/// Aligned for a person, in the zone of the machine; separated by tabs for a program, in UTC.
pub(super) fn lines(events: &[Summary], aligned: bool, zone: &TimeZone) -> Vec<String> {
    let rows: Vec<Vec<String>> = events.iter().map(|event| row(event, aligned.then_some(zone))).collect();
    let mut lines = table::lines(&HEADER, &rows, aligned);
    if aligned {
        // Whole lines, since a coloured cell would count as longer than it is.
        for (line, event) in lines.iter_mut().skip(1).zip(events) {
            match event.state {
                EventState::Failed => *line = style::bad(line),
                EventState::Waiting => *line = style::warn(line),
                EventState::Skipped | EventState::Dismissed => *line = style::dim(line),
                EventState::Delivered => {}
            }
        }
    }
    lines
}

fn row(event: &Summary, zone: Option<&TimeZone>) -> Vec<String> {
    let time = match zone {
        Some(zone) => event.received_at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        None => history_json::time(event.received_at),
    };
    let or_dash = |text: Option<&str>| text.map_or_else(|| "-".to_owned(), clean);
    let attempts = event.deliveries.iter().map(|delivery| delivery.attempts).max().unwrap_or_default();
    let targets: Vec<&str> = event.deliveries.iter().map(|delivery| delivery.target.as_str()).collect();
    let target = (!targets.is_empty()).then(|| targets.join(","));
    vec![
        time,
        history_json::state(event.state).to_owned(),
        or_dash(event.event_type.as_deref()),
        or_dash(event.id.as_deref()),
        attempts.to_string(),
        last(event),
        or_dash(target.as_deref()),
    ]
}

/// The last status or reason of the delivery that the event's state comes from.
fn last(event: &Summary) -> String {
    let telling = event.deliveries.iter().find(|delivery| {
        matches!(
            (event.state, delivery.state),
            (EventState::Failed, DeliveryState::Failed)
                | (EventState::Waiting, DeliveryState::Waiting)
                | (EventState::Delivered, DeliveryState::Delivered)
                | (EventState::Dismissed, DeliveryState::Dismissed)
        )
    });
    let text = match (&event.skipped, telling) {
        (Some(reason), _) => Some(reason.clone()),
        (None, Some(Delivery { status: Some(status), .. })) => Some(status.to_string()),
        (None, Some(delivery)) => delivery.reason.clone(),
        (None, None) => None,
    };
    text.map_or_else(|| "-".to_owned(), |text| shorten(&clean(&redact(&text))))
}
