//! Sits between the engine and what prints: counts activities, ends the run once it is decided, and adds the result to
//! the summary.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::command::UserCommand;
use crate::forward::{Activity, ControlCommand, ExpectationReport, ExpectationResult, Progress, Tally, send};

/// After the end of the command, this long without an event means that no other one comes.
const QUIET: Duration = Duration::from_secs(1);

/// What is expected, before the run.
#[derive(Debug)]
pub(crate) struct Observer {
    tally: Tally,
    command: Option<UserCommand>,
    within: Duration,
    result: oneshot::Sender<Observed>,
    /// Since when nothing has happened that counts.
    quiet_since: Instant,
    is_decided: bool,
}

/// The result of a run.
#[derive(Debug)]
pub(super) struct Observed {
    pub(super) report: ExpectationReport,
    /// Whether any event arrived.
    pub(super) has_events: bool,
}

impl Observer {
    pub(super) fn new(
        tally: Tally,
        command: Option<UserCommand>,
        within: Duration,
    ) -> (Self, oneshot::Receiver<Observed>) {
        let (result, observed) = oneshot::channel();
        let quiet_since = Instant::now();
        (Self { tally, command, within, result, quiet_since, is_decided: false }, observed)
    }

    /// Passes activities on to `next`, and ends the run with a command.
    pub(crate) fn observe_in(
        mut self,
        next: mpsc::Sender<Activity>,
        commands: mpsc::Sender<ControlCommand>,
    ) -> mpsc::Sender<Activity> {
        let (sender, mut receiver) = mpsc::channel(64);
        tokio::spawn(async move {
            let mut report = None;
            loop {
                let quiet = self.quiet_since + QUIET;
                let is_waiting_for_quiet = !self.is_decided && self.is_quiet_wanted();
                tokio::select! {
                    biased;
                    activity = receiver.recv() => {
                        let Some(mut activity) = activity else { break };
                        self.observe(&mut activity, &mut report);
                        if !send(&next, activity).await {
                            break;
                        }
                    }
                    () = ended(&mut self.command) => self.quiet_since = Instant::now(),
                    () = tokio::time::sleep_until(quiet), if is_waiting_for_quiet => {}
                }
                if let Some(reason) = self.decision().filter(|_| !self.is_decided) {
                    self.is_decided = true;
                    // It fails if the engine has ended.
                    let _ = commands.try_send(ControlCommand::Finish(reason));
                }
            }
            let report = report.unwrap_or_else(|| self.report());
            // It fails if the command no longer waits.
            let _ = self.result.send(Observed { report, has_events: !self.tally.is_empty() });
        });
        sender
    }

    fn observe(&mut self, activity: &mut Activity, report: &mut Option<ExpectationReport>) {
        match activity {
            Activity::Connected { .. } => {
                if let Some(command) = &mut self.command {
                    command.start();
                }
            }
            Activity::Summary { expectations, .. } => {
                let result = report.insert(self.report());
                *expectations = Some(Box::new(result.clone()));
            }
            _ => {
                if self.tally.observe(activity) {
                    self.quiet_since = Instant::now();
                }
            }
        }
    }

    /// Whether the run ends when nothing happens for a while.
    fn is_quiet_wanted(&self) -> bool {
        let has_ended = self.command.as_ref().is_some_and(UserCommand::has_ended);
        has_ended && self.tally.progress() == Progress::Undecided
    }

    /// Why the run ends now.
    fn decision(&self) -> Option<&'static str> {
        let progress = self.tally.progress();
        if progress == Progress::Exceeded {
            return Some("more events than expected");
        }
        if self.command.as_ref().is_some_and(|command| command.failure().is_some()) {
            return Some("the command failed");
        }
        if self.command.as_ref().is_some_and(|command| !command.has_ended()) {
            return None;
        }
        let is_quiet = self.is_quiet_wanted() && self.quiet_since.elapsed() >= QUIET;
        (progress == Progress::Complete || is_quiet).then_some("expectations decided")
    }

    fn report(&self) -> ExpectationReport {
        let ExpectationReport { mut results, failures, .. } = self.tally.report();
        if let Some(command) = &self.command {
            let name = command.name();
            let failure = command.final_failure();
            results.push(ExpectationResult {
                expected: "command".to_owned(),
                got: u64::from(failure.is_none()),
                of: Some(1),
                passed: failure.is_none(),
                reason: failure.map(|why| match command.has_ended() {
                    true => format!("`{name}` {why}"),
                    false => format!("`{name}` {why} after {} s", self.within.as_secs_f64()),
                }),
            });
        }
        ExpectationReport::new(results, failures)
    }
}

async fn ended(command: &mut Option<UserCommand>) {
    match command {
        Some(command) => command.wait().await,
        None => std::future::pending().await,
    }
}
