//! Reads the event stream and the history of this machine for the waits that share them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use super::local_history::{HistoryCursor, POLL_INTERVAL};
use crate::mcp::Backend;
use crate::mcp::shared_streams::{CAPACITY, StreamEnd, Watch, WatchItem};
use crate::ops::session::Session;
use crate::output::Failure;
use crate::stream::subscription::{StreamItem, subscribe};

/// How long the stream pauses for waits that lag behind.
const PAUSE: Duration = Duration::from_millis(5);

/// Joins a stream with events of these types, and perhaps others. What is recorded on this machine is seen
/// from now on.
pub(super) fn watch(backend: &Arc<Backend>, session: &Session, types: &[String]) -> Result<Watch, Failure> {
    backend.streams.join(session, types, |types, sender| {
        let history = HistoryCursor::from_now_on(backend, session.account.base.to_string(), types.to_vec());
        tokio::spawn(follow(Arc::clone(backend), session.clone(), history, sender));
    })
}

/// Sends what arrives to the waits, until there are none.
async fn follow(
    backend: Arc<Backend>,
    session: Session,
    mut history: HistoryCursor,
    sender: broadcast::Sender<WatchItem>,
) {
    let mut config = session.event_stream(backend.clock());
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
                    let _ = sender.send(WatchItem::Recorded(Arc::new(event)));
                }
                None
            }
            item = stream.recv() => match item {
                Some(StreamItem::Event(event)) => {
                    // Fails if all waits have just ended.
                    let _ = sender.send(WatchItem::Streamed(event));
                    None
                }
                Some(StreamItem::Refused(refused)) => Some(StreamEnd::Refused(refused)),
                Some(StreamItem::ErrorFrame(error)) if error.is_fatal() => Some(StreamEnd::Error(error)),
                // A lost connection is made again by the subscription.
                Some(_) => None,
                None => Some(StreamEnd::Over),
            },
        };
        if let Some(ended) = ended {
            backend.streams.remove(&sender, false);
            let _ = sender.send(WatchItem::Ended(ended));
            return;
        }
        while sender.len() >= CAPACITY / 2 && sender.receiver_count() > 0 {
            sleep(PAUSE).await;
        }
    }
}
