//! Streams that waits share: waits of one account for the same types use one stream, and look at the history
//! together. A stream lives as long as something waits on it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

use crate::event::ReceivedEvent;
use crate::history::EventDetail;
use crate::ops::session::Session;
use crate::output::Failure;
use crate::stream::frame::StreamError;
use crate::stream::response::StreamRefusal;

/// Waits at the same time.
const MAX_WAITS: usize = 4_096;
/// Streams with types of their own; further waits share one that has all types.
const MAX_STREAMS: usize = 16;
/// The number of items that a wait may lag behind.
pub(super) const CAPACITY: usize = 256;

/// An item of a shared stream. Cheap to clone, because every wait gets it.
#[derive(Clone, Debug)]
pub(super) enum WatchItem {
    Streamed(ReceivedEvent),
    /// An event that `listen` on this machine has recorded.
    Recorded(Arc<EventDetail>),
    /// The last item.
    Ended(StreamEnd),
}

/// Why a stream has ended for good.
#[derive(Clone, Debug)]
pub(super) enum StreamEnd {
    Refused(StreamRefusal),
    Error(StreamError),
    Over,
}

pub(super) struct SharedStreams {
    streams: Mutex<Vec<SharedStream>>,
    waits: Arc<Semaphore>,
}

impl Default for SharedStreams {
    fn default() -> Self {
        Self { streams: Mutex::default(), waits: Arc::new(Semaphore::new(MAX_WAITS)) }
    }
}

struct SharedStream {
    session: Session,
    types: Vec<String>,
    sender: broadcast::Sender<WatchItem>,
}

/// The receiving end of one wait.
pub(super) struct Watch {
    pub(super) items: broadcast::Receiver<WatchItem>,
    _permit: OwnedSemaphorePermit,
}

impl SharedStreams {
    /// Joins a stream with events of these types, and perhaps others. If there is none, `start` begins it.
    pub(super) fn join(
        &self,
        session: &Session,
        types: &[String],
        start: impl FnOnce(&[String], broadcast::Sender<WatchItem>),
    ) -> Result<Watch, Failure> {
        let permit = Arc::clone(&self.waits).try_acquire_owned().map_err(|_| {
            Failure::failed(format!("{MAX_WAITS} calls of cstar_wait_for_event are already waiting"))
                .hint("cancel those that are no longer needed")
        })?;
        let mut streams = self.lock();
        let of_session: Vec<_> = streams.iter().filter(|one| one.session.is_for(&session.account)).collect();
        let with_types = |types: &[String]| of_session.iter().find(|one| one.types == types);
        let is_full = with_types(types).is_none() && of_session.len() >= MAX_STREAMS;
        let types = if is_full { &[] } else { types };
        if let Some(known) = with_types(types) {
            return Ok(Watch { items: known.sender.subscribe(), _permit: permit });
        }
        let (sender, items) = broadcast::channel(CAPACITY);
        streams.push(SharedStream {
            session: session.clone(),
            types: types.to_vec(),
            sender: sender.clone(),
        });
        // Still under the lock: a wait that joins now must find the stream started.
        start(types, sender);
        Ok(Watch { items, _permit: permit })
    }

    /// Removes the stream, so that no more waits join it. With `only_unused`, not while there are waits.
    pub(super) fn remove(&self, sender: &broadcast::Sender<WatchItem>, only_unused: bool) -> bool {
        let mut streams = self.lock();
        let removed = !only_unused || sender.receiver_count() == 0;
        if removed {
            streams.retain(|one| !one.sender.same_channel(sender));
        }
        removed
    }

    fn lock(&self) -> MutexGuard<'_, Vec<SharedStream>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
