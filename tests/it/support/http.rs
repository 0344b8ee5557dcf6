//! One HTTP request, written and read as text: what `curl` would see.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::{TEST_KEY, TIMEOUT};

/// The sandbox's team.
pub(crate) const TEAM: &str = "550e8400-e29b-41d4-a716-446655440000";

#[derive(Debug)]
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl HttpResponse {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }
}

/// Sends `line`, such as `GET /path`, to `port` of this machine.
pub(crate) fn send(port: u16, line: &str, headers: &[&str], body: &str) -> HttpResponse {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    let mut head = format!("{line} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n");
    for header in headers {
        head += &format!("{header}\r\n");
    }
    if !body.is_empty() {
        head += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    }
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    HttpResponse { status, head: head.to_owned(), body: body.to_owned() }
}

/// The header that carries `key`.
pub(crate) fn bearer(key: &str) -> String {
    format!("authorization: Bearer {key}")
}

/// Sends a request below the team with the test key.
pub(crate) fn api(port: u16, method: &str, path: &str, body: &str) -> HttpResponse {
    send(port, &format!("{method} /api/v1/teams/{TEAM}{path}"), &[&bearer(TEST_KEY)], body)
}
