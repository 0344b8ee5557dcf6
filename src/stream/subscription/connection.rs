//! Reading one connection: frames to items, the peer's silence, the cursor.

use std::ops::ControlFlow;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::unfinished::Unfinished;
use super::wire::WireReader;
use super::{CHANNEL_CAPACITY, Gap, GapReason, Closed, Received, StreamItem, Subscription};
use crate::host::buffer;
use crate::stream::response::{holds_key, without_key};
use crate::stream::suspend::SuspendDetector;
use crate::stream::disconnect::Disconnect;
use crate::stream::frame::{self, Event, Message, Rejection, Session, StreamError};
use crate::stream::members::{bounded, excerpt, vet};
use crate::stream::request;
use crate::stream::sse::{EventFrame, Frame};

/// Heartbeats missed until the peer is taken for dead.
const MISSED_HEARTBEATS: u32 = 3;

/// How often clocks and deadlines are looked at while nothing comes.
pub(super) const TICK: Duration = Duration::from_secs(1);

/// Whether to read on.
type Flow = ControlFlow<Disconnect>;

/// The state of one connection.
struct Connection {
    wire: WireReader,
    /// What was known, and so sent, when the connection was made.
    resumed_after: Option<String>,
    heartbeat: Duration,
    /// Until when a session must be open, and how long that was; none once it is.
    session_deadline: Option<(Instant, Duration)>,
    /// When the session was opened.
    opened: Option<Instant>,
    unfinished: Unfinished,
}

impl Connection {
    /// Waits for more, or finds out why there is none. Only this wait is measured, so that a pause
    /// of the consumer is not held against the peer.
    async fn more(&mut self, suspend: &mut SuspendDetector) -> Result<(), Disconnect> {
        let began = Instant::now();
        loop {
            let now = Instant::now();
            let idle = now.saturating_duration_since(self.wire.last_read_at().map_or(began, |when| when.max(began)));
            let next = self.watch(now, idle, suspend)?;
            if idle >= self.heartbeat {
                self.wire.ping(self.heartbeat).await;
            }
            let message = self.wire.under_way();
            let read = tokio::select! {
                biased;
                read = self.wire.read() => Some(read),
                () = sleep_until(next) => None,
            };
            self.unfinished.add(message, now.elapsed());
            if let Some(read) = read {
                return read;
            }
        }
    }

    /// Says when to look again, or why not to wait any longer.
    fn watch(&self, now: Instant, idle: Duration, suspend: &mut SuspendDetector) -> Result<Instant, Disconnect> {
        let tick = TICK.min(self.heartbeat);
        if !suspend.is_fresh(now, tick)
            && let Some(slept) = suspend.suspended_for(now)
        {
            return Err(Disconnect::Slept(slept));
        }
        let mut next = now + tick;
        if let Some((deadline, limit)) = self.session_deadline {
            if now >= deadline {
                return Err(Disconnect::NoSession(limit));
            }
            next = next.min(deadline);
        }
        self.unfinished.check()?;
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
    /// Reads the stream to its end.
    pub(super) async fn read(&mut self, wire: WireReader) -> Result<Disconnect, Closed> {
        let heartbeat = self.config.heartbeat;
        let mut limit = heartbeat.saturating_mul(MISSED_HEARTBEATS);
        if self.selector.is_impatient() {
            limit = limit.min(self.config.held_back_after);
        }
        let mut connection = Connection {
            wire,
            resumed_after: self.cursor.clone(),
            heartbeat,
            session_deadline: Some((Instant::now() + limit, limit)),
            opened: None,
            unfinished: Unfinished::new(self.config.message_timeout),
        };
        let reason = loop {
            if let Err(reason) = connection.more(&mut self.suspend).await {
                break reason;
            }
            while let Some(frame) = connection.wire.next() {
                self.selector.last_read_at();
                if let ControlFlow::Break(reason) = self.take(frame, &mut connection).await? {
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

    /// Notes when the stream was lost, and whether it was worth having.
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

    /// An event too large that the end of the stream cut short.
    async fn report_leftover(&mut self, frame: Frame) -> Result<(), Closed> {
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
    ) -> Result<(), Closed> {
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
    ) -> Result<(), Closed> {
        let (id, event_type) = (self.redacted(id).map(excerpt), self.redacted(event_type).map(excerpt));
        self.emit(StreamItem::Rejected { id, event_type, reason }).await
    }

    /// What the server names is shown and recorded: should it name the key, that is left out.
    fn redacted(&self, text: Option<String>) -> Option<String> {
        text.map(|text| without_key(text, &self.config.headers))
    }

    async fn take(&mut self, frame: Frame, connection: &mut Connection) -> Result<Flow, Closed> {
        match frame {
            Frame::Comment => {}
            Frame::Retry(delay) => self.backoff.set_retry(delay),
            Frame::Cursor(id) => self.move_cursor(id),
            Frame::Oversized { bytes, event, id } => self.reject_oversized(bytes, event, id).await?,
            Frame::Event(event) => return self.take_message(event, connection).await,
        }
        Ok(Flow::Continue(()))
    }

    async fn take_message(&mut self, frame: EventFrame, connection: &mut Connection) -> Result<Flow, Closed> {
        // an id of the stream's own is what the server knows; the body's stands in if there is none
        let body_is_cursor = frame.id.is_empty() && !frame.id_set;
        if frame.id_set {
            self.move_cursor(frame.id.clone());
        }
        match frame::interpret(frame) {
            Message::Session(session) => self.open_session(session, connection).await?,
            Message::Error(error) => return self.end_with(error).await,
            Message::Event(event) => {
                if connection.session_deadline.is_some() {
                    // a server without session frames is better served than refused
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

    async fn open_session(&mut self, session: Session, connection: &mut Connection) -> Result<(), Closed> {
        if let Some(heartbeat) = session.heartbeat {
            connection.heartbeat = heartbeat;
        }
        if connection.session_deadline.take().is_none() {
            // a connection has one session, however often the server greets
            return Ok(());
        }
        let gap = self.gap(session.resumed, connection.resumed_after.take());
        let reconnected = self.connected_before;
        self.connected_before = true;
        self.attempt = 0;
        self.selector.opened();
        connection.opened = Some(Instant::now());
        let (session, ignored) = vet(session, |text| holds_key(text, &self.config.headers));
        for ignored in ignored {
            if !self.reported.contains(&ignored) {
                self.reported.push(ignored);
                self.emit(StreamItem::Ignored(ignored)).await?;
            }
        }
        self.emit(StreamItem::Connected(Session { reconnected, ..session })).await?;
        if let Some(gap) = gap {
            self.emit(StreamItem::Gap(gap)).await?;
        }
        Ok(())
    }

    /// Whether events may have been missed before this session.
    fn gap(&self, resumed: Option<bool>, after: Option<String>) -> Option<Gap> {
        let reason = match (&after, resumed) {
            (Some(_), Some(true)) => return None,
            (Some(_), Some(false)) => GapReason::NotResumed,
            (Some(_), None) => GapReason::Unconfirmed,
            (None, _) if self.connected_before || self.config.cursor.is_some() => GapReason::NoCursor,
            (None, _) => return None,
        };
        Some(Gap { after: self.redacted(after), disconnected_at: self.disconnected_at, reason })
    }

    async fn end_with(&mut self, error: StreamError) -> Result<Flow, Closed> {
        let fatal = error.is_fatal();
        let retry_after = error.retry_after;
        let error = bounded(error, |text| without_key(text, &self.config.headers));
        self.emit(StreamItem::ErrorFrame(error)).await?;
        if fatal { Err(Closed) } else { Ok(Flow::Break(Disconnect::ErrorFrame { retry_after })) }
    }

    async fn emit_event(&mut self, event: Event) -> Result<(), Closed> {
        let Event { id, inherited_id, event_type, request_id, body } = event;
        let is_key = |text: &str| holds_key(text, &self.config.headers);
        let request_id = request_id.filter(|id| !is_key(id));
        if is_key(&id) || is_key(&event_type) {
            return self.reject(Some(id), Some(event_type), Rejection::HoldsKey).await;
        }
        // losing an event is worse than repeating it: an id that lasts on tells nothing
        if !self.seen.insert(&id) && !inherited_id {
            return self.emit(StreamItem::Duplicate { id, event_type }).await;
        }
        let received_at = self.config.clock.now();
        // a large event has the channel to itself, and the next is read when it was taken: few are in memory
        let is_large = body.len() > buffer::LARGE;
        let slots = if is_large { CHANNEL_CAPACITY } else { 1 };
        let mut slots = self.items.reserve_many(slots).await.map_err(|_| Closed)?;
        if let Some(slot) = slots.next() {
            slot.send(StreamItem::Event(Received { id, event_type, request_id, body, received_at }));
        }
        drop(slots);
        if is_large {
            self.items.reserve_many(CHANNEL_CAPACITY).await.map_err(|_| Closed)?;
        }
        Ok(())
    }

    /// An empty id resets the cursor. One that cannot be sent leaves it: resuming a little earlier
    /// is better than not at all.
    fn move_cursor(&mut self, id: String) {
        if id.is_empty() {
            self.cursor = None;
        } else if request::is_sendable(&id) {
            self.cursor = Some(id);
        }
    }
}
