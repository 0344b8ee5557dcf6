//! What an open stream says and when, whatever it tells of and by which transport: the session, items,
//! heartbeats, the error at the end. The streams of events and of the request log are two of its kind.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::sandbox::http::envelope::{self, Call};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::faults::active::{FaultRequest, StreamEffects, StreamFaults};
use crate::sandbox::source::{Source, Step};
use crate::sandbox::state::State;

/// One thing to say.
#[derive(Debug)]
pub(crate) enum Frame<T> {
    /// The greeting. The id is ours to set: a listener cut off before its first event resumes where
    /// it began, and one cut off during a replay where the replay began.
    Session { id: String, members: Map<String, Value> },
    /// An event, or a line of a log.
    Item(T),
    /// The API's error object; the stream ends after it.
    Error(Value),
    /// Nothing has happened for a while.
    Heartbeat,
    /// Nothing at all: the connection is to break, as it was asked to.
    Cut,
}

/// An open stream: a position in a log, nothing else.
pub(crate) struct Feed<S: Source> {
    opening: Option<Frame<S::Item>>,
    source: S,
    closing: watch::Receiver<bool>,
    /// Turns true when the key that opened the stream is revoked.
    revoked: watch::Receiver<bool>,
    heartbeat: Duration,
    silent_until: Instant,
    request_id: Arc<str>,
    ended: bool,
    faults: Option<StreamFaults>,
    /// What a fault has yet to do.
    again: Option<S::Item>,
    cut: bool,
}

impl<S: Source> Feed<S> {
    /// A stream that begins with `session` and goes on at `source` until its key is `revoked`.
    pub(crate) fn new(
        state: &State,
        call: &Call,
        fault_request: Option<FaultRequest>,
        session: Frame<S::Item>,
        source: S,
        revoked: watch::Receiver<bool>,
    ) -> Self {
        let heartbeat = state.settings.heartbeat;
        Self {
            opening: Some(session),
            source,
            closing: state.closing(),
            revoked,
            heartbeat,
            silent_until: Instant::now() + heartbeat,
            request_id: Arc::clone(&call.meta.request_id),
            ended: false,
            faults: fault_request
                .map(|fault_request| StreamFaults::new(Arc::clone(&state.faults), fault_request)),
            again: None,
            cut: false,
        }
    }

    /// Turns true when the sandbox shuts down.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.clone()
    }

    /// What can be said without waiting.
    pub(crate) fn ready(&mut self) -> Option<Frame<S::Item>> {
        if self.ended || *self.closing.borrow() {
            return None;
        }
        if *self.revoked.borrow() {
            return Some(self.last(&ApiError::invalid_api_key()));
        }
        if let Some(opening) = self.opening.take() {
            self.cut = self.faults.as_ref().is_some_and(|faults| faults.after_session().cut);
            return Some(opening);
        }
        if let Some(item) = self.again.take() {
            return Some(Frame::Item(item));
        }
        if self.cut {
            self.ended = true;
            return Some(Frame::Cut);
        }
        match self.source.step() {
            Step::Item(item) => Some(self.item(item)),
            Step::Overtaken => Some(self.last(&ApiError::listener_overtaken())),
            Step::Idle => None,
        }
    }

    fn item(&mut self, item: S::Item) -> Frame<S::Item> {
        let effects = self.faults.as_mut().map_or_else(StreamEffects::default, StreamFaults::after_event);
        self.again = effects.duplicate.then(|| item.clone());
        self.cut = effects.cut;
        Frame::Item(item)
    }

    /// The error that ends the stream.
    fn last(&mut self, error: &ApiError) -> Frame<S::Item> {
        self.ended = true;
        envelope::report(error, &self.request_id);
        Frame::Error(envelope::error_object(error, &self.request_id))
    }

    /// The next frame; `None` ends the stream. Nothing is lost when the future is dropped.
    pub(crate) async fn next(&mut self) -> Option<Frame<S::Item>> {
        loop {
            if let Some(frame) = self.ready() {
                self.silent_until = Instant::now() + self.heartbeat;
                return Some(frame);
            }
            if self.ended || *self.closing.borrow() {
                return None;
            }
            tokio::select! {
                () = self.source.changed() => {}
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
