//! Reading one connection: frames to items, the peer's silence, the cursor.

use std::ops::ControlFlow;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;
use tokio::time::{Instant, timeout};

use super::{CHANNEL_CAPACITY, Gap, GapReason, Over, Received, StreamItem, Subscription};
use crate::stream::answer::without_key;
use crate::stream::disconnect::{Disconnect, innermost};
use crate::stream::frame::{self, Event, Message, Rejection, Session, StreamError};
use crate::stream::request;
use crate::stream::sse::{Decoder, EventFrame, Frame};

/// Heartbeats missed until the peer is taken for dead.
const MISSED_HEARTBEATS: u32 = 3;

/// Bytes from which on only one body is kept in the channel.
const LARGE_BODY: usize = 256 * 1024;

/// Whether to read on.
type Flow = ControlFlow<Disconnect>;

/// The state of one connection.
struct Connection {
    response: Response,
    /// What was known, and so sent, when the connection was made.
    resumed_after: Option<String>,
    /// The longest silence allowed.
    silence: Duration,
    /// Until when a session must be open; none once it is.
    session_deadline: Option<Instant>,
}

impl Connection {
    /// The next chunk, or why there is none. Only this wait is measured, so that a pause of the
    /// consumer is not held against the peer.
    async fn chunk(&mut self) -> Result<Bytes, Disconnect> {
        let left = self.session_deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let wait = left.map_or(self.silence, |left| left.min(self.silence));
        match timeout(wait, self.response.chunk()).await {
            Ok(Ok(Some(chunk))) => Ok(chunk),
            Ok(Ok(None)) => Err(Disconnect::Ended),
            Ok(Err(error)) => Err(Disconnect::Cut(innermost(&error))),
            Err(_) if left.is_some() => Err(Disconnect::NoSession(self.silence)),
            Err(_) => Err(Disconnect::Silence(self.silence)),
        }
    }
}

impl Subscription {
    /// Reads the stream to its end.
    pub(super) async fn read(&mut self, response: Response) -> Result<Disconnect, Over> {
        let silence = self.config.heartbeat.saturating_mul(MISSED_HEARTBEATS);
        let mut connection = Connection {
            response,
            resumed_after: self.cursor.clone(),
            silence,
            session_deadline: Some(Instant::now() + silence),
        };
        let mut decoder = Decoder::new(self.config.max_event_bytes);
        let reason = loop {
            match connection.chunk().await {
                Ok(chunk) => decoder.push(&chunk),
                Err(reason) => break reason,
            }
            while let Some(frame) = decoder.next() {
                if let ControlFlow::Break(reason) = self.take(frame, &mut connection).await? {
                    return Ok(self.lost(reason));
                }
            }
        };
        if let Some(frame) = decoder.finish() {
            let _ = self.take(frame, &mut connection).await?;
        }
        Ok(self.lost(reason))
    }

    /// Notes when the stream was lost.
    fn lost(&mut self, reason: Disconnect) -> Disconnect {
        if self.attempt == 0 {
            self.disconnected_at = Some(self.config.clock.now());
        }
        reason
    }

    async fn take(&mut self, frame: Frame, connection: &mut Connection) -> Result<Flow, Over> {
        match frame {
            Frame::Comment => {}
            Frame::Retry(delay) => self.backoff.set_base(delay),
            Frame::Cursor(id) => self.move_cursor(id),
            Frame::Oversized { bytes, event, id } => {
                if let Some(id) = id.clone() {
                    self.move_cursor(id);
                }
                let reason = Rejection::TooLarge { bytes, limit: self.config.max_event_bytes };
                let id = id.filter(|id| !id.is_empty());
                self.emit(StreamItem::Rejected { id, event_type: event, reason }).await?;
            }
            Frame::Event(event) => return self.take_message(event, connection).await,
        }
        Ok(Flow::Continue(()))
    }

    async fn take_message(&mut self, frame: EventFrame, connection: &mut Connection) -> Result<Flow, Over> {
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
                self.hand_on(event).await?;
            }
            Message::Rejected { id, event_type, reason } => {
                self.emit(StreamItem::Rejected { id, event_type, reason }).await?;
            }
        }
        Ok(Flow::Continue(()))
    }

    async fn open_session(&mut self, session: Session, connection: &mut Connection) -> Result<(), Over> {
        let first = connection.session_deadline.take().is_some();
        let gap = if first { self.gap(session.resumed, connection.resumed_after.take()) } else { None };
        if let Some(heartbeat) = session.heartbeat {
            connection.silence = heartbeat.saturating_mul(MISSED_HEARTBEATS);
        }
        let reconnected = self.connected_before;
        self.connected_before |= first;
        self.attempt = 0;
        self.backoff.connected();
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
        Some(Gap { after, disconnected_at: self.disconnected_at, reason })
    }

    async fn end_with(&mut self, error: StreamError) -> Result<Flow, Over> {
        let fatal = error.is_fatal();
        let retry_after = error.retry_after;
        let message = error.message.map(|text| without_key(text, &self.config.headers));
        self.emit(StreamItem::ErrorFrame(StreamError { message, ..error })).await?;
        if fatal { Err(Over) } else { Ok(Flow::Break(Disconnect::ErrorFrame { retry_after })) }
    }

    async fn hand_on(&mut self, event: Event) -> Result<(), Over> {
        let Event { id, inherited_id, event_type, request_id, body } = event;
        // losing an event is worse than repeating it: an id that lasts on tells nothing
        if !self.seen.insert(&id) && !inherited_id {
            return self.emit(StreamItem::Duplicate { id, event_type }).await;
        }
        let received_at = self.config.clock.now();
        // a large event waits for an empty channel, or a slow consumer would have dozens of them kept
        let slots = if body.len() > LARGE_BODY { CHANNEL_CAPACITY } else { 1 };
        let mut slots = self.items.reserve_many(slots).await.map_err(|_| Over)?;
        if let Some(slot) = slots.next() {
            slot.send(StreamItem::Event(Received { id, event_type, request_id, body, received_at }));
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
