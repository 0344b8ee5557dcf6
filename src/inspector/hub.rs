//! Sends all open streams what is new in the history. One task polls the file for all of them, and only while there is
//! one.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::json;
use tokio::sync::{Mutex, broadcast, watch};

use super::error::ApiError;
use super::summary::summaries;
use crate::history::{Changes, EventKey, HistoryReader, Watcher};

/// How often the file is looked at.
const POLL: Duration = Duration::from_millis(100);
/// Polling takes at most this part of one processor.
const POLL_SHARE: u32 = 10;
/// The most events of one message. Beyond that a page has to list them again.
pub(super) const MOST_AT_ONCE: usize = 200;
/// How many messages a slow client may lag behind.
const LAG: usize = 64;

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Added,
    Updated,
    Reset,
}

/// A message for every stream, in the form of server-sent events.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) kind: Kind,
    pub(super) text: Bytes,
    /// The newest event that was known at that time.
    pub(super) newest: EventKey,
}

pub(super) struct Hub {
    path: Option<PathBuf>,
    sender: Mutex<Option<broadcast::Sender<Message>>>,
    closed: watch::Sender<bool>,
}

impl Hub {
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        Self { path, sender: Mutex::default(), closed: watch::channel(false).0 }
    }

    pub(super) fn close(&self) {
        self.closed.send_replace(true);
    }

    pub(super) fn closed(&self) -> watch::Receiver<bool> {
        self.closed.subscribe()
    }

    /// What is new from now on. The first subscription starts the task.
    pub(super) async fn subscribe(&self) -> broadcast::Receiver<Message> {
        let mut sender = self.sender.lock().await;
        // Without receivers the task ends.
        if let Some(running) = sender.as_ref().filter(|sender| sender.receiver_count() > 0) {
            return running.subscribe();
        }
        let (new, receiver) = broadcast::channel(LAG);
        if let Some(path) = self.path.clone() {
            // Everything after this is reported, and nothing before it.
            let first = tokio::task::spawn_blocking(move || {
                let mut watcher = Watcher::new(&path, None);
                let _ = watcher.poll();
                (watcher, path)
            });
            if let Ok((watcher, path)) = first.await {
                tokio::spawn(watch(watcher, path, new.clone(), self.closed()));
            }
        }
        *sender = Some(new);
        receiver
    }
}

/// Polls until the last stream has ended.
async fn watch(
    mut watcher: Watcher,
    path: PathBuf,
    sender: broadcast::Sender<Message>,
    mut closed: watch::Receiver<bool>,
) {
    loop {
        let (started, path) = (Instant::now(), path.clone());
        let polled = tokio::task::spawn_blocking(move || {
            let messages = poll(&mut watcher, &path);
            (watcher, messages)
        });
        let Ok((back, messages)) = polled.await else { return };
        watcher = back;
        for message in messages {
            let _ = sender.send(message);
        }
        let pause = POLL.max(started.elapsed() * POLL_SHARE);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = closed.wait_for(|closed| *closed) => return,
        }
        if sender.receiver_count() == 0 {
            return;
        }
    }
}

/// The messages about what has changed. A file that cannot be read now is read at a later poll.
fn poll(watcher: &mut Watcher, path: &std::path::Path) -> Vec<Message> {
    let changes = match watcher.poll() {
        Ok(changes) if changes.is_empty() => return Vec::new(),
        Ok(changes) => changes,
        Err(_) => return Vec::new(),
    };
    let reader = HistoryReader::open(path).map_err(ApiError::from);
    let read = reader.and_then(|reader| messages(&reader, &changes));
    read.unwrap_or_else(|_| vec![reset(changes.newest)])
}

fn messages(reader: &HistoryReader, changes: &Changes) -> Result<Vec<Message>, ApiError> {
    let newest = changes.newest;
    let too_many = changes.added.len() > MOST_AT_ONCE || changes.updated.len() > MOST_AT_ONCE;
    if changes.truncated || changes.restarted || too_many {
        return Ok(vec![reset(newest)]);
    }
    let mut messages = added(reader, &changes.added)?;
    for event in summaries(reader, &changes.updated)? {
        let text = format!("event: update\ndata: {event}\n\n");
        messages.push(Message { kind: Kind::Updated, text: text.into(), newest });
    }
    Ok(messages)
}

/// One message about new events: alone as an `event`, otherwise as `events`.
pub(super) fn added(reader: &HistoryReader, keys: &[EventKey]) -> Result<Vec<Message>, ApiError> {
    let Some(newest) = keys.last().copied() else { return Ok(Vec::new()) };
    let events = summaries(reader, keys)?;
    let (name, data) = match events.as_slice() {
        [] => return Ok(Vec::new()),
        [event] => ("event", event.clone()),
        events => ("events", json!({ "events": events })),
    };
    let text = format!("id: {}\nevent: {name}\ndata: {data}\n\n", newest.0);
    Ok(vec![Message { kind: Kind::Added, text: text.into(), newest }])
}

/// Too much has changed: the page has to list the events again.
pub(super) fn reset(newest: EventKey) -> Message {
    let data = json!({ "newest": newest.0 });
    let text = format!("id: {}\nevent: reset\ndata: {data}\n\n", newest.0);
    Message { kind: Kind::Reset, text: text.into(), newest }
}
