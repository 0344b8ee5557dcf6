//! The stream over a WebSocket: decodes messages into the same frames as the event stream.

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
/// Enough for pongs. Bounds the memory for a peer that sends many pings and does not read.
const LARGEST_WRITE: usize = 16 * 1024;
/// The time limit for writing a small frame.
const WRITE_TIMEOUT: Duration = Duration::from_millis(200);
/// Bytes of a message in addition to its body.
const SLACK: usize = 64 * 1024;

/// An open WebSocket.
pub(super) struct Socket<S = Upgraded> {
    socket: WebSocketStream<TruncatingReader<S>>,
    limit: usize,
    /// The number of data messages.
    count: u64,
    pinged: Option<Instant>,
    frame: Option<Frame>,
}

impl Socket {
    /// Opens a WebSocket over the connection of a valid 101. `limit` bounds the body of an event.
    pub(super) async fn open(response: Response, limit: usize) -> Result<Self, Disconnect> {
        let upgraded = response.upgrade().await;
        let upgraded = upgraded
            .map_err(|error| Disconnect::Connect(ConnectFailure::from_error(&error, Duration::ZERO)))?;
        Ok(Self::over(upgraded, limit).await)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// Opens a WebSocket after the handshake.
    async fn over(connection: S, limit: usize) -> Self {
        // Escaping doubles quotes and backslashes.
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
            // The next read answers pings.
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Frame::Comment,
        });
        Ok(())
    }

    pub(super) fn next(&mut self) -> Option<Frame> {
        self.frame.take()
    }

    /// When the last byte arrived, also within a message.
    pub(super) fn last_read_at(&self) -> Instant {
        self.socket.get_ref().last_read_at()
    }

    /// The number of the incomplete message; `None` between messages.
    pub(super) fn partial_message(&self) -> Option<u64> {
        self.socket.get_ref().partial_message()
    }

    /// Pings a silent peer. The pong shows that it is alive, even if it sends no heartbeats.
    pub(super) async fn ping(&mut self, every: Duration) {
        if self.pinged.is_some_and(|when| when.elapsed() < every) {
            return;
        }
        self.pinged = Some(Instant::now());
        // A failed write is not reported, because then the peer stays silent.
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
        // A lost connection is not a protocol error.
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
            Disconnect::Cut("the server ended it without closing the WebSocket".to_owned())
        }
        Error::Protocol(problem) => Disconnect::Protocol(problem.to_string().to_lowercase()),
        other => Disconnect::Cut(other.to_string().to_lowercase()),
    }
}
