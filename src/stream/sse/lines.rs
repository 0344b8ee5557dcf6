//! Splits an event stream into lines, which end in CRLF, LF or CR, also across chunks.

use std::mem;

use memchr::memchr2;

use crate::host::buffer;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// An empty buffer larger than this is freed instead of being kept for the next chunk.
const KEPT_CAPACITY: usize = buffer::LARGE;

/// A line without its line end.
pub(super) enum Line<'a> {
    /// A line within the limit.
    Whole(&'a [u8]),
    /// A large line within the limit, in its own buffer.
    Large(Vec<u8>),
    /// A line whose text was discarded because it exceeded the limit.
    TooLong { bytes: usize, comment: bool },
}

/// The input that has not been returned as lines yet.
#[derive(Default)]
pub(super) struct Lines {
    buffer: Vec<u8>,
    /// Where the current line begins.
    start: usize,
    /// Up to here the current line has no line end.
    scanned: usize,
    /// The byte order mark has been checked.
    begun: bool,
    /// The last line ended in CR, so that a following LF belongs to it.
    after_cr: bool,
    /// Discarded bytes of the current line.
    dropped: usize,
    /// Whether the line that is being discarded is a comment.
    dropped_comment: bool,
}

impl Lines {
    pub(super) fn push(&mut self, chunk: &[u8]) {
        if self.start >= self.buffer.len() {
            self.forget();
        } else if self.start > 0 {
            self.buffer.drain(..self.start);
            self.scanned -= self.start;
            self.start = 0;
        }
        buffer::append(&mut self.buffer, chunk);
    }

    /// The next complete line, or `None` when more input is needed. Discards a line longer than `limit`, even if it is
    /// incomplete.
    pub(super) fn next(&mut self, limit: usize) -> Option<Line<'_>> {
        self.skip_byte_order_mark()?;
        self.skip_line_feed()?;
        let Some(offset) = memchr2(b'\r', b'\n', self.buffer.get(self.scanned..)?) else {
            self.scanned = self.buffer.len();
            if self.dropped > 0 || self.scanned - self.start > limit {
                self.drop_partial_line();
            }
            return None;
        };
        let end = self.scanned + offset;
        let start = mem::replace(&mut self.start, end + 1);
        self.scanned = end + 1;
        self.after_cr = self.buffer.get(end) == Some(&b'\r');
        if self.dropped == 0 && end - start > KEPT_CAPACITY && end - start <= limit {
            return Some(Line::Large(self.take(start, end)));
        }
        let line = self.buffer.get(start..end)?;
        if self.dropped > 0 {
            let bytes = mem::take(&mut self.dropped) + line.len();
            return Some(Line::TooLong { bytes, comment: self.dropped_comment });
        }
        if line.len() > limit {
            return Some(Line::TooLong { bytes: line.len(), comment: line.first() == Some(&b':') });
        }
        Some(Line::Whole(line))
    }

    /// Discarded bytes of an incomplete line that is not a comment.
    pub(super) fn dropped(&self) -> Option<usize> {
        (self.dropped > 0 && !self.dropped_comment).then_some(self.dropped)
    }

    /// Whether there is an incomplete line that is not a comment.
    pub(super) fn is_within(&self) -> bool {
        match self.dropped {
            0 => self.buffer.get(self.start).is_some_and(|first| *first != b':' && *first != b'\n'),
            _ => !self.dropped_comment,
        }
    }

    /// `None` while the first bytes may still be a mark.
    fn skip_byte_order_mark(&mut self) -> Option<()> {
        if !self.begun {
            if self.buffer.starts_with(BYTE_ORDER_MARK) {
                self.start = BYTE_ORDER_MARK.len();
                self.scanned = self.start;
            } else if BYTE_ORDER_MARK.starts_with(&self.buffer) {
                return None;
            }
            self.begun = true;
        }
        Some(())
    }

    /// `None` until it is known whether an LF follows the CR.
    fn skip_line_feed(&mut self) -> Option<()> {
        if self.after_cr {
            if *self.buffer.get(self.start)? == b'\n' {
                self.start += 1;
                self.scanned = self.start;
            }
            self.after_cr = false;
        }
        Some(())
    }

    /// Takes a line out of the buffer and copies the rest, which is smaller.
    fn take(&mut self, start: usize, end: usize) -> Vec<u8> {
        let rest = self.buffer.get(self.start..).unwrap_or_default().to_vec();
        let mut line = mem::replace(&mut self.buffer, rest);
        (self.start, self.scanned) = (0, 0);
        line.truncate(end);
        line.drain(..start);
        line
    }

    fn drop_partial_line(&mut self) {
        if self.dropped == 0 {
            self.dropped_comment = self.buffer.get(self.start) == Some(&b':');
        }
        self.dropped += self.buffer.len() - self.start;
        self.forget();
    }

    fn forget(&mut self) {
        self.start = 0;
        self.scanned = 0;
        if self.buffer.capacity() > KEPT_CAPACITY {
            self.buffer = Vec::new();
        } else {
            self.buffer.clear();
        }
    }

    /// Bytes of memory held.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.buffer.capacity()
    }
}
