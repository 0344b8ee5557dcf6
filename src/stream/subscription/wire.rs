//! One interface for the two transports.

use std::time::Duration;

use reqwest::Response;
use tokio::time::Instant;

use crate::net::error_chain::error_message;
use crate::stream::disconnect::Disconnect;
use crate::stream::sse::{Decoder, Frame};
use crate::stream::transport::TransportKind;
use crate::stream::ws::Socket;

/// An open connection.
pub(super) enum WireReader {
    Sse(Box<(Response, Decoder)>),
    Ws(Box<Socket>),
}

impl WireReader {
    /// Reads from an accepted response. `limit` is the maximum size of an event's body.
    pub(super) async fn open(
        kind: TransportKind,
        response: Response,
        limit: usize,
    ) -> Result<Self, Disconnect> {
        Ok(match kind {
            TransportKind::Sse => Self::Sse(Box::new((response, Decoder::new(limit)))),
            TransportKind::Ws => Self::Ws(Box::new(Socket::open(response, limit).await?)),
        })
    }

    /// Waits for more data. Take every frame before the next call. Cancel safe.
    pub(super) async fn read(&mut self) -> Result<(), Disconnect> {
        match self {
            Self::Sse(sse) => match sse.0.chunk().await {
                Ok(Some(chunk)) => {
                    sse.1.push(&chunk);
                    Ok(())
                }
                Ok(None) => Err(Disconnect::Ended),
                Err(error) => Err(Disconnect::Cut(error_message(&error))),
            },
            Self::Ws(socket) => socket.read().await,
        }
    }

    /// The next frame of the received data.
    pub(super) fn next(&mut self) -> Option<Frame> {
        match self {
            Self::Sse(sse) => sse.1.next(),
            Self::Ws(socket) => socket.next(),
        }
    }

    /// When the transport last received a byte, if it records that.
    pub(super) fn last_read_at(&self) -> Option<Instant> {
        match self {
            Self::Sse(_) => None,
            Self::Ws(socket) => Some(socket.last_read_at()),
        }
    }

    /// The number of the incomplete message; `None` between messages.
    pub(super) fn partial_message(&self) -> Option<u64> {
        match self {
            Self::Sse(sse) => sse.1.partial_message(),
            Self::Ws(socket) => socket.partial_message(),
        }
    }

    /// Pings a silent peer, if the transport can.
    pub(super) async fn ping(&mut self, every: Duration) {
        if let Self::Ws(socket) = self {
            socket.ping(every).await;
        }
    }

    /// The last frame, which ends with the stream.
    pub(super) fn finish(self) -> Option<Frame> {
        match self {
            Self::Sse(sse) => sse.1.finish(),
            Self::Ws(_) => None,
        }
    }
}
