//! `cstar history stats`: how many events of each type there were, how many failed, and how long deliveries took.

use std::time::Duration;

use serde_json::{Value, json};

use super::selection::Selection;
use crate::commands::Context;
use crate::history::TypeStatistics;
use crate::ops::history_file;
use crate::output::format::count;
use crate::output::history_json::millis;
use crate::output::sanitize::escape;
use crate::output::table::{self, Column, Fit};
use crate::output::{Failure, style};

/// documented: cStar waits this long for an answer.
const LIMIT: Duration = Duration::from_secs(10);

/// Show counts, failures and response times by event type
///
/// Response times are those of all attempts that reached their target: the time that half of them did not exceed (P50),
/// that 95 of 100 did not exceed (P95), and the longest. cStar waits 10 seconds for an answer.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar history stats --since 1h",
    "cstar history stats --type 'ticket.*' --json",
])]
pub(super) struct Args {
    #[command(flatten)]
    selection: Selection,
}

const COLUMNS: [Column; 7] = [
    Column::new("TYPE", Fit::Truncate(14)),
    Column::new("EVENTS", Fit::Right),
    Column::new("FAILED", Fit::Right),
    Column::new("P50", Fit::Right),
    Column::new("P95", Fit::Right),
    Column::new("MAX", Fit::Right),
    Column::new("OVER 10s", Fit::Right),
];

pub(super) fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let reader = history_file::open(&context.env, &mut context.output)?;
    let filter = args.selection.filter(context, None)?;
    let stats = reader.type_statistics(&filter)?;
    let value = || json!({ "limit_ms": LIMIT.as_millis() as u64, "types": stats.iter().map(|(name, one)| as_json(name, one)).collect::<Vec<_>>() });
    context.output.show_with(value, |out| {
        if stats.is_empty() {
            return out.status(&style::dim(history_file::no_event(&reader)));
        }
        let is_terminal = out.stdout_is_terminal();
        let rows: Vec<Vec<String>> = stats.iter().map(|(name, one)| row(name, one, is_terminal)).collect();
        if !is_terminal {
            return rows.iter().try_for_each(|row| out.data(&row.join("\t")));
        }
        let mut lines = table::render(&COLUMNS, &rows, out.columns());
        for (line, one) in lines.iter_mut().skip(1).zip(stats.values()) {
            if one.failed > 0 || one.slower_than(LIMIT) > 0 {
                *line = style::bad(line);
            }
        }
        lines.iter().try_for_each(|line| out.data(line))
    })
}

/// Numbers for people, or plain ones in milliseconds.
fn row(name: &str, one: &TypeStatistics, is_terminal: bool) -> Vec<String> {
    let number = |number: u64| if is_terminal { count(number) } else { number.to_string() };
    let time = |time: Option<Duration>| match time {
        None => "-".to_owned(),
        Some(time) if !is_terminal => millis(time).to_string(),
        Some(time) if time < Duration::from_secs(1) => format!("{:.0} ms", millis(time)),
        Some(time) => format!("{:.1} s", time.as_secs_f64()),
    };
    vec![
        if name.is_empty() { "-".to_owned() } else { escape(name) },
        number(one.count),
        number(one.failed),
        time(one.percentile(0.5)),
        time(one.percentile(0.95)),
        time(one.percentile(1.0)),
        number(one.slower_than(LIMIT) as u64),
    ]
}

fn as_json(name: &str, one: &TypeStatistics) -> Value {
    json!({
        "type": (!name.is_empty()).then_some(name),
        "count": one.count,
        "failed": one.failed,
        "attempts": one.attempts(),
        "p50_ms": one.percentile(0.5).map(millis),
        "p95_ms": one.percentile(0.95).map(millis),
        "max_ms": one.percentile(1.0).map(millis),
        "over_10s": one.slower_than(LIMIT),
    })
}
