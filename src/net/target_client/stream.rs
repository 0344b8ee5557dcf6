//! A connection to a target, plain or TLS, that keeps the first bytes of the current response.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::handover::HandedOver;
use crate::net::failure_cause::FailureCause;

/// Enough to detect the protocol.
const KEPT: usize = 16;

pub(super) enum Transport {
    Plain(TcpStream),
    /// Plain, and in the middle of an exchange.
    HandedOver(HandedOver),
    /// The inner stream keeps the first bytes of the handshake.
    Tls(Box<TlsStream<Stream>>),
}

/// The first bytes of the current response.
#[derive(Clone, Debug, Default)]
pub(super) struct FirstBytes(Arc<Mutex<(usize, [u8; KEPT])>>);

impl FirstBytes {
    /// Called before each request.
    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = 0;
    }

    /// At most 16 bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.1.get(..kept.0).unwrap_or_default().to_vec()
    }

    fn add(&self, read: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (length, bytes) = &mut *kept;
        for (place, byte) in bytes.iter_mut().skip(*length).zip(read) {
            *place = *byte;
            *length += 1;
        }
    }
}

pub(super) struct Stream {
    transport: Transport,
    first_bytes: FirstBytes,
}

impl Stream {
    pub(super) fn new(transport: Transport) -> Self {
        Self { transport, first_bytes: FirstBytes::default() }
    }

    pub(super) fn first_bytes(&self) -> FirstBytes {
        self.first_bytes.clone()
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Transport::HandedOver(stream) => Pin::new(stream).poll_read(context, buffer),
            Transport::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        };
        if let Some(new) = buffer.filled().get(before..).filter(|new| !new.is_empty()) {
            self.first_bytes.add(new);
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Transport::HandedOver(stream) => Pin::new(stream).poll_write(context, bytes),
            Transport::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Transport::HandedOver(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Transport::Tls(stream) => Pin::new(stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.transport {
            Transport::Plain(stream) => stream.is_write_vectored(),
            Transport::HandedOver(stream) => stream.is_write_vectored(),
            Transport::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_flush(context),
            Transport::HandedOver(stream) => Pin::new(stream).poll_flush(context),
            Transport::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Transport::HandedOver(stream) => Pin::new(stream).poll_shutdown(context),
            Transport::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

/// Detects a protocol other than HTTP/1.1 from the first bytes of the server.
pub(in crate::net) fn detect_protocol(start: &[u8]) -> Option<FailureCause> {
    match start {
        // A TLS record: handshake or alert.
        [0x15 | 0x16, 0x03, ..] => Some(FailureCause::SpeaksHttps),
        // An HTTP/2 frame: SETTINGS or GOAWAY on stream 0.
        [0, 0, _, 4 | 7, _, 0, 0, 0, 0, ..] => Some(FailureCause::SpeaksHttp2),
        start if start.starts_with(b"HTTP/") || b"HTTP/".starts_with(start) => None,
        _ => Some(FailureCause::NotHttp),
    }
}
