//! The handle that a running `listen` holds: takes records without waiting for the disk.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, oneshot, watch};

use super::error::HistoryError;
use super::message::Message;
use super::record::Record;
use super::schema;
use super::settings::HistorySettings;
use super::status::{JournalStatus, Shared};
use super::store::Store;
use super::writer::Writer;

/// What the channel holds before recording waits: one unit per record and one per KiB that it keeps alive.
pub(super) const CAPACITY: u32 = 2048;

/// How long a run waits for another process before it begins. Later on nothing is lost by a shorter wait.
const OPEN_BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The writing end of the history. All methods take `&self`; wrap it in an `Arc` to share it.
///
/// Dropping it without [`Journal::close`] writes what was recorded, some time, unless the process ends
/// first; the run then counts as killed.
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
    /// Opens the file, made when missing with mode 0600 in a directory of mode 0700, and starts the writer
    /// thread. Takes some milliseconds; does not need a runtime.
    ///
    /// # Errors
    /// When the file cannot be made or opened, is damaged, is not ours, or is of a newer format.
    pub(crate) fn open(settings: HistorySettings) -> Result<Self, HistoryError> {
        let conn = schema::open(&settings.path)?;
        conn.busy_timeout(OPEN_BUSY_TIMEOUT)
            .map_err(|error| HistoryError::from_sql(&settings.path, &error))?;
        #[cfg(test)]
        if let Some(pages) = settings.max_pages {
            conn.pragma_update_and_check(None, "max_page_count", pages, |row| row.get::<_, i64>(0))
                .map_err(|error| HistoryError::from_sql(&settings.path, &error))?;
        }
        Self::start(Store::new(conn, settings), None)
    }

    /// Starts the writer thread, in a pause when there is `trouble`.
    pub(super) fn start(store: Store, trouble: Option<&HistoryError>) -> Result<Self, HistoryError> {
        let (tx, rx) = mpsc::channel();
        let (status_tx, status) = watch::channel(JournalStatus::default());
        let (capacity, shared) = (Arc::new(Semaphore::new(CAPACITY as usize)), Arc::new(Shared::default()));
        let path = store.path().clone();
        let mut writer = Writer::new(rx, store, Arc::clone(&capacity), Arc::clone(&shared), status_tx);
        if let Some(trouble) = trouble {
            writer.put_off(trouble);
        }
        let thread = std::thread::Builder::new()
            .name("history".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| HistoryError::File { path, error })?;
        let writer = thread.thread().clone();
        Ok(Self { tx, capacity, shared, status, thread: Mutex::new(Some(thread)), writer })
    }

    /// Records. Waits only while the channel is full; once the journal is off, does nothing. Records belong
    /// to the run begun last. When the future is dropped before its end, nothing is recorded.
    pub(crate) async fn record(&self, record: Record) {
        if self.is_off() {
            return;
        }
        let weight = record.weight().min(CAPACITY);
        if let Ok(capacity) = self.capacity.acquire_many(weight).await {
            capacity.forget();
            let _ = self.tx.send(Message::Record(record, weight));
        }
    }

    /// The highest `seq` of the current run up to which every event received is committed; 0 for none. The
    /// body of such an event may be dropped from memory: see [`Journal::bodies`].
    #[cfg(test)]
    pub(crate) fn committed(&self) -> u64 {
        self.shared.committed.load(Ordering::Acquire)
    }

    /// Whether it has turned itself off. [`Journal::status`] knows why.
    pub(crate) fn is_off(&self) -> bool {
        self.shared.off.load(Ordering::Relaxed)
    }

    /// Whether what is recorded now cannot be read back for some time: nothing but the journal's own memory
    /// may hold it.
    pub(crate) fn is_paused(&self) -> bool {
        self.shared.paused.load(Ordering::Acquire)
    }

    /// How it is, to read or to wait for changes.
    pub(crate) fn status(&self) -> watch::Receiver<JournalStatus> {
        self.status.clone()
    }

    /// Waits until everything recorded before is committed.
    ///
    /// # Errors
    /// When the journal is or goes off.
    #[cfg(test)]
    pub(crate) async fn flush(&self) -> Result<(), HistoryError> {
        self.query(|_| Ok(())).await?;
        match &self.status.borrow().off {
            Some(reason) => Err(HistoryError::Off(reason.clone())),
            None => Ok(()),
        }
    }

    /// The bodies of events of the current run that are not settled, for those that were dropped from memory.
    /// Ask for many at once.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(crate) async fn bodies(&self, seqs: Vec<u64>) -> Result<Vec<(u64, Bytes)>, HistoryError> {
        let (tx, rx) = oneshot::channel();
        self.tx.send(Message::Bodies(seqs, tx)).map_err(|_| HistoryError::Closed)?;
        self.writer.unpark();
        rx.await.map_err(|_| HistoryError::Closed)?
    }

    /// Writes everything, ends the run, closes the file and ends the thread. Later records are dropped.
    pub(crate) async fn close(&self) {
        let (tx, rx) = oneshot::channel();
        if self.tx.send(Message::Close(tx)).is_ok() {
            self.writer.unpark();
            let _ = rx.await;
        }
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // It has said that it is done: this does not block.
        let _ = thread.map(JoinHandle::join);
    }

    /// Runs `query` on the writer thread, after everything recorded before has been committed.
    pub(super) async fn query<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Store) -> Result<T, HistoryError> + Send + 'static,
    ) -> Result<T, HistoryError> {
        let (tx, rx) = oneshot::channel();
        let query = Box::new(move |store: &mut Store| {
            let _ = tx.send(query(store));
        });
        self.tx.send(Message::Query(query)).map_err(|_| HistoryError::Closed)?;
        self.writer.unpark();
        rx.await.map_err(|_| HistoryError::Closed)?
    }
}
