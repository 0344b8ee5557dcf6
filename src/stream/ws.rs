//! The stream over a WebSocket: messages in, frames of the same kind as the event stream's out.

pub(crate) mod handshake;
mod message;
mod truncate;

#[cfg(any(test, fuzzing))]
#[path = "ws/tests/fuzz.rs"]
pub(super) mod fuzz;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::{Response, Upgraded};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use self::truncate::{TooLong, TruncatingReader};
use super::disconnect::{ConnectFailure, Disconnect};
use super::sse::Frame;
use crate::net::error_chain::error_message;

const READ_BUFFER: usize = 16 * 1024;
/// Enough for pongs; a peer that floods us with pings and reads no answer does not fill our memory.
const LARGEST_WRITE: usize = 16 * 1024;
/// How long a small frame of ours may take to be written.
const WRITE_TIMEOUT: Duration = Duration::from_millis(200);
/// What a message may have on top of its body.
const SLACK: usize = 64 * 1024;

/// An open WebSocket.
pub(super) struct Socket<S = Upgraded> {
    socket: WebSocketStream<TruncatingReader<S>>,
    limit: usize,
    /// Data messages so far.
    count: u64,
    pinged: Option<Instant>,
    frame: Option<Frame>,
}

impl Socket {
    /// Takes over the connection of a 101 that was found good. `limit` bounds the body of an event.
    pub(super) async fn open(response: Response, limit: usize) -> Result<Self, Disconnect> {
        let upgraded = response.upgrade().await;
        let upgraded = upgraded
            .map_err(|error| Disconnect::Connect(ConnectFailure::from_error(&error, Duration::ZERO)))?;
        Ok(Self::over(upgraded, limit).await)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// A WebSocket over a connection whose handshake is done.
    async fn over(connection: S, limit: usize) -> Self {
        // quotes and backslashes, the only characters JSON must escape in JSON, double in size
        let wire_limit = limit.saturating_mul(2).saturating_add(SLACK);
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_write_buffer_size(LARGEST_WRITE)
            .max_message_size(Some(wire_limit))
            .max_frame_size(Some(wire_limit));
        let sieve = TruncatingReader::new(connection, wire_limit as u64);
        let socket = WebSocketStream::from_raw_socket(sieve, Role::Client, Some(config)).await;
        Self { socket, limit, count: 0, pinged: None, frame: None }
    }

    /// Waits for the next message. Nothing is lost when the future is dropped.
    pub(super) async fn read(&mut self) -> Result<(), Disconnect> {
        let message = match self.socket.next().await {
            Some(Ok(message)) => message,
            Some(Err(error)) => return Err(cause(error)),
            None => return Err(Disconnect::Ended),
        };
        self.frame = Some(match message {
            Message::Text(_) | Message::Binary(_) => {
                let cut = self.socket.get_mut().cut(self.count);
                self.count += 1;
                message::frame(&message.into_data(), cut, self.limit)
            }
            Message::Close(reason) => {
                let _ = timeout(WRITE_TIMEOUT, self.socket.flush()).await;
                return Err(closed(reason));
            }
            // pings are answered by the next read
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Frame::Comment,
        });
        Ok(())
    }

    /// The frame that was read.
    pub(super) fn next(&mut self) -> Option<Frame> {
        self.frame.take()
    }

    /// When the last byte came, also within a message.
    pub(super) fn last_read_at(&self) -> Instant {
        self.socket.get_ref().last_read_at()
    }

    /// The number of the message that has begun and not ended; none between messages.
    pub(super) fn partial_message(&self) -> Option<u64> {
        self.socket.get_ref().partial_message()
    }

    /// Asks a peer that has been silent whether it is there. Its answer is a sign of life even if it
    /// sends no heartbeats of its own.
    pub(super) async fn ping(&mut self, every: Duration) {
        if self.pinged.is_some_and(|when| when.elapsed() < every) {
            return;
        }
        self.pinged = Some(Instant::now());
        // a failed write needs no report, because the silence continues
        let _ = timeout(WRITE_TIMEOUT, self.socket.send(Message::Ping(bytes::Bytes::new()))).await;
    }
}

fn closed(reason: Option<CloseFrame>) -> Disconnect {
    match reason {
        Some(CloseFrame { code, reason }) if !matches!(code, CloseCode::Normal | CloseCode::Away) => {
            Disconnect::Closed { code: code.into(), reason: reason.as_str().to_owned() }
        }
        _ => Disconnect::Ended,
    }
}

/// What happened.
fn cause(error: Error) -> Disconnect {
    match error {
        Error::Io(error) => match error.get_ref() {
            Some(inner) if inner.is::<TooLong>() => Disconnect::Protocol(inner.to_string()),
            Some(inner) => {
                let request = inner.downcast_ref::<reqwest::Error>();
                Disconnect::Cut(request.map_or_else(|| error_message(&error), |inner| error_message(inner)))
            }
            None => Disconnect::Cut(error_message(&error)),
        },
        // the line broke, which is no fault of the server's
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
            Disconnect::Cut("the server ended it without closing the WebSocket".to_owned())
        }
        Error::Protocol(problem) => Disconnect::Protocol(problem.to_string().to_lowercase()),
        other => Disconnect::Cut(other.to_string().to_lowercase()),
    }
}
