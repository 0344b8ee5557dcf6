//! The handle of a running `listen`: accepts records without waiting for the disk.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, oneshot, watch};

use super::error::HistoryError;
use super::message::{Message, Query};
use super::record::Record;
use super::schema;
use super::settings::HistorySettings;
use super::status::{JournalStatus, Shared};
use super::store::Store;
use super::writer::Writer;

/// The capacity of the channel: one unit per record and one per KiB of memory that it holds.
pub(super) const CAPACITY: u32 = 2048;
/// The writer is woken before its time when only this capacity is left, so that nothing waits for it.
pub(super) const LOW: usize = CAPACITY as usize / 2;
/// How long [`Journal::wait_for_commit`] waits for a slow disk or another process.
const COMMIT_PATIENCE: Duration = Duration::from_millis(250);

/// How long opening waits for another process. Later a shorter wait is enough, because records are kept.
const OPEN_BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The writing end of the history.
///
/// If it is dropped without [`Journal::close`], the records are still written unless the process ends first,
/// but the run counts as killed.
#[derive(Debug)]
pub(crate) struct Journal {
    tx: mpsc::Sender<Message>,
    capacity: Arc<Semaphore>,
    pub(super) shared: Arc<Shared>,
    status: watch::Receiver<JournalStatus>,
    thread: Mutex<Option<JoinHandle<()>>>,
    writer: std::thread::Thread,
}

impl Journal {
    /// Opens the file and starts the writer thread. Creates the file with mode 0600 in a directory of mode
    /// 0700. Blocks for some milliseconds; needs no runtime.
    pub(crate) fn open(mut settings: HistorySettings) -> Result<Self, HistoryError> {
        let conn = schema::open(&settings.path)?;
        conn.busy_timeout(OPEN_BUSY_TIMEOUT)
            .map_err(|error| HistoryError::from_sql(&settings.path, &error))?;
        #[cfg(test)]
        if let Some(pages) = settings.max_pages {
            conn.pragma_update_and_check(None, "max_page_count", pages, |row| row.get::<_, i64>(0))
                .map_err(|error| HistoryError::from_sql(&settings.path, &error))?;
        }
        settings.apply_limit(&conn).map_err(|error| HistoryError::from_sql(&settings.path, &error))?;
        Self::start(Store::new(conn, settings), None)
    }

    /// Starts the writer thread, which pauses first if there is a `failure`.
    pub(super) fn start(store: Store, failure: Option<&HistoryError>) -> Result<Self, HistoryError> {
        let (tx, rx) = mpsc::channel();
        let (status_tx, status) = watch::channel(JournalStatus::default());
        let (capacity, shared) = (Arc::new(Semaphore::new(CAPACITY as usize)), Arc::new(Shared::default()));
        let path = store.path().clone();
        let mut writer = Writer::new(rx, store, Arc::clone(&capacity), Arc::clone(&shared), status_tx);
        if let Some(failure) = failure {
            writer.pause_after(failure);
        }
        let thread = std::thread::Builder::new()
            .name("history".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| HistoryError::File { path, error })?;
        let writer = thread.thread().clone();
        Ok(Self { tx, capacity, shared, status, thread: Mutex::new(Some(thread)), writer })
    }

    /// Adds a record to the current run, see [`Journal::record_all`].
    pub(crate) async fn record(&self, record: Record) {
        self.record_all(vec![record]).await;
    }

    /// Adds records to the current run. Waits only while the channel is full. Does nothing once the journal is
    /// off. If the future is dropped before it ends, nothing is recorded.
    pub(crate) async fn record_all(&self, records: Vec<Record>) {
        if self.is_off() || records.is_empty() {
            return;
        }
        let weight = records.iter().map(|record| u64::from(record.weight())).sum::<u64>();
        let weight = u32::try_from(weight).unwrap_or(u32::MAX).min(CAPACITY);
        let capacity = match self.capacity.try_acquire_many(weight) {
            Ok(capacity) => Ok(capacity),
            Err(_) => {
                self.wake_writer();
                self.capacity.acquire_many(weight).await
            }
        };
        if let Ok(capacity) = capacity {
            capacity.forget();
            self.shared.progress.hand_over(records.len());
            if self.tx.send(Message::Records(records, weight)).is_err() {
                // The thread has ended: there will be no commit.
                self.shared.progress.stop();
            }
        }
        if self.capacity.available_permits() < LOW {
            self.wake_writer();
        }
    }

    /// Ends the sleep in which the writer lets its batch fill.
    fn wake_writer(&self) {
        if self.shared.progress.end_gathering() {
            self.writer.unpark();
        }
    }

    /// Waits until all earlier records are committed, so that other processes can read them, but not for a file that
    /// cannot be written. The commit is made at once if it `is_urgent`, otherwise when the next one is due. Returns
    /// whether any record was not committed yet. Blocks the thread.
    pub(crate) fn wait_for_commit(&self, is_urgent: bool) -> bool {
        !self.is_off() && self.shared.progress.wait(COMMIT_PATIENCE, is_urgent, || self.wake_writer())
    }

    /// The highest `seq` of the current run up to which all events are committed; 0 for none.
    #[cfg(test)]
    pub(crate) fn committed(&self) -> u64 {
        self.shared.committed.load(Ordering::Acquire)
    }

    /// Whether the journal has turned itself off. [`Journal::status`] has the reason.
    pub(crate) fn is_off(&self) -> bool {
        self.shared.off.load(Ordering::Relaxed)
    }

    /// Whether records are kept in memory for now, so that they cannot be read back from the file.
    pub(crate) fn is_paused(&self) -> bool {
        self.shared.paused.load(Ordering::Acquire)
    }

    /// The state of the journal, which can be watched.
    pub(crate) fn status(&self) -> watch::Receiver<JournalStatus> {
        self.status.clone()
    }

    /// Waits until all earlier records are committed. Fails when the journal is off.
    #[cfg(test)]
    pub(crate) async fn flush(&self) -> Result<(), HistoryError> {
        self.query(|_| Ok(())).await?;
        match &self.status.borrow().off {
            Some(reason) => Err(HistoryError::Off(reason.clone())),
            None => Ok(()),
        }
    }

    /// The bodies of open events of the current run, by number.
    pub(crate) async fn bodies(&self, seqs: Vec<u64>) -> Result<Vec<(u64, Bytes)>, HistoryError> {
        let (tx, rx) = oneshot::channel();
        self.tx.send(Message::Bodies(seqs, tx)).map_err(|_| HistoryError::Closed)?;
        self.writer.unpark();
        rx.await.map_err(|_| HistoryError::Closed)?
    }

    /// Writes all records, ends the run, closes the file and ends the thread. Later records are dropped.
    pub(crate) async fn close(&self) {
        let (tx, rx) = oneshot::channel();
        if self.tx.send(Message::Close(tx)).is_ok() {
            self.writer.unpark();
            let _ = rx.await;
        }
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The thread has confirmed that it is done: this does not block.
        let _ = thread.map(JoinHandle::join);
    }

    /// Ends the writer without ending the run, as if the process were killed after its last commit.
    #[cfg(test)]
    pub(crate) fn kill(self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(self);
        let _ = thread.map(JoinHandle::join);
    }

    /// Runs `query` on the writer thread, after all earlier records have been written as rows.
    pub(super) async fn query<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Store) -> Result<T, HistoryError> + Send + 'static,
    ) -> Result<T, HistoryError> {
        self.send_query(Message::Query, query).await
    }

    /// Runs `query` on the writer thread, after all earlier records have been committed.
    pub(super) async fn after_commit<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Store) -> Result<T, HistoryError> + Send + 'static,
    ) -> Result<T, HistoryError> {
        self.send_query(Message::AfterCommit, query).await
    }

    async fn send_query<T: Send + 'static>(
        &self,
        message: impl FnOnce(Query) -> Message,
        query: impl FnOnce(&mut Store) -> Result<T, HistoryError> + Send + 'static,
    ) -> Result<T, HistoryError> {
        let (tx, rx) = oneshot::channel();
        let query = Box::new(move |store: &mut Store| {
            let _ = tx.send(query(store));
        });
        self.tx.send(message(query)).map_err(|_| HistoryError::Closed)?;
        self.writer.unpark();
        rx.await.map_err(|_| HistoryError::Closed)?
    }
}
