//! What the engine tells the history. Without a history, or once it is off, this does nothing.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::event::ReceivedEvent;
use crate::forward::activity::Activity;
use crate::forward::attempt::AttemptResult;
use crate::forward::attempt_record::{AttemptContext, attempt_record};
use crate::forward::plan::Target;
use crate::forward::policy::RetryDecision;
use crate::history::{
    DisconnectRecord, GapRecord, Journal, JournalStatus, LostRecords, ReceivedRecord, Record, SkippedEvent,
};
use crate::host::clock::Clock;

/// The engine's end of the history.
#[derive(Debug)]
pub(super) struct Recorder {
    journal: Option<Arc<Journal>>,
    status: Option<watch::Receiver<JournalStatus>>,
    /// The status as it was reported last.
    reported: JournalStatus,
    /// News that comes after what was reported last.
    pending: Option<Activity>,
    /// Names of the targets as recorded, in the order of the plan.
    names: Vec<Arc<str>>,
    next_seq: u64,
    /// What is still to be handed to the journal.
    pending_records: Vec<Record>,
}

impl Recorder {
    /// A recorder whose events are counted from `next_seq`.
    pub(super) fn new(journal: Option<Arc<Journal>>, targets: &[Target], next_seq: u64) -> Self {
        let names = targets.iter().map(|target| Arc::from(target.display_url())).collect();
        Self {
            status: journal.as_ref().map(|journal| journal.status()),
            reported: JournalStatus::default(),
            pending: None,
            journal,
            names,
            next_seq,
            pending_records: Vec::new(),
        }
    }

    /// Whether what is recorded can be read back later.
    pub(super) fn is_on(&self) -> bool {
        self.journal.as_ref().is_some_and(|journal| !journal.is_off())
    }

    /// Whether the history can hold what memory does not: it is on, and written without delay.
    pub(super) fn can_store_bodies(&self) -> bool {
        self.is_on() && self.journal.as_ref().is_some_and(|journal| !journal.is_paused())
    }

    /// Waits until there is something to tell of the history: it can or cannot be written, or is off.
    pub(super) async fn next_change(&mut self, clock: &Clock) -> Activity {
        if let Some(pending) = self.pending.take() {
            return pending;
        }
        loop {
            let Some(status) = &mut self.status else { return std::future::pending().await };
            if status.changed().await.is_err() {
                // It was closed in good order: there is nothing to tell.
                self.status = None;
                continue;
            }
            let now = status.borrow_and_update().clone();
            let before = std::mem::replace(&mut self.reported, now.clone());
            self.pending = leftover(&before, &now, clock.now());
            let change = change(&before, now, clock.now()).or_else(|| self.pending.take());
            if let Some(change) = change {
                return change;
            }
        }
    }

    /// Where the stream of this run begins.
    pub(super) async fn began_at(&self, cursor: Option<String>) {
        if let (Some(journal), Some(cursor)) = (&self.journal, cursor) {
            // A history that cannot be written says so by turning itself off.
            let _ = journal.begin_at(cursor).await;
        }
    }

    /// The number of the next event.
    pub(super) fn number(&mut self) -> u64 {
        let seq = self.next_seq;
        self.next_seq += 1;
        seq
    }

    pub(super) fn received(&mut self, seq: u64, event: &ReceivedEvent, targets: &[usize]) {
        let targets = targets.iter().filter_map(|target| self.names.get(*target).cloned()).collect();
        self.push(|| Record::Received(ReceivedRecord { seq, event: event.clone(), targets }));
    }

    pub(super) fn skipped(
        &mut self,
        id: Option<&str>,
        event_type: Option<&str>,
        at: Timestamp,
        reason: &str,
    ) {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let (id, event_type, reason) = (owned(id), owned(event_type), reason.to_owned());
        self.push(|| Record::Skipped(SkippedEvent { id, event_type, at, reason }));
    }

    /// An attempt and, if it was the last one, the end of the delivery.
    pub(super) fn attempted(
        &mut self,
        context: AttemptContext,
        result: &mut AttemptResult,
        decision: &RetryDecision,
    ) {
        self.push(|| attempt_record(context, result, decision));
    }

    /// The name of a target as recorded.
    pub(super) fn target_name(&self, target: usize) -> Option<Arc<str>> {
        self.names.get(target).cloned()
    }

    pub(super) fn gap(
        &mut self,
        at: Timestamp,
        after: Option<String>,
        since: Option<Timestamp>,
        reason: &str,
    ) {
        self.push(|| Record::Gap(GapRecord { at, after, since, reason: reason.to_owned() }));
    }

    pub(super) fn disconnected(&mut self, at: Timestamp, reason: &str, retry_in: Duration) {
        self.push(|| Record::Disconnected(DisconnectRecord { at, reason: reason.to_owned(), retry_in }));
    }

    /// The body of an event that is stored already; empty when it cannot be read.
    pub(super) async fn body(&self, seq: u64) -> Bytes {
        let Some(journal) = &self.journal else { return Bytes::new() };
        let found = journal.bodies(vec![seq]).await.unwrap_or_default();
        found.into_iter().next().map(|(_, body)| body).unwrap_or_default()
    }

    /// The journal, to read a body back from.
    pub(super) fn journal(&self) -> Option<Arc<Journal>> {
        self.journal.clone()
    }

    /// Records are only made when they are kept.
    fn push(&mut self, record: impl FnOnce() -> Record) {
        if self.is_on() {
            self.pending_records.push(record());
        }
    }

    /// Gives the journal what was kept of this turn. Waits while it is far behind.
    pub(super) async fn flush(&mut self) {
        let Some(journal) = &self.journal else { return };
        for record in self.pending_records.drain(..) {
            journal.record(record).await;
        }
    }
}

/// What there is to report of a change. What was lost is reported when it begins, and in all when that is over.
fn change(before: &JournalStatus, now: JournalStatus, at: Timestamp) -> Option<Activity> {
    match (now.off, now.paused, &before.paused) {
        (Some(reason), _, _) => before.off.is_none().then_some(Activity::HistoryOff { at, reason }),
        (None, Some(reason), None) => Some(Activity::HistoryPaused { at, reason }),
        (None, Some(_), Some(_)) => {
            let first = now.lost.has_any() && before.lost == LostRecords::default();
            first.then_some(Activity::HistoryOverflow { at })
        }
        (None, None, Some(_)) => {
            let (lost_events, lost_attempts) = (now.lost.events, now.lost.attempts);
            Some(Activity::HistoryResumed { at, lost_events, lost_attempts })
        }
        (None, None, None) => None,
    }
}

/// What earlier runs left, known only once the history was back.
fn leftover(before: &JournalStatus, now: &JournalStatus, at: Timestamp) -> Option<Activity> {
    let left = now.leftover.as_ref().filter(|_| before.leftover.is_none())?;
    let (deliveries, since) = (left.deliveries, left.oldest);
    Some(Activity::Leftover { at, deliveries, since, resumed: false, kept: 0 })
}
