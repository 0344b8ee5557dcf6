//! Fires events at a sandbox over one connection: a hundred a moment, which a process each could not.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::receiver::Request;
use super::{PATIENCE, TEST_KEY};

const TEAM: &str = "550e8400-e29b-41d4-a716-446655440000";

/// A connection to a sandbox.
pub(crate) struct Fire {
    stream: BufReader<TcpStream>,
    port: u16,
}

impl Fire {
    pub(crate) fn at(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { stream: BufReader::new(stream), port }
    }

    /// Fires a `ticket.updated` about `ticket` that carries `seq`; gives the event's id.
    pub(crate) fn ticket(&mut self, ticket: &str, seq: usize) -> String {
        self.event("ticket.updated", &json!({ "ticket": { "id": ticket, "seq": seq } }))
    }

    /// Fires any event with this laid over its sample.
    pub(crate) fn event(&mut self, kind: &str, data: &Value) -> String {
        let body = json!({ "event": kind, "data": data }).to_string();
        let (port, length) = (self.port, body.len());
        let request = format!(
            "POST /api/v1/teams/{TEAM}/webhooks/trigger-test HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {TEST_KEY}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let answer: Value = serde_json::from_slice(&self.answer()).unwrap();
        answer["data"]["eventId"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    fn answer(&mut self) -> Vec<u8> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert_ne!(self.stream.read_line(&mut line).unwrap(), 0, "the sandbox hung up");
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        body
    }
}

/// The ticket and the number that [`Fire::ticket`] put into an event.
pub(crate) fn ticket_and_seq(request: &Request) -> (String, u64) {
    let body = request.json();
    let ticket = &body["data"]["ticket"];
    (ticket["id"].as_str().unwrap().to_owned(), ticket["seq"].as_u64().unwrap())
}
