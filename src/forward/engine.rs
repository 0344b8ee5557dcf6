//! The engine: runs a plan. What the stream brings is handled in `intake`, results of attempts in `delivery`.
//!
//! Its state has three owners: the scheduler (queues and backlog), the recorder (history) and the reporter
//! (activities and totals).

mod attempts;
mod backlog;
mod chaos;
mod commands;
mod delivery;
mod event_loop;
mod intake;
mod job;
mod job_chaos;
mod recorder;
mod reporter;
mod resume;
mod scheduler;
mod schema_watch;
mod shutdown;
mod state;
mod throttle;
mod webhook;

use tokio::sync::mpsc;

use super::activity::Activity;
use super::control::Control;
use super::plan::{Plan, Target};
use crate::host::clock::Clock;
use crate::host::signals::Interrupts;
use crate::net::{SetupError, TargetClient, TargetOptions};
use crate::stream::subscription::StreamItem;
pub(crate) use resume::ResumeState;
pub(crate) use shutdown::{RunOutcome, StopReason};
use state::Engine;

/// What a run reads from and reports to.
#[derive(Debug)]
pub(crate) struct EngineIo {
    pub(crate) stream: mpsc::Receiver<StreamItem>,
    pub(crate) activity: mpsc::Sender<Activity>,
    pub(crate) interrupts: Interrupts,
    pub(crate) control: Control,
    pub(crate) history: ResumeState,
}

/// Forwards until something ends the run.
pub(crate) async fn run(plan: Plan, io: EngineIo, clock: Clock) -> Result<RunOutcome, SetupError> {
    let https = plan.targets.iter().any(Target::is_https);
    let client = TargetClient::new(TargetOptions { insecure: plan.insecure, https })?;
    let history = (io.history.journal, io.history.next_seq);
    let mut engine = Engine::new(plan, &client, io.activity, history, clock);
    engine.remember(&io.history.known_ids);
    engine.requeue_leftover(io.history.leftover).await;
    let reason = engine.forward(io.stream, io.interrupts, io.control).await;
    let summary = engine.stop(&reason).await;
    Ok(RunOutcome { reason, summary, disconnected: engine.disconnected(), schema: engine.schema.result() })
}
