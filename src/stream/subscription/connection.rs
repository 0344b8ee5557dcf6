//! Reads one connection: turns frames into items, detects a silent peer, and moves the cursor.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::item::StreamItem;
use super::message_timer::MessageTimer;
use super::state::{CHANNEL_CAPACITY, Stop, Subscription};
use super::wire::WireReader;
use crate::event::{EventMeta, ReceivedEvent};
use crate::host::buffer;
use crate::stream::disconnect::Disconnect;
use crate::stream::frame::{self, Event, Message, Rejection, Session, StreamError};
use crate::stream::members::{excerpt, limit_lengths, validate_session};
use crate::stream::request;
use crate::stream::response::{holds_key, without_key};
use crate::stream::sse::{EventFrame, Frame};
use crate::stream::suspend::SuspendDetector;

/// Missed heartbeats after which the peer is considered dead.
const MISSED_HEARTBEATS: u32 = 3;

/// How often the clocks are compared while nothing arrives. Each time wakes the process; a machine that was suspended needs
/// a few seconds for its network in any case.
const CLOCK_CHECK: Duration = Duration::from_secs(3);

/// Whether to continue reading.
type Flow = ControlFlow<Disconnect>;

struct Connection {
    wire: WireReader,
    /// The cursor of the request.
    resumed_after: Option<String>,
    heartbeat: Duration,
    /// The deadline for the session, and the time limit; `None` once the session is open.
    session_deadline: Option<(Instant, Duration)>,
    opened: Option<Instant>,
    message_timer: MessageTimer,
}

impl Connection {
    /// Waits for more data, or returns why there is none. Only this wait is measured, so that a pause of the consumer
    /// does not count as silence of the peer.
    async fn more(&mut self, suspend: &mut SuspendDetector) -> Result<(), Disconnect> {
        let began = Instant::now();
        loop {
            let now = Instant::now();
            let last_read = self.wire.last_read_at().map_or(began, |when| when.max(began));
            let idle = now.saturating_duration_since(last_read);
            let next = self.watch(now, idle, suspend)?;
            if idle >= self.heartbeat {
                self.wire.ping(self.heartbeat).await;
            }
            let message = self.wire.partial_message();
            let read = tokio::select! {
                biased;
                read = self.wire.read() => Some(read),
                () = sleep_until(next) => None,
            };
            self.message_timer.add(message, now.elapsed());
            if let Some(read) = read {
                return read;
            }
        }
    }

    /// Returns when to check again, or why to stop waiting.
    fn watch(
        &self,
        now: Instant,
        idle: Duration,
        clocks: &mut SuspendDetector,
    ) -> Result<Instant, Disconnect> {
        let tick = CLOCK_CHECK.min(self.heartbeat);
        if !clocks.is_fresh(now, tick)
            && let Some(slept) = clocks.suspended_for(now)
        {
            return Err(Disconnect::Suspended(slept));
        }
        let mut next = now + tick;
        if let Some((deadline, limit)) = self.session_deadline {
            if now >= deadline {
                return Err(Disconnect::NoSession(limit));
            }
            next = next.min(deadline);
        }
        self.message_timer.check()?;
        let silence = self.silence();
        if idle >= silence {
            return Err(Disconnect::Silence(silence));
        }
        Ok(next.min(now + (silence - idle)))
    }

    /// The longest silence allowed.
    fn silence(&self) -> Duration {
        self.heartbeat.saturating_mul(MISSED_HEARTBEATS)
    }
}

impl Subscription {
    pub(super) async fn read(&mut self, wire: WireReader) -> Result<Disconnect, Stop> {
        let heartbeat = self.config.heartbeat;
        let mut limit = heartbeat.saturating_mul(MISSED_HEARTBEATS);
        if self.selector.can_try_websocket() {
            limit = limit.min(self.config.session_timeout);
        }
        let mut connection = Connection {
            wire,
            resumed_after: self.cursor.clone(),
            heartbeat,
            session_deadline: Some((Instant::now() + limit, limit)),
            opened: None,
            message_timer: MessageTimer::new(self.config.message_timeout),
        };
        let reason = loop {
            if let Err(reason) = connection.more(&mut self.suspend).await {
                break reason;
            }
            while let Some(frame) = connection.wire.next() {
                self.selector.on_read();
                if let ControlFlow::Break(reason) = self.handle_frame(frame, &mut connection).await? {
                    return Ok(self.on_disconnect(reason, &connection));
                }
            }
        };
        let reason = self.on_disconnect(reason, &connection);
        if let Some(frame) = connection.wire.finish() {
            self.report_leftover(frame).await?;
        }
        Ok(reason)
    }

    /// Records when the stream was lost and how long its session lasted.
    fn on_disconnect(&mut self, reason: Disconnect, connection: &Connection) -> Disconnect {
        if let Some(opened) = connection.opened {
            self.disconnected_at = Some(self.config.clock.now());
            self.session = Some(opened.elapsed());
        }
        match reason {
            Disconnect::Closed { code, reason } => {
                Disconnect::Closed { code, reason: without_key(reason, &self.config.headers) }
            }
            other => other,
        }
    }

    /// Reports an oversized event that is incomplete at the end of the stream.
    async fn report_leftover(&mut self, frame: Frame) -> Result<(), Stop> {
        match frame {
            Frame::Oversized { bytes, event, id } => self.reject_oversized(bytes, event, id).await,
            _ => Ok(()),
        }
    }

    async fn reject_oversized(
        &mut self,
        bytes: usize,
        event_type: Option<String>,
        id: Option<String>,
    ) -> Result<(), Stop> {
        if let Some(id) = id.clone() {
            self.move_cursor(id);
        }
        let reason = Rejection::TooLarge { bytes, limit: self.config.max_event_bytes };
        self.reject(id.filter(|id| !id.is_empty()), event_type, reason).await
    }

    async fn reject(
        &mut self,
        id: Option<String>,
        event_type: Option<String>,
        reason: Rejection,
    ) -> Result<(), Stop> {
        let (id, event_type) = (self.redacted(id).map(excerpt), self.redacted(event_type).map(excerpt));
        self.emit(StreamItem::Rejected { id, event_type, reason }).await
    }

    /// Redacts the API key, which the server may have echoed, in text that is printed and recorded.
    pub(super) fn redacted(&self, text: Option<String>) -> Option<String> {
        text.map(|text| without_key(text, &self.config.headers))
    }

    async fn handle_frame(&mut self, frame: Frame, connection: &mut Connection) -> Result<Flow, Stop> {
        match frame {
            Frame::Comment => {}
            Frame::Retry(delay) => self.backoff.set_retry(delay),
            Frame::Cursor(id) => self.move_cursor(id),
            Frame::Oversized { bytes, event, id } => self.reject_oversized(bytes, event, id).await?,
            Frame::Event(event) => return self.handle_message(event, connection).await,
        }
        Ok(Flow::Continue(()))
    }

    async fn handle_message(&mut self, frame: EventFrame, connection: &mut Connection) -> Result<Flow, Stop> {
        // The id of the body is the cursor only if the stream has no id.
        let body_is_cursor = frame.id.is_empty() && !frame.id_set;
        if frame.id_set {
            self.move_cursor(frame.id.clone());
        }
        match frame::interpret(frame) {
            Message::Session(session) => self.open_session(session, connection).await?,
            Message::Error(error) => return self.handle_error_frame(error).await,
            Message::Event(event) => {
                if connection.session_deadline.is_some() {
                    // Accepts a server without session frames.
                    self.open_session(Session::default(), connection).await?;
                }
                if body_is_cursor {
                    self.move_cursor(event.id.clone());
                }
                self.emit_event(event).await?;
            }
            Message::Rejected { id, event_type, reason } => {
                self.reject(id, event_type, reason).await?;
            }
        }
        Ok(Flow::Continue(()))
    }

    async fn open_session(&mut self, session: Session, connection: &mut Connection) -> Result<(), Stop> {
        if let Some(heartbeat) = session.heartbeat {
            connection.heartbeat = heartbeat;
        }
        if connection.session_deadline.take().is_none() {
            // Repeated session frames are ignored.
            return Ok(());
        }
        let gap = self.gap(session.resumed, connection.resumed_after.take());
        let reconnected = self.connected_before;
        self.connected_before = true;
        self.attempt = 0;
        self.selector.on_session();
        connection.opened = Some(Instant::now());
        let (session, ignored) = validate_session(session, |text| holds_key(text, &self.config.headers));
        for ignored in ignored {
            if !self.reported.contains(&ignored) {
                self.reported.push(ignored);
                self.emit(StreamItem::Ignored(ignored)).await?;
            }
        }
        self.webhook_id = session.webhook_id.as_deref().map(Arc::from);
        self.emit(StreamItem::Connected(Session { reconnected, ..session })).await?;
        if let Some(gap) = gap {
            self.emit(StreamItem::Gap(gap)).await?;
        }
        Ok(())
    }

    async fn handle_error_frame(&mut self, error: StreamError) -> Result<Flow, Stop> {
        let fatal = error.is_fatal();
        let retry_after = error.retry_after;
        let error = limit_lengths(error, |text| without_key(text, &self.config.headers));
        self.emit(StreamItem::ErrorFrame(error)).await?;
        if fatal { Err(Stop) } else { Ok(Flow::Break(Disconnect::ErrorFrame { retry_after })) }
    }

    async fn emit_event(&mut self, event: Event) -> Result<(), Stop> {
        let Event { id, inherited_id, event_type, request_id, body } = event;
        let is_key = |text: &str| holds_key(text, &self.config.headers);
        let request_id = request_id.filter(|id| !is_key(id));
        if is_key(&id) || is_key(&event_type) {
            return self.reject(Some(id), Some(event_type), Rejection::HoldsKey).await;
        }
        // An inherited id does not identify an event, and losing an event is worse than repeating it.
        if !self.seen.insert(&id) && !inherited_id {
            return self.emit(StreamItem::Duplicate { id, event_type }).await;
        }
        let received_at = self.config.clock.now();
        // A large event fills the channel, so that the next is read only after it was received, and few are in memory.
        let is_large = body.len() > buffer::LARGE;
        let slots = if is_large { CHANNEL_CAPACITY } else { 1 };
        let mut slots = self.items.reserve_many(slots).await.map_err(|_| Stop)?;
        if let Some(slot) = slots.next() {
            let webhook_id = self.webhook_id.clone();
            let meta = EventMeta { id, event_type, request_id, webhook_id, received_at };
            slot.send(StreamItem::Event(ReceivedEvent { meta: Arc::new(meta), body }));
        }
        drop(slots);
        if is_large {
            self.items.reserve_many(CHANNEL_CAPACITY).await.map_err(|_| Stop)?;
        }
        Ok(())
    }

    /// An empty id resets the cursor. An id that cannot be sent does not change it, because resuming a
    /// little earlier is better than not resuming.
    fn move_cursor(&mut self, id: String) {
        if id.is_empty() {
            self.cursor = None;
        } else if request::is_sendable(&id) {
            self.cursor = Some(id);
        }
    }
}
