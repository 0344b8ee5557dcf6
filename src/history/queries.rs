//! What a run asks of its journal: to begin, what earlier runs left, and to take it over.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::assignment::Candidates;
use super::error::HistoryError;
use super::journal::Journal;
use super::model::{Adopted, EventKey, Leftover, RunId, RunScope, StoredDelivery};
use super::record::Record;
#[cfg(test)]
use super::store::Store;

impl Journal {
    /// Begins a run; what is recorded from now on belongs to it. `targets` as shown.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn begin_run(
        &self,
        scope: RunScope,
        targets: Vec<Arc<str>>,
        pid: u32,
    ) -> Result<RunId, HistoryError> {
        self.shared.committed.store(0, Ordering::Release);
        self.query(move |store| store.begin_run(&scope, &targets, pid)).await
    }

    /// The id after which the stream of the current run begins. Written at once where that is possible, so
    /// that a run that is killed before its first event is written can be resumed from there.
    ///
    /// # Errors
    /// When the journal has been closed.
    pub(crate) async fn begin_at(&self, cursor: String) -> Result<(), HistoryError> {
        self.record(Record::BeganAt(cursor)).await;
        self.query(|_| Ok(())).await
    }

    /// Ends the run. What it has not settled is from now on a leftover.
    ///
    /// # Errors
    /// When it cannot be written.
    #[cfg(test)]
    pub(crate) async fn end_run(&self) -> Result<(), HistoryError> {
        self.query(Store::end_run).await
    }

    /// The deliveries that ended runs of `scope` have not settled; `None` when there are none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) async fn leftover(&self, scope: RunScope) -> Result<Option<Leftover>, HistoryError> {
        self.query(move |store| store.leftover(&scope)).await
    }

    /// Moves the leftover to the current run, in the order received; `candidates` says to which targets. Of
    /// several processes that try, each delivery goes to one. Call it before the first event of the run is
    /// recorded: the events get its first sequence numbers.
    ///
    /// # Errors
    /// When no run was begun, or it cannot be written.
    pub(crate) async fn adopt(
        &self,
        leftover: Leftover,
        candidates: Candidates,
    ) -> Result<Adopted, HistoryError> {
        self.query(move |store| store.adopt(&leftover, &candidates)).await
    }

    /// Settles what else is left of an event that was delivered to `target` on demand: deliveries to the same
    /// target, and with `elsewhere` to every other one. What a living run is about to deliver stays.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn settle_others(
        &self,
        event: EventKey,
        target: Arc<str>,
        elsewhere: bool,
    ) -> Result<(), HistoryError> {
        self.query(move |store| store.settle_others(event, &target, elsewhere)).await
    }

    /// Puts stored events, given by their keys, under sequence numbers of the current run, so that new
    /// attempts and their ends can be recorded for them. What is recorded of them stays as it is until then.
    /// Events that are no longer there are left out.
    ///
    /// # Errors
    /// When no run was begun, or they cannot be read.
    pub(crate) async fn reopen(&self, events: Vec<EventKey>) -> Result<Vec<StoredDelivery>, HistoryError> {
        self.query(move |store| store.reopen(&events)).await
    }

    /// The id to go on after: the last that any run of `scope` received.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) async fn last_received_id(&self, scope: RunScope) -> Result<Option<String>, HistoryError> {
        self.query(move |store| store.last_received_id(&scope)).await
    }

    /// The ids received last in `scope`, newest first, to know them when they come again.
    ///
    /// # Errors
    /// When they cannot be read.
    #[cfg(test)]
    pub(crate) async fn recent_ids(
        &self,
        scope: RunScope,
        limit: usize,
    ) -> Result<Vec<String>, HistoryError> {
        self.query(move |store| store.recent_ids(&scope, limit)).await
    }
}
