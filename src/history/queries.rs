//! The queries of a run to its journal: to begin, to find the leftover of earlier runs, and to adopt it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::assignment::Candidates;
use super::error::HistoryError;
use super::journal::Journal;
use super::model::{Adopted, EventKey, Leftover, RunId, RunScope, StoredDelivery};
use super::record::Record;
use super::store::Store;

impl Journal {
    /// Begins a run. Later records belong to it. `targets` are URLs without credentials.
    pub(crate) async fn begin_run(
        &self,
        scope: RunScope,
        targets: Vec<Arc<str>>,
        pid: u32,
    ) -> Result<RunId, HistoryError> {
        self.shared.committed.store(0, Ordering::Release);
        self.query(move |store| store.begin_run(&scope, &targets, pid)).await
    }

    /// Records the id after which the stream of the current run begins. Commits it if possible, so that a run that is
    /// killed before its first event can be resumed from there. Fails when the journal has been closed.
    pub(crate) async fn begin_at(&self, cursor: String) -> Result<(), HistoryError> {
        self.record(Record::BeganAt(cursor)).await;
        self.after_commit(|_| Ok(())).await
    }

    /// Ends the run. Its unsettled deliveries become a leftover.
    #[cfg(test)]
    pub(crate) async fn end_run(&self) -> Result<(), HistoryError> {
        self.query(Store::end_run).await
    }

    /// The deliveries that ended runs of `scope` have not settled, if any.
    pub(crate) async fn leftover(&self, scope: RunScope) -> Result<Option<Leftover>, HistoryError> {
        self.query(move |store| store.leftover(&scope)).await
    }

    /// Moves the leftover to the current run, in the order received, with targets from `candidates`. If several
    /// processes adopt it, each delivery goes to one of them. Call this before the first event of the run is
    /// recorded, because the adopted events get its first sequence numbers.
    pub(crate) async fn adopt(
        &self,
        leftover: Leftover,
        candidates: Candidates,
    ) -> Result<Adopted, HistoryError> {
        self.query(move |store| store.adopt(&leftover, &candidates)).await
    }

    /// After a replay to `target`, settles the other deliveries of the event: those to the same target, or with
    /// `all_targets` all of them. Deliveries of an active run are left to it.
    pub(crate) async fn settle_others(
        &self,
        event: EventKey,
        target: Arc<str>,
        all_targets: bool,
    ) -> Result<(), HistoryError> {
        self.query(move |store| store.settle_others(event, &target, all_targets)).await
    }

    /// Gives stored events sequence numbers of the current run, so that new attempts can be recorded for them.
    /// Changes nothing else. Events that were removed are left out.
    pub(crate) async fn reopen(&self, events: Vec<EventKey>) -> Result<Vec<StoredDelivery>, HistoryError> {
        self.query(move |store| store.reopen(&events)).await
    }

    /// The id to resume after: the last that any run of `scope` received.
    pub(crate) async fn last_received_id(&self, scope: RunScope) -> Result<Option<String>, HistoryError> {
        self.query(move |store| store.last_received_id(&scope)).await
    }

    /// Waits until all earlier records were written, and returns whether they are in the file.
    pub(crate) async fn has_committed(&self) -> bool {
        let shared = Arc::clone(&self.shared);
        // On the thread of the writer, so that both flags are about this moment.
        let is_written = move |_: &mut Store| {
            Ok(!shared.off.load(Ordering::Relaxed) && !shared.paused.load(Ordering::Acquire))
        };
        self.after_commit(is_written).await.unwrap_or(false)
    }

    /// The ids of the events that a webhook delivered last, oldest first.
    pub(crate) async fn ids_of_webhook(
        &self,
        webhook_id: String,
        limit: usize,
    ) -> Result<Vec<String>, HistoryError> {
        self.query(move |store| store.ids_of_webhook(&webhook_id, limit)).await
    }

    /// The ids received last in `scope`, newest first.
    #[cfg(test)]
    pub(crate) async fn recent_ids(
        &self,
        scope: RunScope,
        limit: usize,
    ) -> Result<Vec<String>, HistoryError> {
        self.query(move |store| store.recent_ids(&scope, limit)).await
    }
}
