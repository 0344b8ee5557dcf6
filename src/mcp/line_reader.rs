//! Reads lines of bounded length from a stream.

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// What the stream held next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line without its end. The last one may lack an end.
    Whole(Vec<u8>),
    /// A line longer than the limit; its content was dropped.
    TooLong,
    /// The stream has ended or failed.
    End,
}

/// Reads lines of at most `limit` bytes.
#[derive(Debug)]
pub(super) struct LineReader<R> {
    input: BufReader<R>,
    line: Vec<u8>,
    limit: usize,
    /// In a line that is too long.
    skipping: bool,
}

impl<R: AsyncRead + Unpin> LineReader<R> {
    pub(super) fn new(input: R, limit: usize) -> Self {
        Self { input: BufReader::new(input), line: Vec::new(), limit, skipping: false }
    }

    /// The next line. Cancel safe: what was read is kept for the next call.
    pub(super) async fn next(&mut self) -> Line {
        loop {
            let available = match self.input.fill_buf().await {
                Ok(available) => available,
                Err(error) => {
                    tracing::debug!("reading from the client failed: {error}");
                    return Line::End;
                }
            };
            if available.is_empty() {
                return self.rest();
            }
            let end = memchr::memchr(b'\n', available);
            let piece = available.get(..end.unwrap_or(available.len())).unwrap_or(available);
            if self.skipping || self.line.len() + piece.len() > self.limit {
                self.skipping = true;
                // Not `clear`: the memory must be freed too.
                self.line = Vec::new();
            } else {
                self.line.extend_from_slice(piece);
            }
            let consumed = piece.len() + usize::from(end.is_some());
            self.input.consume(consumed);
            if end.is_some() {
                if std::mem::take(&mut self.skipping) {
                    return Line::TooLong;
                }
                return Line::Whole(std::mem::take(&mut self.line));
            }
        }
    }

    fn rest(&mut self) -> Line {
        if std::mem::take(&mut self.skipping) {
            Line::TooLong
        } else if self.line.is_empty() {
            Line::End
        } else {
            Line::Whole(std::mem::take(&mut self.line))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_whole_or_too_long() {
        let mut lines = LineReader::new(&b"ab\n\n0123456789\nlast\n01234\n012345"[..], 5);
        let whole = |text: &str| Line::Whole(text.as_bytes().to_vec());
        for expected in [whole("ab"), whole(""), Line::TooLong, whole("last"), whole("01234"), Line::TooLong]
        {
            assert_eq!(lines.next().await, expected);
        }
        assert_eq!(lines.next().await, Line::End);
        let mut open = LineReader::new(&b"no end"[..], 10);
        assert_eq!((open.next().await, open.next().await), (whole("no end"), Line::End));
    }
}
