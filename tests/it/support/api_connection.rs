//! Requests to the API of a sandbox over one connection: a hundred take a moment, without a process for each.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::http::TEAM;
use super::receiver::ReceivedRequest;
use super::{TEST_KEY, TIMEOUT};

/// A connection to a sandbox.
pub(crate) struct ApiConnection {
    stream: BufReader<TcpStream>,
    port: u16,
    key: &'static str,
}

/// A response: status and JSON.
#[derive(Debug)]
pub(crate) struct ApiResponse {
    pub(crate) status: u16,
    pub(crate) replayed: bool,
    pub(crate) json: Value,
}

impl ApiConnection {
    /// With the secret test key.
    pub(crate) fn open(port: u16) -> Self {
        Self::open_with_key(port, TEST_KEY)
    }

    pub(crate) fn open_with_key(port: u16, key: &'static str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        stream.set_write_timeout(Some(TIMEOUT)).unwrap();
        Self { stream: BufReader::new(stream), port, key }
    }

    /// Sends a request such as `GET tickets`, relative to the team.
    pub(crate) fn send(&mut self, line: &str, body: &Value, idempotency_key: Option<&str>) -> ApiResponse {
        self.try_send(line, body, idempotency_key)
            .unwrap_or_else(|| panic!("{line}: the sandbox disconnected"))
    }

    /// The same; `None` if the sandbox disconnects before it answers.
    pub(crate) fn try_send(&mut self, line: &str, body: &Value, key: Option<&str>) -> Option<ApiResponse> {
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

    fn read(&mut self) -> Option<ApiResponse> {
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
            if let Some(status_line) = line.strip_prefix("http/1.1 ") {
                status = status_line[..3].parse().unwrap();
            } else if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            } else if line.starts_with("idempotent-replayed: true") {
                replayed = true;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        Some(ApiResponse { status, replayed, json: serde_json::from_slice(&body).unwrap() })
    }

    /// The `data` of a successful response.
    pub(crate) fn data(&mut self, line: &str, body: &Value) -> Value {
        let reply = self.send(line, body, None);
        assert!((200..300).contains(&reply.status), "{line}: {reply:?}");
        reply.json["data"].clone()
    }

    /// The total of a list.
    pub(crate) fn total(&mut self, path: &str) -> u64 {
        let reply = self.send(&format!("GET {path}"), &Value::Null, None);
        reply.json["pagination"]["total"].as_u64().unwrap_or_else(|| panic!("{path}: {reply:?}"))
    }

    /// Triggers a `ticket.updated` about `ticket` that carries `seq`; returns the event's id.
    pub(crate) fn trigger_ticket(&mut self, ticket: &str, seq: usize) -> String {
        self.trigger("ticket.updated", &json!({ "ticket": { "id": ticket, "seq": seq } }))
    }

    /// Triggers an event whose sample has `data` merged into it; returns the event's id.
    pub(crate) fn trigger(&mut self, kind: &str, data: &Value) -> String {
        let event = self.data("POST webhooks/trigger-test", &json!({ "event": kind, "data": data }));
        event["eventId"].as_str().unwrap_or_else(|| panic!("{event}")).to_owned()
    }
}

/// The ticket and the number that [`ApiConnection::trigger_ticket`] put into an event.
pub(crate) fn ticket_and_seq(request: &ReceivedRequest) -> (String, u64) {
    let body = request.json();
    let ticket = &body["data"]["ticket"];
    (ticket["id"].as_str().unwrap().to_owned(), ticket["seq"].as_u64().unwrap())
}
