//! The sandbox's API over one connection: any request, any key.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::{PATIENCE, TEST_KEY};

const TEAM: &str = "550e8400-e29b-41d4-a716-446655440000";

/// The sandbox's secret live key.
pub(crate) const LIVE_KEY: &str = "sk_live_sandbox0000000000000000000000000";

/// A connection to a sandbox.
pub(crate) struct Rest {
    stream: BufReader<TcpStream>,
    port: u16,
    key: &'static str,
}

/// An answer: status and JSON.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) replayed: bool,
    pub(crate) json: Value,
}

impl Rest {
    /// With the secret test key.
    pub(crate) fn at(port: u16) -> Self {
        Self::with_key(port, TEST_KEY)
    }

    pub(crate) fn with_key(port: u16, key: &'static str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { stream: BufReader::new(stream), port, key }
    }

    /// Sends `GET tickets` and the like, below the team.
    pub(crate) fn send(&mut self, line: &str, body: &Value, idempotency_key: Option<&str>) -> Reply {
        self.try_send(line, body, idempotency_key).unwrap_or_else(|| panic!("{line}: the sandbox hung up"))
    }

    /// The same; `None` when the sandbox is gone before it has answered.
    pub(crate) fn try_send(&mut self, line: &str, body: &Value, key: Option<&str>) -> Option<Reply> {
        let (method, path) = line.split_once(' ').unwrap();
        let path =
            if path.starts_with('/') { path.to_owned() } else { format!("/api/v1/teams/{TEAM}/{path}") };
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (port, api_key, length) = (self.port, self.key, body.len());
        let key = key.map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {api_key}\r\ncontent-type: application/json\r\n{key}content-length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes()).ok()?;
        self.read()
    }

    fn read(&mut self) -> Option<Reply> {
        let (mut status, mut length, mut replayed) = (0, 0, false);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if line == "\r\n" {
                break;
            }
            let line = line.to_ascii_lowercase();
            if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().unwrap();
            } else if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            } else if line.starts_with("idempotent-replayed: true") {
                replayed = true;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        Some(Reply { status, replayed, json: serde_json::from_slice(&body).unwrap() })
    }

    /// A success, as its `data`.
    pub(crate) fn data(&mut self, line: &str, body: &Value) -> Value {
        let reply = self.send(line, body, None);
        assert!((200..300).contains(&reply.status), "{line}: {reply:?}");
        reply.json["data"].clone()
    }

    /// How many a list has.
    pub(crate) fn total(&mut self, path: &str) -> u64 {
        let reply = self.send(&format!("GET {path}"), &Value::Null, None);
        reply.json["pagination"]["total"].as_u64().unwrap_or_else(|| panic!("{path}: {reply:?}"))
    }
}
