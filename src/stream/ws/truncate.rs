//! A reader between the connection and the WebSocket library that truncates messages that are too large.
//!
//! The library can only close the connection over such a message. Its id would stay unknown, and the server
//! would send it again after every reconnection. This reader keeps the beginning of the message, which has the
//! id, and skips the rest, so that the stream continues. Text messages are turned into binary ones, so that a
//! cut within a character is no error (the text is checked where it is used). The reader also records when the
//! last byte arrived, which is the only sign of life within a long message. A message that announces more than
//! [`LONGEST`] ends the connection: skipping it would silence the stream for hours while it looks connected.

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

/// Bytes kept of a message that comes in one large frame. The header written for it requires less than 64 KiB.
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

    /// The number of the message or control frame that has begun and not ended; none between them.
    pub(super) fn partial_message(&self) -> Option<u64> {
        self.frames.is_within().then_some(self.frames.count)
    }

    /// The size of data message `number` (from 0), as far as it is known, if it was cut.
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
            // everything was taken out, so the whole buffer is free again
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

/// What the next bytes are.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// They are a frame's header, and so are the ones gathered in `head`.
    Header,
    /// How many bytes pass, and how many more are read and dropped.
    Payload { pass: u64, skip: u64 },
}

/// Parses the frame headers of a stream.
#[derive(Debug)]
struct Frames {
    limit: u64,
    part: Part,
    head: Vec<u8>,
    /// A header on its way out.
    out: BytesMut,
    /// Bytes of the message under way; none between messages.
    message: Option<u64>,
    /// The announced size of a message that is too long; nothing passes after it.
    announced: Option<u64>,
    /// Whether the message under way was cut.
    skipping: bool,
    /// Data messages passed, whole or truncated.
    count: u64,
    /// Number and size of messages that were cut.
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

    /// Whether a message or a control frame has begun and not ended.
    fn is_within(&self) -> bool {
        let payload = match self.part {
            Part::Payload { pass, skip } => pass > 0 || skip > 0,
            Part::Header => !self.head.is_empty(),
        };
        payload || self.message.is_some()
    }

    /// Moves what may pass from `raw` to `out`, until one is empty or the other full.
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
                        self.part = self.judge(length);
                        self.head.clear();
                    }
                }
            }
        }
    }

    /// Decides about a frame by its header.
    fn judge(&mut self, length: u64) -> Part {
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
            // control frames, and what the library will refuse in its own words; a mask comes first
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

    /// Ends the message here: a first frame after its beginning, a later one before it.
    fn cut_at(&mut self, opcode: u8, length: u64, size: u64, last: bool) -> Part {
        self.cut.push_back((self.count, size));
        self.count += 1;
        self.skipping = !last;
        let keep = if opcode == CONTINUATION { 0 } else { BEGINNING.min(length) };
        let opcode = if opcode == CONTINUATION { CONTINUATION } else { BINARY };
        let [.., high, low] = keep.to_be_bytes();
        // the long form is allowed to be read for any length, though it should not be written
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

/// The payload's length once the header, but for a mask, is complete.
fn payload_length(head: &[u8]) -> Option<u64> {
    match (head.get(1)? & !MASKED, head.get(2..)?) {
        (126, [a, b]) => Some(u64::from(u16::from_be_bytes([*a, *b]))),
        (127, rest) => Some(u64::from_be_bytes(rest.try_into().ok()?)),
        (126, _) => None,
        (length, _) => Some(u64::from(length)),
    }
}
