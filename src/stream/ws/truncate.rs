//! A reader between the connection and the WebSocket library that truncates messages that are too large.
//!
//! The library can only close the connection. Then the id of the message would be unknown, and the server would send it
//! again after every reconnection. This reader keeps the beginning of the message, which has the id, and skips the
//! rest. It turns text messages into binary ones, so that a truncation within a character is not an error (the text is
//! validated where it is used). It also records when the last byte arrived, to detect a dead peer within a long
//! message. A message with an announced size of more than [`LONGEST`] ends the connection, because skipping it could
//! take hours.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// Bytes read from the connection at a time.
const CHUNK: usize = 16 * 1024;

/// Bytes kept of a message in one large frame. Less than 64 KiB, because of the header that is written for it.
const BEGINNING: u64 = 1024;

/// Maximum length of a message, over all its frames, whose rest is skipped.
const LONGEST: u64 = 256 * 1024 * 1024;

const FINAL: u8 = 0x80;
const RESERVED_BITS: u8 = 0x70;
const OPCODE: u8 = 0x0f;
const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const MASKED: u8 = 0x80;

/// A reader that truncates messages; see the module.
#[derive(Debug)]
pub(super) struct TruncatingReader<S> {
    inner: S,
    raw: BytesMut,
    eof: bool,
    frames: Frames,
    last_read_at: Instant,
}

impl<S> TruncatingReader<S> {
    /// Lets data messages of up to `limit` bytes pass.
    pub(super) fn new(inner: S, limit: u64) -> Self {
        let raw = BytesMut::with_capacity(CHUNK);
        Self { inner, raw, eof: false, frames: Frames::new(limit), last_read_at: Instant::now() }
    }

    /// When the last byte arrived.
    pub(super) fn last_read_at(&self) -> Instant {
        self.last_read_at
    }

    /// The number of the incomplete message or control frame; `None` between them.
    pub(super) fn partial_message(&self) -> Option<u64> {
        self.frames.is_within().then_some(self.frames.count)
    }

    /// The known size of data message `number` (from 0), if it was truncated.
    pub(super) fn cut(&mut self, number: u64) -> Option<u64> {
        let (first, bytes) = *self.frames.cut.front()?;
        if first != number {
            return None;
        }
        self.frames.cut.pop_front();
        Some(bytes)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TruncatingReader<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = out.remaining();
        loop {
            this.frames.pass(&mut this.raw, out);
            if out.remaining() < before || before == 0 || this.eof {
                return Poll::Ready(Ok(()));
            }
            if let Some(bytes) = this.frames.announced {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, TooLong(bytes))));
            }
            // Everything was taken out, so the whole buffer can be reused.
            this.raw.clear();
            this.raw.resize(CHUNK, 0);
            let mut chunk = ReadBuf::new(&mut this.raw);
            let read = Pin::new(&mut this.inner).poll_read(cx, &mut chunk);
            let count = chunk.filled().len();
            this.raw.truncate(if read.is_ready() { count } else { 0 });
            ready!(read)?;
            this.eof = count == 0;
            this.last_read_at = Instant::now();
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TruncatingReader<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

/// A message longer than [`LONGEST`]: the peer is broken or hostile.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a message of {0} bytes was announced, and no message may have more than {LONGEST}")]
pub(super) struct TooLong(u64);

/// The meaning of the next bytes.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// The header of a frame, together with the bytes in `head`.
    Header,
    /// The number of bytes that pass, and then the number that is discarded.
    Payload { pass: u64, skip: u64 },
}

/// Parses the frame headers of a stream.
#[derive(Debug)]
struct Frames {
    limit: u64,
    part: Part,
    head: Vec<u8>,
    /// A header that has not been returned yet.
    out: BytesMut,
    /// Bytes of the current message; `None` between messages.
    message: Option<u64>,
    /// The announced size of a message that is too long; nothing passes after it.
    announced: Option<u64>,
    /// Whether the current message was truncated.
    skipping: bool,
    /// Data messages passed, whole or truncated.
    count: u64,
    /// The numbers and sizes of truncated messages.
    cut: VecDeque<(u64, u64)>,
}

impl Frames {
    fn new(limit: u64) -> Self {
        Self {
            limit,
            part: Part::Header,
            head: Vec::with_capacity(10),
            out: BytesMut::with_capacity(10),
            message: None,
            announced: None,
            skipping: false,
            count: 0,
            cut: VecDeque::new(),
        }
    }

    /// Whether there is an incomplete message or control frame.
    fn is_within(&self) -> bool {
        let payload = match self.part {
            Part::Payload { pass, skip } => pass > 0 || skip > 0,
            Part::Header => !self.head.is_empty(),
        };
        payload || self.message.is_some()
    }

    /// Moves bytes that pass from `raw` to `out`, until one is empty or the other is full.
    fn pass(&mut self, raw: &mut BytesMut, out: &mut ReadBuf<'_>) {
        loop {
            move_bytes(&mut self.out, out, usize::MAX);
            if !self.out.is_empty() || self.announced.is_some() {
                return;
            }
            match &mut self.part {
                Part::Payload { pass: 0, skip: 0 } => self.part = Part::Header,
                Part::Payload { pass: 0, skip } => {
                    let count = raw.len().min(usize::try_from(*skip).unwrap_or(usize::MAX));
                    if count == 0 {
                        return;
                    }
                    raw.advance(count);
                    *skip -= count as u64;
                }
                Part::Payload { pass, .. } => {
                    match move_bytes(raw, out, usize::try_from(*pass).unwrap_or(usize::MAX)) {
                        0 => return,
                        count => *pass -= count as u64,
                    }
                }
                Part::Header => {
                    if raw.is_empty() {
                        return;
                    }
                    self.head.push(raw.get_u8());
                    if let Some(length) = payload_length(&self.head) {
                        self.part = self.pass_or_skip(length);
                        self.head.clear();
                    }
                }
            }
        }
    }

    /// Decides how many bytes of a frame pass, from its header.
    fn pass_or_skip(&mut self, length: u64) -> Part {
        let [first, second, ..] = self.head[..] else { return Part::Header };
        let (last, opcode) = (first & FINAL != 0, first & OPCODE);
        let size = self.message.unwrap_or_default().saturating_add(length);
        if size > LONGEST {
            self.announced = Some(size);
            return Part::Payload { pass: 0, skip: 0 };
        }
        let in_order = match opcode {
            CONTINUATION => self.message.is_some(),
            TEXT | BINARY => self.message.is_none(),
            _ => false,
        };
        if !in_order || first & RESERVED_BITS != 0 || second & MASKED != 0 {
            // Control frames, and invalid frames, for which the library has errors. A mask comes first.
            self.out.extend_from_slice(&self.head);
            let mask = if second & MASKED != 0 { 4 } else { 0 };
            return Part::Payload { pass: length.saturating_add(mask), skip: 0 };
        }
        self.message = (!last).then_some(size);
        if self.skipping {
            self.skipping = !last;
            return Part::Payload { pass: 0, skip: length };
        }
        if size > self.limit {
            return self.cut_at(opcode, length, size, last);
        }
        self.count += u64::from(last);
        self.out.extend_from_slice(&[if opcode == TEXT { first & FINAL | BINARY } else { first }]);
        self.out.extend_from_slice(self.head.get(1..).unwrap_or_default());
        Part::Payload { pass: length, skip: 0 }
    }

    /// Ends the message: keeps the beginning of a first frame, and skips a later frame.
    fn cut_at(&mut self, opcode: u8, length: u64, size: u64, last: bool) -> Part {
        self.cut.push_back((self.count, size));
        self.count += 1;
        self.skipping = !last;
        let keep = if opcode == CONTINUATION { 0 } else { BEGINNING.min(length) };
        let opcode = if opcode == CONTINUATION { CONTINUATION } else { BINARY };
        let [.., high, low] = keep.to_be_bytes();
        // The library accepts the long form for any length.
        self.out.extend_from_slice(&[FINAL | opcode, 126, high, low]);
        Part::Payload { pass: keep, skip: length - keep }
    }
}

/// Moves up to `most` bytes.
fn move_bytes(from: &mut BytesMut, to: &mut ReadBuf<'_>, most: usize) -> usize {
    let count = from.len().min(to.remaining()).min(most);
    if let Some(bytes) = from.get(..count) {
        to.put_slice(bytes);
    }
    from.advance(count);
    count
}

/// The length of the payload, once the header without the mask is complete.
fn payload_length(head: &[u8]) -> Option<u64> {
    match (head.get(1)? & !MASKED, head.get(2..)?) {
        (126, [a, b]) => Some(u64::from(u16::from_be_bytes([*a, *b]))),
        (127, rest) => Some(u64::from_be_bytes(rest.try_into().ok()?)),
        (126, _) => None,
        (length, _) => Some(u64::from(length)),
    }
}
