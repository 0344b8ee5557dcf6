//! The events of the file as a stream for the engine, at the pace of the recording.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::args::{PlayArgs, Speed};
use crate::event::{EventMeta, NewIds, ReceivedEvent};
use crate::forward::CLI_WEBHOOK_ID;
use crate::host::clock::Clock;
use crate::host::random;
use crate::ops::recording::{self, RecordedEvent};
use crate::stream::frame::Session;
use crate::stream::subscription::StreamItem;

pub(super) struct Source {
    path: PathBuf,
    speed: Speed,
    new_ids: Option<NewIds>,
}

impl Source {
    pub(super) fn new(path: &Path, args: &PlayArgs) -> Self {
        let new_ids = args.new_ids.then(|| NewIds::new(&random::bytes::<32>()));
        Self { path: path.to_owned(), speed: args.speed, new_ids }
    }

    /// Reads on a thread of its own. The channels are small, because events may be large.
    pub(super) fn start(self, clock: Clock) -> mpsc::Receiver<StreamItem> {
        let (read, mut events) = mpsc::channel::<RecordedEvent>(4);
        let (sender, stream) = mpsc::channel(1);
        let Self { path, speed, new_ids } = self;
        tokio::task::spawn_blocking(move || {
            // The file was read before: an error means that it has changed, which shows in the number of events.
            let _ = recording::read(&path, &mut |event| match read.blocking_send(event) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            });
        });
        tokio::spawn(async move {
            if sender.send(StreamItem::Connected(session())).await.is_err() {
                return;
            }
            let (began, mut first) = (Instant::now(), None);
            while let Some(event) = events.recv().await {
                let due = due(speed, event.at, &mut first).and_then(|after| began.checked_add(after));
                if let Some(due) = due {
                    tokio::select! {
                        () = tokio::time::sleep_until(due.into()) => {}
                        () = sender.closed() => return,
                    }
                }
                let event = received(event, new_ids.as_ref(), clock.now());
                if sender.send(StreamItem::Event(event)).await.is_err() {
                    return;
                }
            }
        });
        stream
    }
}

/// How long after the start an event is due. Times that run backwards do not wait.
fn due(speed: Speed, at: Option<Timestamp>, first: &mut Option<Timestamp>) -> Option<Duration> {
    let (Speed::Times(factor), Some(at)) = (speed, at) else { return None };
    let since = at.duration_since(*first.get_or_insert(at));
    let since = Duration::try_from(since).ok()?;
    Duration::try_from_secs_f64(since.as_secs_f64() / factor).ok()
}

fn session() -> Session {
    Session {
        session_id: None,
        webhook_id: None,
        secret: None,
        resumed: None,
        heartbeat: None,
        cursor: None,
        reconnected: false,
    }
}

fn received(event: RecordedEvent, new_ids: Option<&NewIds>, now: Timestamp) -> ReceivedEvent {
    let webhook_id = event.webhook_id.as_deref().unwrap_or(CLI_WEBHOOK_ID);
    let (id, body) = match new_ids {
        Some(ids) => (ids.id(&event.id), ids.body(&event.body).map_or(event.body, Into::into)),
        None => (event.id, event.body),
    };
    let meta = EventMeta {
        id,
        event_type: event.event_type,
        request_id: event.request_id,
        webhook_id: Some(webhook_id.into()),
        received_at: now,
    };
    ReceivedEvent { meta: Arc::new(meta), body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_due_at_the_pace_of_the_file() {
        let at = |seconds| Timestamp::from_second(seconds).ok();
        let mut first = None;
        let times = [Some(100), Some(130), None, Some(90), Some(160)];
        let due = times.map(|time| due(Speed::Times(10.0), time.and_then(at), &mut first));
        let seconds = |number| Some(Duration::from_secs(number));
        assert_eq!(due, [seconds(0), seconds(3), None, None, seconds(6)]);
        assert_eq!(super::due(Speed::Max, at(5), &mut None), None);
    }
}
