//! The least that a forwarder can do: one thread that reads the stream, signs, and posts over 64 connections.
//!
//! It has no order, no retries, no output and no history, and takes the chunks of the stream for its frames.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;

use cstar::signature::Signer;
use jiff::Timestamp;
use memchr::memmem::find;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};

use super::{Incoming, write_all};

const CONNECTIONS: usize = 64;
const STREAM: u64 = u64::MAX;
/// Beyond that the stream waits until connections are free.
const BUFFER: usize = 64 * 1024;

/// Forwards events of the server at `base` to `port`, until `count` are delivered.
pub(crate) fn forward(base: &str, port: u16, count: Option<usize>) {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://")).unwrap();
    stream
        .write_all(b"GET /stream HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
        .unwrap();
    let mut reader = Reader { stream, buffer: vec![0; BUFFER], start: 0, filled: 0 };
    let signer = Signer::new(&reader.secret());
    let poll = epoll::create(CreateFlags::CLOEXEC).unwrap();
    reader.stream.set_nonblocking(true).unwrap();
    epoll::add(&poll, &reader.stream, EventData::new_u64(STREAM), EventFlags::IN).unwrap();
    let mut open: Vec<Incoming> = (0..CONNECTIONS as u64).map(|id| connect(&poll, port, id)).collect();
    let mut idle: Vec<usize> = (0..CONNECTIONS).collect();
    let (mut ready, mut request) = (Vec::with_capacity(CONNECTIONS + 1), Vec::new());
    let (mut done, mut waits) = (0, false);
    while count.is_none_or(|count| done < count) {
        // The first of them came with the session.
        while let Some(id) = idle.last().copied()
            && let Some(frame) = reader.next()
        {
            render(&mut request, frame, &signer, port);
            write_all(&mut open[id].stream, &request);
            idle.pop();
        }
        // Without a free connection, what is read would only wait.
        if idle.is_empty() != waits {
            waits = idle.is_empty();
            let flags = if waits { EventFlags::empty() } else { EventFlags::IN };
            epoll::modify(&poll, &reader.stream, EventData::new_u64(STREAM), flags).unwrap();
        }
        ready.clear();
        epoll::wait(&poll, rustix::buffer::spare_capacity(&mut ready), None).unwrap();
        for event in &ready {
            let id = event.data.u64();
            if id == STREAM {
                if !reader.read() {
                    return;
                }
                continue;
            }
            let answered = open[id as usize].read(|_| {}).unwrap();
            done += answered;
            if answered > 0 {
                idle.push(id as usize);
            }
        }
    }
}

fn connect(poll: &OwnedFd, port: u16, id: u64) -> Incoming {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_nonblocking(true).unwrap();
    epoll::add(poll, &stream, EventData::new_u64(id), EventFlags::IN).unwrap();
    Incoming::new(stream)
}

/// The headers of a delivery of `listen`, and as many bytes.
fn render(request: &mut Vec<u8>, frame: &[u8], signer: &Signer, port: u16) {
    let (body, now) = (field(frame, b"data: "), Timestamp::now());
    let signature = signer.header(body, now.as_second());
    let [id, event_type, request_id] = [b"id: ".as_slice(), b"event: ", b"request-id: "]
        .map(|name| String::from_utf8_lossy(field(frame, name)));
    let length = body.len();
    request.clear();
    write!(
        request,
        "POST /webhook HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n\
         user-agent: cStar-Webhooks/1.0\r\nx-signature: {signature}\r\ncstar-signature: {signature}\r\n\
         x-event-type: {event_type}\r\nx-event-id: {id}\r\nx-webhook-id: whk_1\r\nx-timestamp: {now:.3}\r\n\
         x-delivery-attempt: 1\r\nx-cstar-request-id: {request_id}\r\ncontent-length: {length}\r\n\r\n"
    )
    .unwrap();
    request.extend_from_slice(body);
}

/// The value of the first line that begins with `name`.
fn field<'a>(frame: &'a [u8], name: &[u8]) -> &'a [u8] {
    let lines = frame.split(|byte| *byte == b'\n');
    lines.filter_map(|line| line.strip_prefix(name)).next().unwrap_or_default()
}

struct Reader {
    stream: TcpStream,
    buffer: Vec<u8>,
    start: usize,
    filled: usize,
}

impl Reader {
    /// Waits for the first frame, which has the signing secret.
    fn secret(&mut self) -> String {
        loop {
            assert!(self.read(), "the stream ended");
            let Some(head) = find(&self.buffer[..self.filled], b"\r\n\r\n") else { continue };
            self.start = head + 4;
            let Some(frame) = self.next() else { continue };
            let session: serde_json::Value = serde_json::from_slice(field(frame, b"data: ")).unwrap();
            return session["secret"].as_str().unwrap().to_owned();
        }
    }

    /// Reads once; `false` at the end of the stream.
    fn read(&mut self) -> bool {
        self.buffer.copy_within(self.start..self.filled, 0);
        self.filled -= self.start;
        self.start = 0;
        if self.filled == self.buffer.len() {
            return true;
        }
        match self.stream.read(&mut self.buffer[self.filled..]) {
            Ok(0) => return false,
            Ok(read) => self.filled += read,
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
        true
    }

    /// The next frame, if it is complete.
    fn next(&mut self) -> Option<&[u8]> {
        let rest = &self.buffer[self.start..self.filled];
        let line = find(rest, b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        let frame = line + 2..line + 2 + length;
        if rest.len() < frame.end + 2 {
            return None;
        }
        let at = self.start;
        self.start += frame.end + 2;
        Some(&self.buffer[at + frame.start..at + frame.end])
    }
}
