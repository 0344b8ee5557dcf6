//! `--expect`: what a run must receive, so that it ends by itself with an answer.
//!
//! `observer` counts what happens and ends the run, `command` is the one after `--`, `conclusion` prints the report.

mod command;
mod conclusion;
mod observer;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::args::duration;
use crate::event::{Pattern, catalogue};
use crate::forward::{Expectation, StatusSet, Tally, Target};
use crate::host::io_error::io_message;
use crate::output::Failure;
use command::UserCommand;
pub(super) use conclusion::Conclusion;
pub(super) use observer::Observer;

/// How long a run waits for what it expects.
const WITHIN: Duration = Duration::from_secs(30);

#[derive(clap::Args, Debug, Default)]
pub(crate) struct ExpectArgs {
    /// Exit 0 once these events were delivered, else 1: 'ticket.created=2', 'survey.*>=1' (also != <= > <); repeatable
    #[arg(long, value_name = "PATTERN[=N]", value_parser = Expectation::parse, conflicts_with_all = ["count", "run_for", "print_secret"])]
    expect: Vec<Expectation>,
    /// Status that the last attempt of each of their deliveries must have: 2xx, 200..299, 200,401
    #[arg(long, value_name = "STATUSES", requires = "expect", value_parser = StatusSet::parse)]
    expect_status: Option<StatusSet>,
    /// Time limit of --expect [default: 30s]; =, != and <= are decided only when it is over
    #[arg(long, value_name = "DURATION", requires = "expect", value_parser = parse_limit)]
    within: Option<Duration>,
    /// Write the result of --expect to this file, as JUnit XML
    #[arg(long, value_name = "FILE", requires = "expect")]
    junit: Option<PathBuf>,
    /// With --expect, run this once connected; after its end a second without events decides =, != and <=
    #[arg(last = true, value_name = "COMMAND")]
    pub(super) command: Vec<OsString>,
}

/// The time has to end: a run without a limit could wait forever.
fn parse_limit(text: &str) -> Result<Duration, String> {
    match duration::parse(text)? {
        Duration::ZERO => Err("expected a time above 0, such as 30s".to_owned()),
        limit => Ok(limit),
    }
}

impl ExpectArgs {
    /// Both would write to the terminal. clap cannot refuse it, because `dev` has the same argument for its server.
    pub(super) fn check_no_command_with_tui(&self) -> Result<(), Failure> {
        match self.command.is_empty() {
            true => Ok(()),
            false => Err(Failure::usage("--tui cannot be used with a command after `--`")),
        }
    }

    /// When the run ends at the latest.
    pub(super) fn limit(&self) -> Option<Duration> {
        (!self.expect.is_empty()).then(|| self.within.unwrap_or(WITHIN))
    }

    /// Refuses what could never be met, and removes the result of an earlier run. `events` are the patterns of
    /// `--events`.
    pub(super) fn check(&self, events: &[Pattern], targets: &[Target]) -> Result<(), Failure> {
        if !self.command.is_empty() && self.expect.is_empty() {
            return Err(Failure::usage("a command after `--` needs --expect")
                .hint("to start your server as well: cstar dev -- COMMAND"));
        }
        if self.expect_status.is_some() && targets.is_empty() {
            return Err(Failure::usage("--expect-status needs a delivery, and this run has no target")
                .hint("name one: --forward-to 3000"));
        }
        for expectation in &self.expect {
            let wants = |name: &str| {
                (events.is_empty() || events.iter().any(|pattern| pattern.matches(name)))
                    && (targets.is_empty() || targets.iter().any(|target| target.wants(name)))
            };
            let mut matching =
                catalogue().iter().map(|event| event.name).filter(|name| expectation.pattern.matches(name));
            if !matching.any(wants) {
                return Err(Failure::usage(format!(
                    "--expect {expectation}: this run accepts no such event, because of --events or --route"
                )));
            }
        }
        match &self.junit {
            Some(path) => remove_old(path),
            None => Ok(()),
        }
    }

    /// The observer of the run, and what becomes of its result; `None` if nothing is expected.
    pub(super) fn observer(
        self,
        targets: &[Target],
        started_at: Timestamp,
    ) -> Option<(Observer, Conclusion)> {
        let within = self.limit()?;
        let tally = Tally::new(self.expect, self.expect_status, targets.to_vec());
        let command = UserCommand::new(self.command);
        let (observer, observed) = Observer::new(tally, command, within);
        Some((observer, Conclusion { observed, junit: self.junit, within, started_at }))
    }
}

/// A job whose run ends early must not find the report of another one.
fn remove_old(path: &Path) -> Result<(), Failure> {
    // A device or a pipe stays.
    let removed = if path.is_file() { std::fs::remove_file(path) } else { Ok(()) };
    removed.map_err(|error| {
        Failure::usage(format!("could not replace `{}`: {}", path.display(), io_message(&error)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward::Destination;

    #[test]
    fn expectations_must_be_possible() {
        let expecting = |text: &str| ExpectArgs {
            expect: vec![Expectation::parse(text).unwrap()],
            ..ExpectArgs::default()
        };
        let patterns = |text: &str| vec![Pattern::parse(text).unwrap()];
        let url = || Destination::Url("http://localhost:3000/".parse().unwrap());
        let all = Target { to: url(), patterns: Vec::new() };
        let tickets = Target { to: url(), patterns: patterns("ticket.*") };
        for (text, events, target, is_possible) in [
            ("ticket.*", vec![], &all, true),
            ("ticket.*=0", patterns("ticket.closed"), &all, true),
            ("ticket.created", patterns("ticket.closed"), &all, false),
            ("survey.*=0", vec![], &tickets, false),
            ("*", patterns("customer.*"), &tickets, false),
        ] {
            let checked = expecting(text).check(&events, std::slice::from_ref(target));
            assert_eq!(checked.is_ok(), is_possible, "{text}");
        }
        let with_status =
            ExpectArgs { expect_status: StatusSet::parse("2xx").ok(), ..expecting("ticket.created") };
        assert!(with_status.check(&[], &[]).is_err(), "nothing is delivered");
    }
}
