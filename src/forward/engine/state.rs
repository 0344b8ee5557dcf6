//! The state of a run: its three owners, what it signs with, and whether it still accepts events.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::job::Job;
use super::recorder::Recorder;
use super::reporter::Reporter;
use super::scheduler::Scheduler;
use super::schema_watch::SchemaWatch;
use super::shutdown::StopReason;
use crate::forward::activity::Activity;
use crate::forward::plan::Plan;
use crate::history::Journal;
use crate::host::clock::Clock;
use crate::net::TargetClient;
use crate::signature::{Signer, Verifier};
use crate::stream::dedup::RecentIds;

/// Number of event ids remembered to detect what a webhook delivers again.
const IDS_REMEMBERED: usize = 10_000;
/// How long the first interrupt waits for accepted events.
pub(super) const DRAIN: Duration = Duration::from_secs(5);

pub(super) enum Phase {
    /// Accepts events.
    Open,
    /// Accepts no more events; ends when every delivery has ended, or at the given time.
    Closing { reason: StopReason, until: Option<Instant> },
}

pub(super) struct Engine {
    pub(super) plan: Plan,
    pub(super) scheduler: Scheduler,
    pub(super) recorder: Recorder,
    pub(super) reporter: Reporter,
    pub(super) clock: Clock,
    pub(super) phase: Phase,
    /// `None` before the first session.
    pub(super) signer: Option<Arc<Signer>>,
    /// With the same secret, to check what was sent when a server refuses it.
    pub(super) verifier: Option<Verifier>,
    /// Why the last connection ended, until there is another one.
    pub(super) disconnected: Option<String>,
    /// Events accepted so far, for `--count`.
    pub(super) accepted: u64,
    /// When `--for` is over.
    pub(super) deadline: Option<Instant>,
    /// Whether the user has paused deliveries.
    pub(super) is_paused: bool,
    pub(super) last: LastDelivery,
    pub(super) schema: SchemaWatch,
    /// The events that the webhook of this run has delivered.
    pub(super) webhook_events: RecentIds,
    /// Those that it delivered to earlier runs.
    pub(super) known_webhook_events: HashSet<Box<str>>,
}

/// The delivery that ended last, for the key that repeats it.
#[derive(Debug, Default)]
pub(super) struct LastDelivery {
    /// Whether there are such keys. Otherwise a large body would be kept for nothing.
    pub(super) is_wanted: bool,
    pub(super) job: Option<Job>,
}

impl LastDelivery {
    /// Keeps the job, unless its body is in the history: then it could not be repeated without reading that.
    pub(super) fn keep(&mut self, job: Job) {
        self.job = Some(job).filter(|job| self.is_wanted && !job.event.is_stored);
    }
}

impl Engine {
    pub(super) fn new(
        plan: Plan,
        client: &TargetClient,
        output: mpsc::Sender<Activity>,
        (journal, next_seq): (Option<Arc<Journal>>, u64),
        clock: Clock,
    ) -> Self {
        Self {
            scheduler: Scheduler::new(&plan, client),
            recorder: Recorder::new(journal, &plan.targets, next_seq),
            reporter: Reporter::new(output, &plan, clock.clone()),
            deadline: plan.run_for.map(|time| Instant::now() + time),
            plan,
            clock,
            phase: Phase::Open,
            signer: None,
            verifier: None,
            disconnected: None,
            accepted: 0,
            is_paused: false,
            last: LastDelivery::default(),
            schema: SchemaWatch::default(),
            webhook_events: RecentIds::new(IDS_REMEMBERED),
            known_webhook_events: HashSet::new(),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open)
    }

    /// Accepts no more events. Ends when every delivery has ended, or after the bounded drain. Only the
    /// first reason to close counts.
    pub(super) fn close(&mut self, reason: StopReason) {
        self.close_until(reason, Some(Instant::now() + DRAIN));
    }

    pub(super) fn close_until(&mut self, reason: StopReason, until: Option<Instant>) {
        if self.is_open() {
            self.phase = Phase::Closing { reason, until };
        }
    }

    /// Records and reports what has happened so far.
    pub(super) async fn flush(&mut self) {
        for (event, difference) in self.schema.compare() {
            self.reporter.emit(Activity::Schema { at: self.clock.now(), event, difference });
        }
        self.recorder.flush().await;
        self.reporter.flush().await;
    }
}
