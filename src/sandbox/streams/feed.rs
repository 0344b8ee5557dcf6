//! The frames of an open stream, independent of its items and its transport: the session, items,
//! heartbeats, and the final error. Used for the streams of events and of the request log.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio::time::{Instant, Sleep};

use crate::sandbox::http::envelope::{self, Call};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::faults::active::{FaultRequest, StreamEffects, StreamFaults};
use crate::sandbox::source::{Source, Step};
use crate::sandbox::state::State;

#[derive(Debug)]
pub(crate) enum Frame<T> {
    /// The first frame. Its id lets a listener that is cut off before its first event resume where
    /// it started, and one that is cut off during a replay where the replay started.
    Session {
        id: String,
        members: Map<String, Value>,
    },
    /// An event, or a log entry.
    Item(T),
    /// An error object of the API; the stream ends after it.
    Error(Value),
    Heartbeat,
    /// An injected fault: the connection breaks.
    Cut,
}

/// An open stream. It buffers nothing but its position in a log.
pub(crate) struct Feed<S: Source> {
    opening: Option<Frame<S::Item>>,
    source: S,
    closing: watch::Receiver<bool>,
    /// Becomes true when the key of the stream is revoked.
    revoked: watch::Receiver<bool>,
    heartbeat: Duration,
    silent_until: Instant,
    /// Set again only when it fires: with every frame, it would cost more than the frame.
    timer: Pin<Box<Sleep>>,
    request_id: Arc<str>,
    ended: bool,
    faults: Option<StreamFaults>,
    /// The item to send a second time, by a fault.
    again: Option<S::Item>,
    cut: bool,
}

impl<S: Source> Feed<S> {
    /// A stream that starts with `session` and continues with `source` until its key is `revoked`.
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
            timer: Box::pin(tokio::time::sleep(heartbeat)),
            request_id: Arc::clone(&call.meta.request_id),
            ended: false,
            faults: fault_request
                .map(|fault_request| StreamFaults::new(Arc::clone(&state.faults), fault_request)),
            again: None,
            cut: false,
        }
    }

    /// Becomes true when the sandbox shuts down.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.clone()
    }

    /// The next frame, if there is one now.
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
                () = &mut self.timer => {
                    let is_silent = self.silent_until <= Instant::now();
                    if is_silent {
                        self.silent_until = Instant::now() + self.heartbeat;
                    }
                    self.timer.as_mut().reset(self.silent_until);
                    if is_silent {
                        return Some(Frame::Heartbeat);
                    }
                }
            }
        }
    }
}
