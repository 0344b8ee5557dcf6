//! What a journal sends to its writer thread.

use bytes::Bytes;
use tokio::sync::oneshot;

use super::error::HistoryError;
use super::record::Record;
use super::store::Store;

/// Something to be done on the writer thread.
pub(super) type Query = Box<dyn FnOnce(&mut Store) + Send>;

/// What the thread is sent.
pub(super) enum Message {
    /// A record and the room it takes.
    Record(Record, u32),
    Query(Query),
    /// Bodies of events by their numbers.
    Bodies(Vec<u64>, oneshot::Sender<Result<Vec<(u64, Bytes)>, HistoryError>>),
    Close(oneshot::Sender<()>),
}
