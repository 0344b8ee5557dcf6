//! The loop: one task that takes items from the stream, starts attempts, and accounts for their ends.
//!
//! Reading, watching for a dead peer and forwarding do not wait for each other: the stream is read by
//! its own task, each attempt runs in its own, and this one only ever waits for whichever comes first.
//! What the stream brings is dealt with in `intake`, what becomes of deliveries in `delivery`.

mod attempt_event;
mod backlog;
mod commands;
mod delivery;
mod intake;
mod pace;
mod recorder;
mod reporter;
mod resume;
mod shutdown;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::{Id, JoinSet};

use super::activity::{self, Activity};
use super::attempt::AttemptResult;
use super::control::Control;
use super::plan::{Plan, Target};
use super::queue::Queue;
use super::stats::{Concurrency, RunSummary, Stats};
use crate::history::Journal;
use crate::host::clock::Clock;
use crate::host::signals::Interrupts;
use crate::net::{Endpoint, SetupError, TargetClient, TargetOptions};
use crate::signature::Signer;
use crate::stream::subscription::StreamItem;
use backlog::Backlog;
use commands::Last;
use delivery::{InFlight, Job};
use pace::Paces;
use recorder::Recorder;
pub(crate) use resume::ResumeState;
pub(crate) use shutdown::{RunOutcome, StopReason};

/// How long the first interrupt waits for what was accepted.
const DRAIN: Duration = Duration::from_secs(5);
/// Ids named in the last activity.
const MAX_UNDELIVERED: usize = 100;

/// What a run is connected to.
#[derive(Debug)]
pub(crate) struct EngineIo {
    /// Where events come from.
    pub(crate) stream: mpsc::Receiver<StreamItem>,
    /// Where everything that happens is reported.
    pub(crate) activity: mpsc::Sender<Activity>,
    pub(crate) interrupts: Interrupts,
    pub(crate) control: Control,
    pub(crate) history: ResumeState,
}

/// Forwards until something ends the run.
///
/// # Errors
/// When the client for local targets cannot be set up.
pub(crate) async fn run(plan: Plan, links: EngineIo, clock: Clock) -> Result<RunOutcome, SetupError> {
    let https = plan.targets.iter().any(|target| target.url.scheme() == "https");
    let client = TargetClient::new(TargetOptions { insecure: plan.insecure, https })?;
    let mut engine =
        Engine::new(plan, &client, links.activity, (links.history.journal, links.history.next_seq), clock);
    engine.requeue_leftover(links.history.leftover).await;
    let end = engine.forward(links.stream, links.interrupts, links.control).await;
    let summary = engine.stopped(&end).await;
    Ok(RunOutcome { end, summary, down: engine.down() })
}

enum Phase {
    /// Taking events.
    Open,
    /// Taking no more; ends when everything has ended, or at the time given.
    Closing { end: StopReason, until: Option<Instant> },
}

struct Engine {
    plan: Plan,
    /// The targets as they are reported.
    display_urls: Vec<String>,
    /// One per target, in the order of the plan.
    queues: Vec<Queue<Job>>,
    /// One per target, in the order of the plan.
    paces: Paces,
    /// The target that is asked first whether it has a delivery to start: they take turns.
    turn: usize,
    attempts: JoinSet<AttemptResult>,
    in_flight: HashMap<Id, InFlight>,
    /// One per target, in the order of the plan.
    endpoints: Vec<Arc<Endpoint>>,
    signer: Option<Arc<Signer>>,
    activity: mpsc::Sender<Activity>,
    /// What is still to be reported of this turn.
    pending: Vec<Activity>,
    clock: Clock,
    phase: Phase,
    backlog: Backlog,
    stats: Stats,
    recorder: Recorder,
    /// Why the last connection ended, until there is another one.
    down: Option<String>,
    /// Events accepted so far, for `--count`.
    accepted: u64,
    /// When `--for` is over.
    deadline: Option<Instant>,
    /// The person at the terminal wants no deliveries to start.
    paused: bool,
    /// The delivery that ended last, to be made again on demand.
    last: Last,
}

impl Engine {
    fn new(
        plan: Plan,
        client: &TargetClient,
        activity: mpsc::Sender<Activity>,
        (journal, next_seq): (Option<Arc<Journal>>, u64),
        clock: Clock,
    ) -> Self {
        let recorder = Recorder::new(journal, &plan.targets, next_seq);
        let concurrency = plan.concurrency;
        let deadline = plan.run_for.map(|time| Instant::now() + time);
        let stats = Stats::new(&plan.targets);
        let paces = Paces::new(&plan.targets, concurrency);
        let endpoints = plan.targets.iter().map(|target| Arc::new(client.endpoint(&target.url))).collect();
        Self {
            display_urls: plan.targets.iter().map(Target::display_url).collect(),
            queues: plan.targets.iter().map(|_| Queue::new(1)).collect(),
            paces,
            turn: 0,
            plan,
            attempts: JoinSet::new(),
            in_flight: HashMap::new(),
            endpoints,
            signer: None,
            activity,
            pending: Vec::new(),
            clock,
            phase: Phase::Open,
            backlog: Backlog::default(),
            stats,
            recorder,
            down: None,
            accepted: 0,
            deadline,
            paused: false,
            last: Last::default(),
        }
    }

    async fn forward(
        &mut self,
        mut stream: mpsc::Receiver<StreamItem>,
        mut interrupts: Interrupts,
        mut control: Control,
    ) -> StopReason {
        let output = self.activity.clone();
        self.last.is_wanted = control.is_open();
        loop {
            let open = matches!(self.phase, Phase::Open);
            let reading = open && self.has_capacity();
            self.start_and_flush().await;
            if let Some(end) = self.ended() {
                return end;
            }
            let wake = self.wake_at();
            tokio::select! {
                biased;
                () = interrupts.next() => {
                    if let Some(end) = self.interrupted() { return end }
                }
                wish = control.next() => self.handle_command(wish),
                Some(done) = self.attempts.join_next_with_id() => self.on_attempts_finished(done),
                change = self.recorder.next_change(&self.clock) => self.emit(change),
                () = output.closed() => return StopReason::OutputClosed,
                () = until(self.deadline), if open => self.close(StopReason::TimeUp),
                () = until(wake) => {}
                item = stream.recv(), if reading => match item {
                    Some(item) => self.handle_items(item, &mut stream).await,
                    // A subscription says why it ends before it does.
                    None => self.close(StopReason::StreamGone),
                },
            }
        }
    }

    /// Whether another event may be taken in; says so once when it may not.
    fn has_capacity(&mut self) -> bool {
        // The session has to be read first: it brings the signer, without which a large leftover of earlier
        // runs would fill the backlog for ever.
        if self.signer.is_none() {
            return true;
        }
        // While a target is down its events wait in the history: memory does not grow, and the stream is
        // read on.
        let held = self.queues.iter().any(Queue::is_down);
        if held && self.recorder.can_store_bodies() && self.backlog.may_spill() {
            return true;
        }
        if self.backlog.just_filled() {
            let (at, queued) = (self.clock.now(), self.backlog.events());
            self.emit(Activity::Paused { at, queued, reason: "full" });
        }
        self.backlog.has_capacity()
    }

    /// Takes no more events; ends when everything accepted has ended, or after the bounded drain. The
    /// first reason to close counts.
    fn close(&mut self, end: StopReason) {
        self.close_until(end, Some(Instant::now() + DRAIN));
    }

    fn close_until(&mut self, end: StopReason, until: Option<Instant>) {
        if matches!(self.phase, Phase::Open) {
            self.phase = Phase::Closing { end, until };
        }
    }

    fn interrupted(&mut self) -> Option<StopReason> {
        match self.phase {
            Phase::Open => {
                self.close(StopReason::Interrupted);
                self.report_draining();
                None
            }
            // While `--count` waits for its deliveries, an interrupt starts the bounded drain.
            Phase::Closing { end: StopReason::CountReached, .. } => {
                self.phase =
                    Phase::Closing { end: StopReason::Interrupted, until: Some(Instant::now() + DRAIN) };
                self.report_draining();
                None
            }
            Phase::Closing { .. } => Some(StopReason::Aborted),
        }
    }

    /// The reason to end, once there is nothing left that is worth waiting for.
    fn ended(&mut self) -> Option<StopReason> {
        let Phase::Closing { until, end } = &self.phase else { return None };
        let over = until.is_some_and(|until| until <= Instant::now());
        // Before the first session nothing can be signed, so nothing can be finished either.
        let able = self.signer.is_some();
        // A target that is down may still come up while `--count` has time left.
        let until = until.filter(|_| !matches!(end, StopReason::CountReached));
        let unfinished = able && self.queues.iter().any(|queue| queue.can_progress_by(until));
        if unfinished && !over {
            return None;
        }
        match std::mem::replace(&mut self.phase, Phase::Open) {
            // The events came, but `--for` ended before they were dealt with.
            Phase::Closing { end: StopReason::CountReached, .. } if unfinished => Some(StopReason::TimeUp),
            Phase::Closing { end, .. } => Some(end),
            Phase::Open => None,
        }
    }

    fn wake_at(&self) -> Option<Instant> {
        let until = match &self.phase {
            Phase::Closing { until, .. } => *until,
            Phase::Open => None,
        };
        let idle = self.paused && matches!(self.phase, Phase::Open);
        let queues = self.queues.iter().filter(|_| !idle);
        queues.filter_map(Queue::wake_at).chain(until).min()
    }

    /// Abandons what is left and tells the end.
    async fn stopped(&mut self, end: &StopReason) -> RunSummary {
        self.attempts.abort_all();
        let left: Vec<u64> = self.queues.iter().map(|queue| queue.len() as u64).collect();
        let flying = self.in_flight.values().map(|flight| flight.job.id().to_owned());
        let waiting = self.queues.iter().flat_map(Queue::untaken).map(|job| job.id().to_owned());
        let undelivered = activity::distinct(flying.chain(waiting), MAX_UNDELIVERED);
        let limits: Vec<_> = self.paces.of_targets().map(|pace| Concurrency::of(&pace.limiter)).collect();
        let (at, summary) = (self.clock.now(), self.stats.summary(&left, &limits));
        self.emit(Activity::Summary { at, reason: end.name(), summary: summary.clone(), undelivered });
        self.flush().await;
        summary
    }

    fn display_url(&self, target: usize) -> String {
        self.display_urls.get(target).cloned().unwrap_or_default()
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
