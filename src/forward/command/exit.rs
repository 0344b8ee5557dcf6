//! How a command ended, and the text for it. The history stores the text, from which the exit code is found again.

use std::time::Duration;

use crate::net::NoResponse;

/// The beginning of the reason of a command that ended with a code.
const EXITED: &str = "exited with code ";
/// The beginning of the reason of a command that ran for too long.
const NOT_ENDED: &str = "did not end within";

/// The exit code in the reason of an attempt from the history. `None` if there was none.
pub(crate) fn exit_code_in(reason: &str) -> Option<i32> {
    reason.strip_prefix(EXITED)?.parse().ok()
}

/// Whether the reason of an attempt from the history is that a command ran for too long.
pub(crate) fn is_command_timeout(reason: &str) -> bool {
    reason.starts_with(NOT_ENDED)
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommandExit {
    pub(crate) end: CommandEnd,
    /// What it printed about a failure, see [`output_excerpt`](crate::forward::response_text::output_excerpt).
    pub(crate) excerpt: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CommandEnd {
    Code(i32),
    #[cfg_attr(all(windows, not(test)), expect(dead_code, reason = "Windows has no signals"))]
    Signal(i32),
    /// It was killed at the end of the time limit.
    TimedOut(Duration),
}

impl CommandEnd {
    /// As text that follows the name of the command.
    pub(in crate::forward) fn reason(self) -> String {
        match self {
            Self::Code(code) => format!("{EXITED}{code}"),
            Self::Signal(signal) => format!("was killed by signal {signal}{}", signal_name(signal)),
            Self::TimedOut(after) => format!("{NOT_ENDED} {} s and was killed", after.as_secs_f64()),
        }
    }
}

/// The common ones, which have the same number on all systems.
fn signal_name(signal: i32) -> &'static str {
    match signal {
        2 => " (SIGINT)",
        6 => " (SIGABRT)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        13 => " (SIGPIPE)",
        15 => " (SIGTERM)",
        _ => "",
    }
}

/// Why a command did not run to an end.
#[derive(Debug)]
pub(crate) enum CommandError {
    NotStarted(NoResponse),
    /// A retry will not help.
    Impossible(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_code_is_found_in_its_reason() {
        for code in [0, 1, 255, -1_073_741_510] {
            assert_eq!(exit_code_in(&CommandEnd::Code(code).reason()), Some(code));
        }
        let late = CommandEnd::TimedOut(Duration::from_millis(1500)).reason();
        assert_eq!(late, "did not end within 1.5 s and was killed");
        assert!(is_command_timeout(&late));
        assert_eq!(CommandEnd::Signal(9).reason(), "was killed by signal 9 (SIGKILL)");
        for other in [late.as_str(), "was killed by signal 9", "answered HTTP 500"] {
            assert_eq!(exit_code_in(other), None, "{other}");
        }
    }
}
