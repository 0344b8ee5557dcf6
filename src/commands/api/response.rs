//! Prints a response: exact bytes in a pipe, indented and coloured JSON on a terminal.

use std::fmt::Write as _;
use std::io;

use serde_json::Value;

use super::arguments::RequestArgs;
use crate::api::RawResponse;
use crate::output::body::{self, Bounds};
use crate::output::sanitize::escape;
use crate::output::{Failure, Output, style};

/// Whether the response could be printed as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Printed {
    Whole,
    /// The body was not JSON, and there is a jq program. The body was printed.
    NotJson,
}

/// The body as JSON; `None` if it is something else.
pub(super) fn parse(answer: &RawResponse) -> Result<Option<Value>, Failure> {
    if answer.has_too_many_values() {
        return Err(Failure::failed("the response has too many values").hint("see it without --jq"));
    }
    Ok(serde_json::from_slice(&answer.body).ok())
}

/// Prints a response. A program is applied to successes only, as `gh api` does.
pub(super) fn print(
    output: &mut Output,
    args: &RequestArgs,
    answer: &RawResponse,
) -> Result<Printed, Failure> {
    if args.include {
        output.bytes(head(output, answer).as_bytes())?;
    }
    if args.silent {
        return Ok(Printed::Whole);
    }
    match &args.jq {
        Some(program) if answer.error.is_none() => match parse(answer)? {
            Some(value) => {
                output.jq(program, &value)?;
                Ok(Printed::Whole)
            }
            None => {
                print_body(output, &answer.body)?;
                Ok(Printed::NotJson)
            }
        },
        _ => {
            print_body(output, &answer.body)?;
            Ok(Printed::Whole)
        }
    }
}

/// As [`print()`], and the next page begins on a line of its own.
pub(super) fn print_page(
    output: &mut Output,
    args: &RequestArgs,
    answer: &RawResponse,
) -> Result<Printed, Failure> {
    let printed = print(output, args, answer)?;
    let is_raw =
        !args.silent && !output.stdout_is_terminal() && (args.jq.is_none() || printed == Printed::NotJson);
    if is_raw && !answer.body.is_empty() && !answer.body.ends_with(b"\n") {
        output.bytes(b"\n")?;
    }
    Ok(printed)
}

/// Prints what was made of several responses.
pub(super) fn print_value(output: &mut Output, args: &RequestArgs, value: &Value) -> Result<(), Failure> {
    match &args.jq {
        Some(program) => output.jq(program, value),
        None if output.stdout_is_terminal() => Ok(print_body(output, value.to_string().as_bytes())?),
        None => Ok(output.data(&value.to_string())?),
    }
}

fn print_body(output: &mut Output, bytes: &[u8]) -> io::Result<()> {
    if !output.stdout_is_terminal() {
        return output.bytes(bytes);
    }
    if bytes.is_empty() {
        return Ok(());
    }
    body::lines(bytes, &Bounds::default()).iter().try_for_each(|line| output.data(line))
}

/// The status line and the headers, as `curl -i` prints them.
fn head(output: &Output, answer: &RawResponse) -> String {
    let is_terminal = output.stdout_is_terminal();
    let status = if is_terminal { style::status(answer.status) } else { answer.status.to_string() };
    let mut head = format!("{:?} {status}", answer.version);
    if let Some(reason) = answer.reason {
        let _ = write!(head, " {reason}");
    }
    head.push('\n');
    for (name, value) in &answer.headers {
        let value = escape(&String::from_utf8_lossy(value.as_bytes()));
        let name = if is_terminal { style::name(name.as_str()) } else { name.to_string() };
        let _ = writeln!(head, "{name}: {value}");
    }
    head.push('\n');
    head
}
