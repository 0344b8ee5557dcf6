//! How objects are printed: table cells, one object in lines, and the messages of a ticket.

use std::io;

use clap::ArgMatches;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::build::JQ;
use super::table::Entry;
use crate::commands::Context;
use crate::output::jq::JqProgram;
use crate::output::sanitize::{escape, escape_lines, shorten};
use crate::output::table::{self, Column};
use crate::output::{Failure, Output, style};

/// Where the cells go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target<'z> {
    /// Values of the API, for programs.
    Pipe,
    /// Words and local times, for people.
    Terminal(&'z TimeZone),
}

/// Prints the result of a command: what `--jq` makes of it, JSON with `--json`, or else what `human` writes.
pub(super) fn print(
    context: &mut Context,
    matches: &ArgMatches,
    value: &Value,
    human: impl FnOnce(&mut Output) -> io::Result<()>,
) -> Result<(), Failure> {
    match matches.get_one::<JqProgram>(JQ) {
        Some(program) => context.output.jq(program, value),
        None => context.output.show(value, human),
    }
}

pub(super) fn id(object: &Value) -> &str {
    object.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// A member as a table cell, sanitized: customers write these texts.
pub(super) fn cell(value: Option<&Value>, target: Target<'_>) -> String {
    let text = match (value, target) {
        (None | Some(Value::Null), _) => String::new(),
        (Some(Value::String(text)), Target::Terminal(zone)) => {
            local_time(text, zone).unwrap_or_else(|| text.clone())
        }
        (Some(Value::String(text)), Target::Pipe) => text.clone(),
        (Some(Value::Bool(value)), Target::Terminal(_)) => if *value { "yes" } else { "no" }.to_owned(),
        (Some(Value::Array(items)), _) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        (Some(other), _) if is_empty(other) => String::new(),
        (Some(other), _) => other.to_string(),
    };
    if text.is_empty() { "-".to_owned() } else { shorten(&escape(&text)) }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The length of the shortest times, `2026-03-30T10:00:00Z`: no other text is taken for a time.
const SHORTEST_TIME: usize = 20;

fn local_time(text: &str, zone: &TimeZone) -> Option<String> {
    let looks_like_one = text.len() >= SHORTEST_TIME && text.as_bytes().get(10) == Some(&b'T');
    let at = text.parse::<Timestamp>().ok().filter(|_| looks_like_one)?;
    Some(at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string())
}

/// A table of these members: columns that fit a terminal, tab-separated values in a pipe.
pub(super) fn list(out: &mut Output, columns: &[(&str, Column)], objects: &[Value]) -> io::Result<()> {
    let zone = TimeZone::system();
    let is_terminal = out.stdout_is_terminal();
    let target = if is_terminal { Target::Terminal(&zone) } else { Target::Pipe };
    let row = |object: &Value| columns.iter().map(|(name, _)| cell(object.get(*name), target)).collect();
    let rows: Vec<Vec<String>> = objects.iter().map(row).collect();
    let lines = match is_terminal {
        true => {
            let columns: Vec<Column> = columns.iter().map(|(_, column)| *column).collect();
            table::render(&columns, &rows, out.columns())
        }
        false => rows.iter().map(|row| row.join("\t")).collect(),
    };
    lines.iter().try_for_each(|line| out.data(line))
}

/// An object in one line: `tkt_1  Title`.
pub(super) fn described(entry: &Entry, object: &Value) -> String {
    let title = cell(object.get(entry.title), Target::Pipe);
    let id = id(object);
    if id.is_empty() { title } else { format!("{}  {title}", escape(id)) }
}

/// Every member of an object in a line, long texts below, and the messages of a ticket last.
pub(super) fn object(out: &mut Output, object: &Value) -> io::Result<()> {
    let zone = TimeZone::system();
    let aligned = out.stdout_is_terminal();
    let target = if aligned { Target::Terminal(&zone) } else { Target::Pipe };
    let Some(members) = object.as_object() else { return out.data(&escape(&object.to_string())) };
    let is_shown = |name: &str| name != "object" && name != MESSAGES;
    let is_long = |value: &Value| aligned && value.as_str().is_some_and(|text| text.contains('\n'));
    let short = members.iter().filter(|(name, value)| is_shown(name) && !is_long(value));
    let rows: Vec<Vec<String>> =
        short.map(|(name, value)| vec![title(name), cell(Some(value), target)]).collect();
    table::pairs(&rows, aligned).iter().try_for_each(|line| out.text(line))?;
    for (name, value) in members.iter().filter(|(name, value)| is_shown(name) && is_long(value)) {
        out.data("")?;
        out.data(&style::strong(&title(name)))?;
        text(out, value.as_str().unwrap_or_default())?;
    }
    match members.get(MESSAGES).and_then(Value::as_array) {
        Some(list) if aligned && !list.is_empty() => {
            out.data("")?;
            messages(out, list)
        }
        _ => Ok(()),
    }
}

const MESSAGES: &str = "messages";

/// `createdAt` becomes `Created at`, and `vote_count` `Vote count`.
fn title(name: &str) -> String {
    let mut title = String::new();
    for (at, c) in escape(name).char_indices() {
        match c {
            _ if at == 0 => title.extend(c.to_uppercase()),
            '_' => title.push(' '),
            c if c.is_ascii_uppercase() => title.extend([' ', c.to_ascii_lowercase()]),
            c => title.push(c),
        }
    }
    title
}

/// A text of several lines, indented.
fn text(out: &mut Output, text: &str) -> io::Result<()> {
    let text = escape_lines(&text.replace("\r\n", "\n"));
    text.lines().try_for_each(|line| out.text(&format!("  {line}")))
}

/// Messages, the oldest first: as a conversation on a terminal, as a table in a pipe.
pub(super) fn messages(out: &mut Output, messages: &[Value]) -> io::Result<()> {
    let member = |message: &Value, name: &str, target| cell(message.get(name), target);
    if !out.stdout_is_terminal() {
        let names = ["id", "createdAt", "sender", "senderName", "isInternal", "content"];
        return messages.iter().try_for_each(|message| {
            out.data(&names.map(|name| member(message, name, Target::Pipe)).join("\t"))
        });
    }
    let zone = TimeZone::system();
    for (at, message) in messages.iter().enumerate() {
        if at > 0 {
            out.data("")?;
        }
        let shown = |name| member(message, name, Target::Terminal(&zone));
        let internal = message.get("isInternal").and_then(Value::as_bool) == Some(true);
        let note = if internal { "  internal" } else { "" };
        let head = format!("{}  {} ({})", shown("createdAt"), shown("senderName"), shown("sender"));
        out.data(&format!("{}{}", style::strong(&head), style::warn(note)))?;
        text(out, message.get("content").and_then(Value::as_str).unwrap_or_default())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cells_are_sanitized_and_readable() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let terminal = Target::Terminal(&zone);
        for (value, on_terminal, in_pipe) in [
            (json!("a\u{1b}[2J\n"), "a\\x1b[2J\\x0a", "a\\x1b[2J\\x0a"),
            (json!("2025-12-10T14:30:00Z"), "2025-12-10 15:30", "2025-12-10T14:30:00Z"),
            (json!(true), "yes", "true"),
            (json!(["a", "b"]), "a, b", "a, b"),
            (json!({"k": [1]}), "{\"k\":[1]}", "{\"k\":[1]}"),
            (json!({}), "-", "-"),
            (json!(""), "-", "-"),
            (Value::Null, "-", "-"),
        ] {
            assert_eq!(cell(Some(&value), terminal), on_terminal);
            assert_eq!(cell(Some(&value), Target::Pipe), in_pipe);
        }
        assert_eq!(cell(None, terminal), "-");
    }

    #[test]
    fn member_names_become_titles() {
        assert_eq!((title("createdAt"), title("vote_count")), ("Created at".into(), "Vote count".into()));
        assert_eq!(title("\u{1b}x"), "\\x1bx");
    }
}
