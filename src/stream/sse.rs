//! An incremental decoder for the event-stream format (HTML standard, "server-sent events").
//!
//! Pure: [`Decoder::push`] accepts bytes, [`Decoder::next`] returns frames. The frames do not depend on how the bytes
//! are split into chunks. ours: the `request-id` field, and the memory limit for one event.

mod lines;
#[cfg(test)]
mod tests;

use std::mem;
use std::time::Duration;

use bytes::Bytes;
use memchr::memchr;

use crate::host::buffer;
use lines::{Line, Lines};

/// Unused capacity, in bytes, that the data of a frame may keep.
const MOST_TO_SPARE: usize = 4 * 1024;

/// Maximum length, in bytes, of an id that later blocks inherit.
const LONGEST_LASTING_ID: usize = 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A block with data.
    Event(EventFrame),
    /// A comment line, which shows that the peer is alive.
    Comment,
    /// The delay before a reconnection that the server asks for.
    Retry(Duration),
    /// A block without data that set the last event id (empty: it was reset).
    Cursor(String),
    /// A block that was discarded because it exceeded the limit.
    Oversized {
        /// Bytes of the block's lines, without line ends and comments.
        bytes: usize,
        /// The block's event name, if one was given.
        event: Option<String>,
        /// The block's own id, if it had one (empty: it was reset).
        id: Option<String>,
    },
}

/// A block with data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventFrame {
    /// The last event id after this block; empty when there is none.
    pub(crate) id: String,
    /// Whether this block set the id; otherwise it is inherited from an earlier one.
    pub(crate) id_set: bool,
    /// The event name, `message` when none was given.
    pub(crate) event: String,
    /// The data lines joined with LF. Always UTF-8: invalid bytes are replaced with U+FFFD.
    pub(crate) data: Bytes,
    /// The value of the `request-id` field (ours; plain EventSource clients ignore it).
    pub(crate) request_id: Option<String>,
}

/// Decodes chunks of an event stream into frames.
///
/// Call [`Self::next`] until it returns `None` before pushing the next chunk. Then the decoder holds at most `limit`
/// bytes and one chunk.
pub(crate) struct Decoder {
    limit: usize,
    lines: Lines,
    block: Block,
    /// The number of completed blocks.
    ended: u64,
    last_id: String,
}

impl Decoder {
    /// A decoder at the start of a stream. `limit` bounds the bytes of one event.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, lines: Lines::default(), block: Block::default(), ended: 0, last_id: String::new() }
    }

    /// Adds bytes from the connection.
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        self.lines.push(chunk);
    }

    /// The next frame, or `None` when more input is needed.
    pub(crate) fn next(&mut self) -> Option<Frame> {
        loop {
            let frame = match self.lines.next(self.line_limit())? {
                Line::Whole([]) => {
                    self.ended = self.ended.wrapping_add(1);
                    self.block.dispatch(&mut self.last_id, self.limit)
                }
                Line::Whole(line) => self.block.line(line),
                Line::Large(line) => self.block.large_line(line),
                Line::TooLong { comment: true, .. } => Some(Frame::Comment),
                Line::TooLong { bytes, comment: false } => {
                    self.block.overflow(bytes);
                    None
                }
            };
            if frame.is_some() {
                return frame;
            }
        }
    }

    /// The number of the incomplete block; `None` between blocks.
    pub(crate) fn partial_message(&self) -> Option<u64> {
        (self.block.is_within() || self.lines.is_within()).then_some(self.ended)
    }

    /// The limit for the next line. The field name is added, because the limit is for the data.
    fn line_limit(&self) -> usize {
        match self.limit.saturating_sub(self.block.held()) {
            0 => 0,
            left => left + "data: ".len(),
        }
    }

    /// Ends the stream. An incomplete block is discarded with its id, and reported only if it was too large.
    pub(crate) fn finish(mut self) -> Option<Frame> {
        if let Some(bytes) = self.lines.dropped() {
            self.block.overflow(bytes);
        }
        let Block { oversized, bytes, event, .. } = self.block;
        oversized.then(|| Frame::Oversized { bytes, event: Some(event).filter(|e| !e.is_empty()), id: None })
    }
}

/// The fields of the block being read.
#[derive(Default)]
struct Block {
    data: Vec<u8>,
    has_data: bool,
    event: String,
    id: Option<String>,
    request_id: Option<String>,
    bytes: usize,
    oversized: bool,
}

impl Block {
    /// The bytes held for this block.
    fn held(&self) -> usize {
        let text = |field: &Option<String>| field.as_ref().map_or(0, String::len);
        self.data.len() + self.event.len() + text(&self.id) + text(&self.request_id)
    }

    fn is_within(&self) -> bool {
        self.has_data || self.oversized || self.held() > 0
    }

    /// Processes a line that is not empty.
    fn line(&mut self, line: &[u8]) -> Option<Frame> {
        let (name, value) = match memchr(b':', line) {
            Some(0) => return Some(Frame::Comment),
            Some(colon) => {
                let (name, rest) = line.split_at(colon);
                let value = rest.strip_prefix(b":").unwrap_or(rest);
                (name, value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &[][..]),
        };
        self.bytes += line.len();
        match name {
            b"data" => self.add_data(value),
            b"event" => self.event = text(value),
            // As in the standard, an id with a NUL is ignored.
            b"id" if !value.contains(&0) => self.id = Some(text(value)),
            b"request-id" => self.request_id = Some(text(value)),
            b"retry" => return milliseconds(value).map(Frame::Retry),
            _ => {}
        }
        None
    }

    /// The same for a large line, which is not copied if it is the only data.
    fn large_line(&mut self, mut line: Vec<u8>) -> Option<Frame> {
        let name = [&b"data: "[..], b"data:"].into_iter().find(|name| line.starts_with(name));
        let (Some(name), false, false) = (name, self.has_data, self.oversized) else {
            return self.line(&line);
        };
        self.bytes += line.len();
        self.has_data = true;
        line.drain(..name.len());
        self.data = line;
        None
    }

    fn add_data(&mut self, value: &[u8]) {
        if self.oversized {
            return;
        }
        if self.has_data {
            self.data.push(b'\n');
        } else {
            self.has_data = true;
            self.data.reserve_exact(value.len());
        }
        buffer::append(&mut self.data, value);
    }

    /// Discards the block's data and continues to read its other fields.
    fn overflow(&mut self, line_bytes: usize) {
        self.bytes += line_bytes;
        self.oversized = true;
        self.data = Vec::new();
    }

    /// An empty line: the block is complete.
    fn dispatch(&mut self, last_id: &mut String, limit: usize) -> Option<Frame> {
        let Self { data, has_data, event, id, request_id, bytes, oversized } = mem::take(self);
        // An id that is too long to be sent is not inherited, because every later frame would contain a copy.
        if let Some(id) = id.as_ref().filter(|id| id.len() <= LONGEST_LASTING_ID) {
            last_id.clone_from(id);
        }
        let data = if oversized { None } else { utf8(data, limit) };
        let Some(data) = data else {
            return Some(Frame::Oversized { bytes, event: Some(event).filter(|e| !e.is_empty()), id });
        };
        if !has_data {
            return id.map(Frame::Cursor);
        }
        Some(Frame::Event(EventFrame {
            id_set: id.is_some(),
            id: id.unwrap_or_else(|| last_id.clone()),
            event: if event.is_empty() { "message".to_owned() } else { event },
            data,
            request_id,
        }))
    }
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

/// `data` as UTF-8; `None` if the replacement characters make it longer than `limit`.
fn utf8(mut data: Vec<u8>, limit: usize) -> Option<Bytes> {
    if std::str::from_utf8(&data).is_ok() {
        // Otherwise queued events would hold up to twice their size.
        if data.capacity() - data.len() > MOST_TO_SPARE {
            buffer::trim(&mut data);
        }
        return Some(Bytes::from(data));
    }
    let mut out = String::with_capacity(data.len());
    for chunk in data.utf8_chunks() {
        out.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            out.push(char::REPLACEMENT_CHARACTER);
        }
        if out.len() > limit {
            return None;
        }
    }
    Some(Bytes::from(out))
}

/// Parses ASCII digits. Saturates at the largest number.
fn milliseconds(value: &[u8]) -> Option<Duration> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |sum: u64, digit: &u8| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    Some(Duration::from_millis(value.iter().fold(0, add)))
}
