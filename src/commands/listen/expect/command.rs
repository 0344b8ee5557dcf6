//! The command after `--`: it causes the events that are expected, such as the tests of a project.

use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};

use tokio::process::Command;

use crate::host::io_error::io_message;
use crate::host::process_group::ProcessGroup;
use crate::output::child_output;

/// A command, and what became of it.
#[derive(Debug)]
pub(super) struct UserCommand {
    words: Vec<OsString>,
    state: State,
}

#[derive(Debug)]
enum State {
    NotStarted,
    Running(Box<ProcessGroup>),
    /// Why it failed; `None` if it exited with 0.
    Ended(Option<String>),
}

impl UserCommand {
    /// `None` without words.
    pub(super) fn new(words: Vec<OsString>) -> Option<Self> {
        (!words.is_empty()).then_some(Self { words, state: State::NotStarted })
    }

    /// The program and its arguments, for messages.
    pub(super) fn name(&self) -> String {
        let words: Vec<_> = self.words.iter().map(|word| word.to_string_lossy()).collect();
        words.join(" ")
    }

    /// Starts it unless it was started before. Its output goes to standard error, because standard output has the
    /// events. When this is dropped, it and the processes it has started are killed.
    pub(super) fn start(&mut self) {
        let (State::NotStarted, [program, arguments @ ..]) = (&self.state, self.words.as_slice()) else {
            return;
        };
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(child_output()).stderr(Stdio::inherit());
        self.state = match ProcessGroup::spawn(&mut command) {
            Ok(group) => State::Running(Box::new(group)),
            Err(error) => State::Ended(Some(format!("could not be started: {}", io_message(&error)))),
        };
    }

    /// Waits until it ends. Never ends if it does not run. Cancel safe.
    pub(super) async fn wait(&mut self) {
        let State::Running(group) = &mut self.state else { return std::future::pending().await };
        let ended = group.wait().await;
        self.state = State::Ended(match ended {
            Ok(status) if status.success() => None,
            Ok(status) => Some(describe(status)),
            Err(error) => Some(io_message(&error)),
        });
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended(_))
    }

    /// Why it failed so far; `None` if it may still succeed, or has.
    pub(super) fn failure(&self) -> Option<&str> {
        match &self.state {
            State::Ended(failure) => failure.as_deref(),
            State::NotStarted | State::Running(_) => None,
        }
    }

    /// Why it has not succeeded by the end of the run.
    pub(super) fn final_failure(&self) -> Option<String> {
        match &self.state {
            State::NotStarted => Some("was not started, because there was no connection".to_owned()),
            State::Running(_) => Some("had not ended, and was killed".to_owned()),
            State::Ended(failure) => failure.clone(),
        }
    }
}

fn describe(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exited with {code}"),
        None => format!("was ended by a signal ({status})"),
    }
}
