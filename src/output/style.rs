//! Styles by role, so that a colour means the same thing everywhere.

use colored::Colorize;

/// Something worked.
pub(crate) fn good(text: &str) -> String {
    text.green().to_string()
}

/// Something needs attention but continues.
pub(crate) fn warn(text: &str) -> String {
    text.yellow().to_string()
}

/// Something failed.
pub(crate) fn bad(text: &str) -> String {
    text.red().to_string()
}

/// A heading or the one thing to look at.
pub(crate) fn strong(text: &str) -> String {
    text.bold().to_string()
}

/// Detail that may be skipped.
pub(crate) fn dim(text: &str) -> String {
    text.dimmed().to_string()
}

/// The name of a thing: an event type, a command.
pub(crate) fn name(text: &str) -> String {
    text.cyan().to_string()
}

/// How an attempt ended: its status, the exit code of its command, or dashes.
pub(crate) fn attempt_result(status: Option<u16>, exit_code: Option<i32>) -> String {
    match exit_code {
        Some(0) => good("exit 0"),
        Some(code) => bad(&format!("exit {code}")),
        None => attempt_status(status),
    }
}

/// The name of a member in JSON.
pub(crate) fn json_key(text: &str) -> String {
    name(text)
}

/// A string in JSON.
pub(crate) fn json_string(text: &str) -> String {
    text.green().to_string()
}

/// A number, a boolean or `null` in JSON.
pub(crate) fn json_literal(text: &str) -> String {
    text.magenta().to_string()
}

/// The status of an attempt, or dashes if there was no response.
pub(crate) fn attempt_status(code: Option<u16>) -> String {
    code.map_or_else(|| bad("---"), status)
}

/// An HTTP status, coloured by its class.
pub(crate) fn status(code: u16) -> String {
    let text = code.to_string();
    match code {
        200..=299 => good(&text),
        300..=499 => warn(&text),
        _ => bad(&text),
    }
}
