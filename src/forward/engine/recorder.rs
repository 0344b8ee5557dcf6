//! Records what happens in the history. Without a history, or once it is off, this does nothing.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::{oneshot, watch};

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

#[derive(Debug)]
pub(super) struct Recorder {
    journal: Option<Arc<Journal>>,
    status: Option<watch::Receiver<JournalStatus>>,
    /// The status that was reported last.
    reported: JournalStatus,
    /// A second activity for the same change of status.
    pending: Option<Activity>,
    /// In the order of the plan.
    names: Vec<Arc<str>>,
    next_seq: u64,
    /// Records that the journal does not have yet.
    pending_records: Vec<Record>,
    /// To be sent when the records of this turn are committed.
    acknowledgements: Vec<oneshot::Sender<()>>,
}

impl Recorder {
    /// The first event gets the number `next_seq`.
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
            acknowledgements: Vec::new(),
        }
    }

    /// Whether records can be read back later.
    pub(super) fn is_on(&self) -> bool {
        self.journal.as_ref().is_some_and(|journal| !journal.is_off())
    }

    /// Whether bodies may wait in the history instead of in memory: it is on, and written without delay.
    pub(super) fn can_store_bodies(&self) -> bool {
        self.is_on() && self.journal.as_ref().is_some_and(|journal| !journal.is_paused())
    }

    /// Waits until the state of the history changes: it can or cannot be written, or is off.
    pub(super) async fn next_change(&mut self, clock: &Clock) -> Activity {
        if let Some(pending) = self.pending.take() {
            return pending;
        }
        loop {
            let Some(status) = &mut self.status else { return std::future::pending().await };
            if status.changed().await.is_err() {
                // The journal was closed: nothing is left to report.
                self.status = None;
                continue;
            }
            let now = status.borrow_and_update().clone();
            let before = std::mem::replace(&mut self.reported, now.clone());
            self.pending = leftover(&before, &now, clock.now());
            if let Some(change) = change(&before, now, clock.now()).or_else(|| self.pending.take()) {
                return change;
            }
        }
    }

    /// Records where the stream of this run begins.
    pub(super) async fn began_at(&self, cursor: Option<String>) {
        if let (Some(journal), Some(cursor)) = (&self.journal, cursor) {
            // A history that cannot be written turns itself off, which its status reports.
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
        self.push(|| Record::Received(ReceivedRecord { seq, event: event.clone(), targets, local: None }));
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

    /// The body of a stored event; empty if it cannot be read.
    pub(super) async fn body(&self, seq: u64) -> Bytes {
        let Some(journal) = &self.journal else { return Bytes::new() };
        let found = journal.bodies(vec![seq]).await.unwrap_or_default();
        found.into_iter().next().map(|(_, body)| body).unwrap_or_default()
    }

    /// The journal, to read a body back from.
    pub(super) fn journal(&self) -> Option<Arc<Journal>> {
        self.journal.clone()
    }

    /// Builds the record only if it is recorded.
    fn push(&mut self, record: impl FnOnce() -> Record) {
        if self.is_on() {
            self.pending_records.push(record());
        }
    }

    /// Gives the journal the records of this turn. Waits while the journal is far behind.
    pub(super) async fn flush(&mut self) {
        let Some(journal) = &self.journal else { return };
        if !self.pending_records.is_empty() {
            journal.record_all(std::mem::take(&mut self.pending_records)).await;
        }
        if self.acknowledgements.is_empty() {
            return;
        }
        let (journal, acknowledgements) = (Arc::clone(journal), std::mem::take(&mut self.acknowledgements));
        // In its own task, so that deliveries do not wait for the disk.
        tokio::spawn(async move {
            if journal.has_committed().await {
                for stored in acknowledgements {
                    // It fails if the client has left; it will repeat the event.
                    let _ = stored.send(());
                }
            }
        });
    }

    /// Confirms an event once its record, which is pending, is in the file.
    pub(super) fn acknowledge(&mut self, stored: oneshot::Sender<()>) {
        self.acknowledgements.push(stored);
    }
}

/// The activity for a change of status. Lost records are reported when the first is lost, and counted at the end.
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

/// The leftover of earlier runs, if it became known only when the history could be read.
fn leftover(before: &JournalStatus, now: &JournalStatus, at: Timestamp) -> Option<Activity> {
    let left = now.leftover.as_ref().filter(|_| before.leftover.is_none())?;
    let (deliveries, since) = (left.deliveries, left.oldest);
    Some(Activity::Leftover { at, deliveries, since, resumed: false, kept: 0 })
}
