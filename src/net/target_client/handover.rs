//! A connection in the middle of an exchange that hyper takes over: it repeats what was written and read so far.
//!
//! hyper writes the same request, of which the bytes that the server has already are left out, and then reads the
//! bytes that came from the server. So hyper alone decides about every answer that is not ordinary.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How far an exchange came.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The bytes of the request that were written.
    pub(super) written: usize,
    /// What the last write returned, if it failed. The system reports an error once.
    pub(super) write_error: Option<io::Error>,
    /// The bytes of the answer that were read.
    pub(super) read: Bytes,
    pub(super) read_error: Option<io::Error>,
}

pub(super) struct HandedOver {
    stream: TcpStream,
    progress: Progress,
    /// hyper rejects bytes that come before it has a request to write.
    has_request: bool,
    reader: Option<Waker>,
}

impl HandedOver {
    pub(super) fn new(stream: TcpStream, progress: Progress) -> Self {
        Self { stream, progress, has_request: false, reader: None }
    }

    /// What is written of `length` bytes without the server, if anything.
    fn repeat(&mut self, length: usize) -> Option<io::Result<usize>> {
        self.has_request = true;
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
        if self.progress.written > 0 {
            let repeated = self.progress.written.min(length);
            self.progress.written -= repeated;
            return Some(Ok(repeated));
        }
        self.progress.write_error.take().map(Err)
    }
}

impl AsyncRead for HandedOver {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.has_request {
            self.reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        let read = &mut self.progress.read;
        if read.has_remaining() {
            let part = read.split_to(read.len().min(buffer.remaining()));
            buffer.put_slice(&part);
            return Poll::Ready(Ok(()));
        }
        match self.progress.read_error.take() {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for HandedOver {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.repeat(bytes.len()) {
            Some(repeated) => Poll::Ready(repeated),
            None => Pin::new(&mut self.stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.repeat(slices.iter().map(|slice| slice.len()).sum()) {
            Some(repeated) => Poll::Ready(repeated),
            None => Pin::new(&mut self.stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
