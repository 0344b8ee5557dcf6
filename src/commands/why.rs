//! `cstar why`: one event's life on one page, in plain sentences, and what to do next.

mod advice;
mod story;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Context;
use crate::history::{Detail, Note, Reader};
use crate::ops::{history_file, history_json};
use crate::output::{Failure, style};

/// Tell what happened to one event, and what to do next
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  cstar why evt_ticket_created_1774583010044\n  cstar why evt_1 --json | jq -r '.next[]'"
)]
pub(crate) struct Args {
    /// Id of the event, or the beginning of one
    #[arg(value_name = "ID")]
    id: String,
}

/// What happened to the connection so long before and after belongs to the story.
const AROUND: SignedDuration = SignedDuration::from_mins(5);

/// Runs the command.
pub(crate) fn run(context: &mut Context, args: Args) -> Result<(), Failure> {
    let reader = history_file::open(&context.env, &mut context.output)?;
    let event = history_file::find(&reader, &args.id)?;
    let notes = notes_around(&reader, &event)?;
    let told = Told::of(&event, &notes, &TimeZone::system());
    if context.output.is_json() {
        return Ok(context.output.json(&as_json(&event, &notes, &told))?);
    }
    for line in told.lines() {
        context.output.data(&line)?;
    }
    Ok(())
}

/// The story in its parts; every sentence is clean.
#[derive(Debug)]
struct Told {
    life: Vec<String>,
    around: Vec<String>,
    next: Vec<String>,
}

impl Told {
    fn of(event: &Detail, notes: &[Note], zone: &TimeZone) -> Self {
        Self { life: story::life(event, zone), around: story::around(notes, zone), next: advice::next(event) }
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = self.life.clone();
        for (title, sentences) in [("The connection around then", &self.around), ("Next", &self.next)] {
            if !sentences.is_empty() {
                lines.extend([String::new(), style::strong(title)]);
                lines.extend(sentences.iter().map(|sentence| format!("  {sentence}")));
            }
        }
        lines
    }
}

fn as_json(event: &Detail, notes: &[Note], told: &Told) -> Value {
    let mut value = history_json::detail(event);
    let plain = |lines: &[String]| -> Vec<String> {
        lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    };
    if let Value::Object(members) = &mut value {
        members.insert("notes".to_owned(), notes.iter().map(history_json::note).collect());
        members.insert("story".to_owned(), json!(plain(&told.life)));
        members.insert("next".to_owned(), json!(plain(&told.next)));
    }
    value
}

/// From a while before it was received until a while after the last thing that happened to it.
fn notes_around(reader: &Reader, event: &Detail) -> Result<Vec<Note>, Failure> {
    let received = event.receptions.iter().map(|reception| reception.at);
    let ended = event.deliveries.iter().filter_map(|delivery| delivery.ended_at);
    let tried = event.attempts.iter().map(|attempt| attempt.started_at);
    let all: Vec<Timestamp> = received.chain(ended).chain(tried).collect();
    let first = all.iter().min().copied().unwrap_or(event.received_at);
    let last = all.iter().max().copied().unwrap_or(event.received_at);
    let since = first.checked_sub(AROUND).ok();
    reader.notes(since, last.checked_add(AROUND).ok()).map_err(history_file::unreadable)
}

#[cfg(test)]
mod tests;
