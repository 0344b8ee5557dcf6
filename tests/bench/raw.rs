//! Both ends of `listen` as plain sockets: an event stream, a receiver, and the bare client that is
//! the limit. Each is one thread that waits with epoll, so that none of them is what is measured.

pub(crate) mod client;
pub(crate) mod events;
pub(crate) mod listen;
pub(crate) mod receiver;
pub(crate) mod reference;
pub(crate) mod stream;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

/// Requests or responses as they arrive on one connection.
pub(crate) struct Incoming {
    pub(crate) stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

/// One complete message.
pub(crate) struct Message<'a> {
    pub(crate) head: &'a [u8],
    pub(crate) body: &'a [u8],
}

impl Incoming {
    pub(crate) fn new(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: vec![0; 8 * 1024], filled: 0 }
    }

    /// Reads once. `None` when the other side has closed, otherwise the complete messages.
    pub(crate) fn read(&mut self, mut each: impl FnMut(Message<'_>)) -> Option<usize> {
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.filled * 2, 0);
        }
        match self.stream.read(&mut self.buffer[self.filled..]) {
            Ok(0) => return None,
            Ok(read) => self.filled += read,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(_) => return None,
        }
        let (mut start, mut count) = (0, 0);
        while let Some((head, end)) = complete(&self.buffer[start..self.filled]) {
            each(Message {
                head: &self.buffer[start..start + head],
                body: &self.buffer[start + head..start + end],
            });
            start += end;
            count += 1;
        }
        self.buffer.copy_within(start..self.filled, 0);
        self.filled -= start;
        Some(count)
    }
}

/// Writes all of `bytes` to a socket that does not block. It is full only with large bodies.
pub(crate) fn write_all(stream: &mut TcpStream, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Where head and message end, if it is complete.
fn complete(bytes: &[u8]) -> Option<(usize, usize)> {
    let head = memchr::memmem::find(bytes, b"\r\n\r\n")? + 4;
    let end = head + content_length(&bytes[..head]);
    (end <= bytes.len()).then_some((head, end))
}

fn content_length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"content-length: ";
    let lines = memchr::memchr_iter(b'\n', head).map(|at| &head[at + 1..]);
    let mut values = lines
        .filter(|line| line.len() > NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME))
        .map(|line| number(&line[NAME.len()..]));
    values.next().unwrap_or(0)
}

/// The digits that `bytes` begin with.
pub(crate) fn number(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |sum, byte| sum * 10 + usize::from(byte - b'0'))
}
