//! `cstar history list`: one line per event, the newest last.

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::selection::Selection;
use crate::commands::Context;
use crate::forward::TargetCommand;
use crate::history::{DeliveryState, DeliverySummary, EventState, EventSummary};
use crate::ops::history_file;
use crate::output::format::{count, time_at};
use crate::output::history_json;
use crate::output::sanitize::{escape, redact, shorten};
use crate::output::table::{Column, Fit};
use crate::output::width::short_id;
use crate::output::{Failure, style, table};

/// List the events received, the newest last
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar history list --status failed",
    "cstar history list --since 1h --limit 500 | cut -f4",
])]
pub(super) struct ListArgs {
    #[command(flatten)]
    selection: Selection,
    /// Show at most N events, the newest
    #[arg(long, value_name = "N", allow_negative_numbers = true, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// The columns on a terminal; a pipe gets others.
const COLUMNS: [Column; 7] = [
    Column::new("TIME", Fit::Whole),
    Column::new("STATUS", Fit::Whole),
    Column::new("TYPE", Fit::Truncate(14)),
    Column::new("LAST", Fit::Truncate(8)),
    Column::new("ID", Fit::Id),
    Column::optional("TRIES", Fit::Right),
    Column::optional("TARGET", Fit::Truncate(16)),
];

pub(super) fn run(context: &mut Context, args: &ListArgs) -> Result<(), Failure> {
    let reader = history_file::open(&context.env, &mut context.output)?;
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let filter = args.selection.filter(context, Some(limit))?;
    let mut events = reader.list(&filter)?;
    events.reverse();
    let is_cut = events.len() == limit;
    let total =
        is_cut.then(|| reader.count(&filter)).transpose()?.filter(|total| *total > events.len() as u64);
    let list = || events.iter().map(history_json::summary).collect::<Vec<_>>();
    context.output.show_with(list, |out| {
        if events.is_empty() {
            return out.status(&style::dim(history_file::no_event(&reader)));
        }
        let lines = match out.stdout_is_terminal() {
            true => {
                let here = context.clock.now().to_zoned(TimeZone::system());
                for_person(&events, &here, out.columns(), context.global.verbose > 0)
            }
            false => for_program(&events),
        };
        lines.iter().try_for_each(|line| out.data(line))?;
        if let Some(total) = total {
            let (shown, of) = (count(events.len() as u64), count(total));
            out.status(&style::dim(&format!("The newest {shown} of {of}; for all: --limit {total}")))?;
        }
        Ok(())
    })
}

/// Tab-separated, with times in UTC.
pub(super) fn for_program(events: &[EventSummary]) -> Vec<String> {
    let row = |event: &EventSummary| {
        let cells = [
            history_json::time(event.received_at),
            history_json::state(event.state).to_owned(),
            or_dash(event.event_type.as_deref()),
            or_dash(event.id.as_deref()),
            tries(event),
            last(event),
            targets(event),
        ];
        cells.join("\t")
    };
    events.iter().map(row).collect()
}

/// Columns that fit the terminal, in local time. Ids of successful events are shortened to their end, which
/// `history show` and `why` accept too.
pub(super) fn for_person(
    events: &[EventSummary],
    here: &Zoned,
    room: Option<usize>,
    full_ids: bool,
) -> Vec<String> {
    let row = |event: &EventSummary| {
        let id = or_dash(event.id.as_deref());
        let went_well = !matches!(event.state, EventState::Failed | EventState::Waiting);
        vec![
            time_at(event.received_at, here),
            history_json::state(event.state).to_owned(),
            or_dash(event.event_type.as_deref()),
            last(event),
            if went_well && !full_ids { short_id(&id) } else { id },
            tries(event),
            targets(event),
        ]
    };
    let rows: Vec<Vec<String>> = events.iter().map(row).collect();
    let columns = if full_ids { table::with_full_ids(COLUMNS) } else { COLUMNS };
    let mut lines = table::render(&columns, &rows, room);
    // Whole lines are coloured, so that padding does not have to account for colours.
    for (line, event) in lines.iter_mut().skip(1).zip(events) {
        match event.state {
            EventState::Failed => *line = style::bad(line),
            EventState::Waiting => *line = style::warn(line),
            EventState::Skipped | EventState::Dismissed => *line = style::dim(line),
            EventState::Delivered | EventState::Received => {}
        }
    }
    lines
}

fn or_dash(text: Option<&str>) -> String {
    text.map_or_else(|| "-".to_owned(), escape)
}

fn tries(event: &EventSummary) -> String {
    event.deliveries.iter().map(|delivery| delivery.attempts).max().unwrap_or_default().to_string()
}

fn targets(event: &EventSummary) -> String {
    let targets: Vec<&str> = event.deliveries.iter().map(|delivery| delivery.target.as_str()).collect();
    or_dash((!targets.is_empty()).then(|| targets.join(",")).as_deref())
}

/// The last status or reason of the delivery that decided the event's state.
fn last(event: &EventSummary) -> String {
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
        (None, Some(DeliverySummary { status: Some(status), .. })) => Some(status.to_string()),
        (None, Some(delivery)) => match &delivery.reason {
            None if delivery.state == DeliveryState::Delivered => {
                TargetCommand::is_name(&delivery.target).then(|| "exit 0".to_owned())
            }
            reason => reason.clone(),
        },
        (None, None) => None,
    };
    text.map_or_else(|| "-".to_owned(), |text| shorten(&escape(&redact(&text))))
}
