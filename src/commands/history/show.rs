//! `cstar history show`: one event with its request, attempts and last response.

use jiff::tz::TimeZone;

use crate::commands::Context;
use crate::forward::TargetCommand;
use crate::history::{EventDetail, EventState, MAX_RESPONSE, RecordedOutcome, StoredAttempt};
use crate::ops::history_file;
use crate::output::body::{self, Bounds};
use crate::output::format::{date_and_time, pluralize};
use crate::output::history_json;
use crate::output::sanitize::{escape, sanitize};
use crate::output::table::{Column, Fit};
use crate::output::{Failure, style, table};

/// Show one event: its request, every attempt, the last answer
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar history show evt_ticket_created_1774583010044",
    "cstar history show evt_1 --json | jq -r .body",
])]
pub(super) struct Args {
    /// Id of the event, the beginning of one, or last for the newest
    #[arg(value_name = "ID")]
    id: String,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let reader = history_file::open(&context.env, &mut context.output)?;
    let event = history_file::find(&reader, &args.id)?;
    let detail = || history_json::detail(&event);
    context.output.show_with(detail, |out| {
        out.buffer();
        let lines = lines(&event, &TimeZone::system(), out.columns());
        lines.iter().try_for_each(|line| out.text(line))?;
        out.flush()
    })
}

pub(super) fn lines(event: &EventDetail, zone: &TimeZone, room: Option<usize>) -> Vec<String> {
    let mut page = head(event, zone);
    if event.state == EventState::Skipped {
        return page;
    }
    page.push(String::new());
    page.push(style::strong("Request"));
    page.extend(request(&event.attempts));
    page.extend(body::lines(&event.body, &Bounds::default()).into_iter().map(|line| format!("  {line}")));
    page.push(String::new());
    page.push(style::strong("Attempts"));
    page.extend(match event.state {
        EventState::Received => vec!["  none: the event had no target".to_owned()],
        _ => attempts(&event.attempts, zone, room),
    });
    if let Some(attempt) = event.attempts.iter().rev().find(|attempt| has_answer(attempt)) {
        page.push(String::new());
        page.extend(answer(attempt));
    }
    page
}

fn head(event: &EventDetail, zone: &TimeZone) -> Vec<String> {
    let text = |text: Option<&str>| text.map_or_else(|| "-".to_owned(), sanitize);
    let state = match event.state {
        EventState::Delivered => style::good("delivered"),
        EventState::Failed => style::bad("failed"),
        EventState::Waiting => style::warn("waiting"),
        EventState::Dismissed => style::dim("dismissed"),
        EventState::Skipped => style::dim("skipped"),
        EventState::Received => style::dim("received"),
    };
    let (id, kind) = (text(event.id.as_deref()), text(event.event_type.as_deref()));
    let mut lines = vec![format!("{}  {}  {state}", style::strong(&id), style::name(&kind))];
    for reception in &event.receptions {
        let run = reception.run.as_ref().map(|run| format!(" from {}", sanitize(&run.scope.base_url)));
        let skipped = reception.skipped.as_ref().map(|why| format!(", skipped: {}", sanitize(why)));
        let (run, skipped) = (run.unwrap_or_default(), skipped.unwrap_or_default());
        lines.push(format!("  received  {}{run}{skipped}", date_and_time(reception.at, zone)));
    }
    for (name, value) in [("request", &event.request_id), ("webhook", &event.webhook_id)] {
        lines.extend(value.as_ref().map(|value| format!("  {name:8}  {}", sanitize(value))));
    }
    lines
}

/// The target of the last attempt, and the headers of the last attempt that has them: `listen` records headers of
/// failed attempts only.
fn request(attempts: &[StoredAttempt]) -> Vec<String> {
    let Some(last) = attempts.last() else { return Vec::new() };
    let mut lines = {
        let verb = if TargetCommand::is_name(&last.target) { "" } else { "POST " };
        vec![format!("  {verb}{}", sanitize(&last.target))]
    };
    match attempts.iter().rev().find(|attempt| !attempt.request_headers.is_empty()) {
        Some(kept) => {
            if !std::ptr::eq(kept, last) {
                lines.push(style::dim(&format!("  (headers as sent at attempt {})", kept.attempt)));
            }
            lines.extend(kept.request_headers.iter().map(header));
        }
        None => lines.push(style::dim("  (headers are kept for attempts that failed)")),
    }
    lines.push(String::new());
    lines
}

/// The first columns of an attempt. The outcome follows and may wrap.
const ATTEMPT: [Column; 5] = [
    Column::new("NO", Fit::Whole),
    Column::new("TIME", Fit::Whole),
    Column::optional("TARGET", Fit::Truncate(20)),
    Column::new("STATUS", Fit::Whole),
    Column::new("MS", Fit::Whole),
];
const OUTCOME: usize = 24;

fn attempts(attempts: &[StoredAttempt], zone: &TimeZone, room: Option<usize>) -> Vec<String> {
    if attempts.is_empty() {
        return vec!["  none yet".to_owned()];
    }
    let rows: Vec<(Vec<String>, String)> = attempts.iter().map(|attempt| row(attempt, zone)).collect();
    let starts: Vec<Vec<String>> = rows.iter().map(|(start, _)| start.clone()).collect();
    let room = room.map(|room| room.saturating_sub(OUTCOME + 4));
    let natural = table::natural_widths(&ATTEMPT, &starts);
    let layout = table::layout(&ATTEMPT, &natural, room);
    let line = |start: &[String], outcome: &str| {
        format!("  {}  {outcome}", table::cells(&ATTEMPT, &layout, start).join("  "))
    };
    let head = style::dim(&line(&ATTEMPT.map(|column| column.title.to_owned()), "OUTCOME"));
    [head].into_iter().chain(rows.iter().map(|(start, outcome)| line(start, outcome))).collect()
}

fn row(attempt: &StoredAttempt, zone: &TimeZone) -> (Vec<String>, String) {
    let reason = attempt.reason.as_deref().map(sanitize);
    let what = match attempt.outcome {
        RecordedOutcome::Refused => {
            format!("not reached, tried {}", pluralize(attempt.repeats.into(), "time"))
        }
        outcome => outcome.as_str().to_owned(),
    };
    let number = if attempt.outcome == RecordedOutcome::Refused {
        "-".to_owned()
    } else {
        attempt.attempt.to_string()
    };
    let start = vec![
        number,
        attempt.started_at.to_zoned(zone.clone()).strftime("%H:%M:%S%.3f").to_string(),
        sanitize(&attempt.target),
        result(attempt),
        history_json::millis(attempt.duration).to_string(),
    ];
    let chaos = attempt.chaos.as_deref();
    let what = chaos.map_or(what.clone(), |chaos| format!("{what} (chaos: {})", sanitize(chaos)));
    (start, reason.map_or_else(|| what.clone(), |reason| format!("{what}: {reason}")))
}

/// The status, or the exit code of a command.
fn result(attempt: &StoredAttempt) -> String {
    match (attempt.status, history_json::exit_code(attempt)) {
        (Some(status), _) => status.to_string(),
        (None, Some(code)) => format!("exit {code}"),
        (None, None) => "-".to_owned(),
    }
}

fn has_answer(attempt: &StoredAttempt) -> bool {
    let has_ended = attempt.outcome != RecordedOutcome::Refused;
    attempt.status.is_some() || has_ended && TargetCommand::is_name(&attempt.target)
}

fn answer(attempt: &StoredAttempt) -> Vec<String> {
    let target = sanitize(&attempt.target);
    let mut lines = match attempt.status {
        Some(status) => {
            let status = style::status(status);
            vec![style::strong("Last response"), format!("  HTTP {status} from {target}")]
        }
        None => {
            let code = history_json::exit_code(attempt);
            let end = style::attempt_result(None, code);
            vec![style::strong("Last output"), format!("  {end} from {target}")]
        }
    };
    lines.extend(attempt.response_headers.iter().map(header));
    lines.push(String::new());
    lines.extend(
        body::lines(&attempt.response_body, &Bounds::default()).into_iter().map(|line| format!("  {line}")),
    );
    if attempt.truncated {
        let note = match attempt.response_body.len() {
            ..MAX_RESPONSE => "  (the response is incomplete)".to_owned(),
            _ => format!("  (the history keeps the first {} KiB of a response)", MAX_RESPONSE / 1024),
        };
        lines.push(style::dim(&note));
    }
    lines
}

fn header((name, value): &(String, String)) -> String {
    format!("  {}: {}", style::dim(&escape(name)), sanitize(value))
}
