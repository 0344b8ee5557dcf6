//! What an open stream says and when, whatever the transport: the session, events, heartbeats.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::host::random;
use crate::sandbox::envelope::{self, Call};
use crate::sandbox::error::ApiError;
use crate::sandbox::log::{Cursor, Entry, Step};
use crate::sandbox::state::State;
use crate::sandbox::team::Caller;

/// One thing to say.
#[derive(Debug)]
pub(super) enum Frame {
    /// The greeting. The id is ours to set: a listener cut off before its first event resumes where
    /// it began, and one cut off during a replay where the replay began.
    Session { id: String, members: Map<String, Value> },
    /// An event.
    Event(Arc<Entry>),
    /// The API's error object; the stream ends after it.
    Error(Value),
    /// Nothing has happened for a while.
    Heartbeat,
}

/// An open stream: a position in the log, nothing else.
pub(super) struct Feed {
    opening: Option<Frame>,
    cursor: Cursor,
    closing: watch::Receiver<bool>,
    /// Turns true when the key that opened the stream is revoked.
    revoked: watch::Receiver<bool>,
    heartbeat: Duration,
    silent_until: Instant,
    request_id: Arc<str>,
    ended: bool,
}

impl Feed {
    /// A stream that goes on at `cursor` until its key is `revoked`.
    pub(super) fn new(state: &State, call: Call, cursor: Cursor, revoked: watch::Receiver<bool>) -> Self {
        let heartbeat = state.settings.heartbeat;
        Self {
            opening: Some(session(&cursor, call.caller, heartbeat)),
            cursor,
            closing: state.closing(),
            revoked,
            heartbeat,
            silent_until: Instant::now() + heartbeat,
            request_id: call.stamp.request_id,
            ended: false,
        }
    }

    /// Turns true when the sandbox shuts down.
    pub(super) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.clone()
    }

    /// What can be said without waiting.
    pub(super) fn ready(&mut self) -> Option<Frame> {
        if self.ended || *self.closing.borrow() {
            return None;
        }
        if *self.revoked.borrow() {
            return Some(self.last(&ApiError::invalid_api_key()));
        }
        if let Some(opening) = self.opening.take() {
            return Some(opening);
        }
        match self.cursor.step() {
            Step::Event(entry) => Some(Frame::Event(entry)),
            Step::Overtaken => Some(self.last(&ApiError::listener_overtaken())),
            Step::Idle => None,
        }
    }

    /// The error that ends the stream.
    fn last(&mut self, error: &ApiError) -> Frame {
        self.ended = true;
        Frame::Error(envelope::error_object(error, &self.request_id))
    }

    /// The next frame; `None` ends the stream. Nothing is lost when the future is dropped.
    pub(super) async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.ready() {
                self.silent_until = Instant::now() + self.heartbeat;
                return Some(frame);
            }
            if self.ended || *self.closing.borrow() {
                return None;
            }
            tokio::select! {
                () = self.cursor.changed() => {}
                _ = self.closing.changed() => {}
                _ = self.revoked.changed() => {}
                () = tokio::time::sleep_until(self.silent_until) => {
                    self.silent_until = Instant::now() + self.heartbeat;
                    return Some(Frame::Heartbeat);
                }
            }
        }
    }
}

/// ours: the members of the greeting, the same in both transports.
fn session(cursor: &Cursor, caller: Caller, heartbeat: Duration) -> Frame {
    let start = cursor.start();
    let members = [
        ("session_id", format!("lst_{}", random::alphanumeric::<12>()).into()),
        ("webhook_id", caller.environment.listener_webhook_id().into()),
        ("secret", caller.environment.signing_secret().into()),
        ("resumed", start.resumed.into()),
        ("heartbeat_seconds", heartbeat.as_secs().max(1).into()),
    ];
    let members = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Frame::Session { id: start.id.clone(), members }
}
