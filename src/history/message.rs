//! What a journal sends to its writer thread.

use bytes::Bytes;
use tokio::sync::oneshot;

use super::error::HistoryError;
use super::record::Record;
use super::store::Store;

pub(super) type Query = Box<dyn FnOnce(&mut Store) + Send>;

pub(super) enum Message {
    /// Records and the capacity they use.
    Records(Vec<Record>, u32),
    Query(Query),
    /// A query that needs no rows of earlier records, only that they are committed.
    AfterCommit(Query),
    /// Asks for the bodies of events by number.
    Bodies(Vec<u64>, oneshot::Sender<Result<Vec<(u64, Bytes)>, HistoryError>>),
    Close(oneshot::Sender<()>),
}
