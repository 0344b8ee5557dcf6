//! Streams that waits share: those of one account with the same types listen to one stream and one look at
//! the history. A stream lives as long as somebody waits for something on it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use super::POLL_INTERVAL;
use super::local_history::HistoryCursor;
use crate::event::ReceivedEvent;
use crate::history::EventDetail;
use crate::mcp::Backend;
use crate::mcp::backend::ApiSession;
use crate::output::Failure;
use crate::stream::frame::StreamError;
use crate::stream::response::StreamRefusal;
use crate::stream::subscription::{StreamItem, subscribe};

/// Waits at the same time.
const WAITS: usize = 4_096;
/// Streams with types of their own; further waits share one that has all types.
const STREAMS: usize = 16;
/// Items that a wait may be behind.
const BEHIND: usize = 256;
/// How long the stream pauses for waits that are behind.
const PAUSE: Duration = Duration::from_millis(5);

/// What is seen on a stream. Cheap to clone: every wait gets it.
#[derive(Clone, Debug)]
pub(super) enum WatchItem {
    /// An event of the stream.
    Came(ReceivedEvent),
    /// An event that `listen` on this machine has noted.
    Here(Arc<EventDetail>),
    /// The last item.
    StreamEnd(StreamEnd),
}

/// Why a stream has ended for good.
#[derive(Clone, Debug)]
pub(super) enum StreamEnd {
    Refused(StreamRefusal),
    Error(StreamError),
    Over,
}

/// All streams of one server.
pub(in crate::mcp) struct SharedStreams {
    shared: Mutex<Vec<SharedStream>>,
    waits: Arc<Semaphore>,
}

impl Default for SharedStreams {
    fn default() -> Self {
        Self { shared: Mutex::default(), waits: Arc::new(Semaphore::new(WAITS)) }
    }
}

struct SharedStream {
    connected: ApiSession,
    types: Vec<String>,
    sender: broadcast::Sender<WatchItem>,
}

/// A wait's end of a stream.
pub(super) struct Watch {
    pub(super) seen: broadcast::Receiver<WatchItem>,
    _place: OwnedSemaphorePermit,
}

impl SharedStreams {
    fn lock(&self) -> MutexGuard<'_, Vec<SharedStream>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the stream out of the list, so that no wait joins it any more; `unused` only if none has.
    fn remove(&self, sender: &broadcast::Sender<WatchItem>, only_unused: bool) -> bool {
        let mut shared = self.lock();
        let removed = !only_unused || sender.receiver_count() == 0;
        if removed {
            shared.retain(|one| !one.sender.same_channel(sender));
        }
        removed
    }
}

/// Joins a stream with events of these types, and perhaps others. What is noted on this machine is seen from
/// now on.
///
/// # Errors
/// When too many wait already.
pub(super) fn watch(
    backend: &Arc<Backend>,
    connected: &ApiSession,
    types: &[String],
) -> Result<Watch, Failure> {
    let streams = &backend.streams;
    let place = Arc::clone(&streams.waits).try_acquire_owned().map_err(|_| {
        Failure::failed(format!("{WAITS} calls of cstar_wait_for_event wait already"))
            .hint("cancel those that are not needed any more")
    })?;
    let mut shared = streams.lock();
    let mut of_account = shared.iter().filter(|one| one.connected.is_same(connected));
    let same = of_account.clone().find(|one| one.types == types);
    let types = if same.is_none() && of_account.by_ref().count() >= STREAMS { &[] } else { types };
    let same =
        same.or_else(|| shared.iter().find(|one| one.connected.is_same(connected) && one.types == types));
    if let Some(known) = same {
        return Ok(Watch { seen: known.sender.subscribe(), _place: place });
    }
    let (sender, seen) = broadcast::channel(BEHIND);
    shared.push(SharedStream { connected: connected.clone(), types: types.to_vec(), sender: sender.clone() });
    let history = HistoryCursor::from_now_on(backend, connected.account.base.to_string(), types.to_vec());
    tokio::spawn(follow(Arc::clone(backend), connected.clone(), history, sender));
    Ok(Watch { seen, _place: place })
}

/// Hands on what is seen until there are no waits for it any more.
async fn follow(
    backend: Arc<Backend>,
    connected: ApiSession,
    mut history: HistoryCursor,
    sender: broadcast::Sender<WatchItem>,
) {
    let mut config = connected.stream(backend.clock());
    config.types.clone_from(&history.types);
    let mut stream = subscribe(config);
    let mut poll = interval_at(Instant::now() + POLL_INTERVAL, POLL_INTERVAL);
    poll.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        let ended = tokio::select! {
            () = sender.closed() => match backend.streams.remove(&sender, true) {
                true => return,
                false => continue,
            },
            _ = poll.tick() => {
                for event in history.poll(&backend) {
                    let _ = sender.send(WatchItem::Here(Arc::new(event)));
                }
                None
            }
            item = stream.recv() => match item {
                Some(StreamItem::Event(event)) => {
                    // It is not heard if all waits have just ended.
                    let _ = sender.send(WatchItem::Came(event));
                    None
                }
                Some(StreamItem::Refused(refused)) => Some(StreamEnd::Refused(refused)),
                Some(StreamItem::ErrorFrame(error)) if error.is_fatal() => Some(StreamEnd::Error(error)),
                // A lost connection is made again.
                Some(_) => None,
                None => Some(StreamEnd::Over),
            },
        };
        if let Some(ended) = ended {
            backend.streams.remove(&sender, false);
            let _ = sender.send(WatchItem::StreamEnd(ended));
            return;
        }
        while sender.len() >= BEHIND / 2 && sender.receiver_count() > 0 {
            sleep(PAUSE).await;
        }
    }
}
