//! A server on raw TCP: it answers `whoami` correctly and plays a script for every other request.
//!
//! Every request has a connection of its own, which closes at the end of its script.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Home;
use super::listen::Listen;

/// The head of an event stream that ends with the connection.
pub(crate) const STREAM: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/// The head of an event stream in chunks, whose end differs from a cut.
pub(crate) const CHUNKED: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/// The documented `whoami` sample.
pub(crate) const WHOAMI: &str = r#"{ "success": true, "data": { "teamId": "your-team-uuid", "teamName": "Acme Corp", "teamSlug": "acme", "keyType": "secret", "environment": "live" } }"#;

/// A step of a script.
pub(crate) enum Step {
    /// Write these bytes.
    Send(Vec<u8>),
    /// Write each byte as a chunk of its own (after [`CHUNKED`]).
    Bytewise(Vec<u8>),
    /// Write this until this many bytes have been written.
    Flood(Vec<u8>, usize),
    /// Write this a number of times, at this interval.
    Repeat(&'static str, u32, Duration),
    /// Send nothing until the client is gone.
    Hold,
}

pub(crate) fn send(text: impl Into<Vec<u8>>) -> Step {
    Step::Send(text.into())
}

/// A JSON response with additional header lines.
pub(crate) fn json_response(status: u16, headers: &[&str], body: &str) -> Vec<Step> {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    vec![send(format!(
        "HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    ))]
}

/// A session frame.
pub(crate) fn session(members: &Value) -> String {
    format!("event: session\ndata: {members}\n\n")
}

/// An event frame.
pub(crate) fn event(id: &str, kind: &str, body: &str) -> String {
    format!("id: {id}\nevent: {kind}\ndata: {body}\n\n")
}

/// A small event body about a ticket.
pub(crate) fn ticket(id: &str, ticket: &str) -> String {
    format!(
        r#"{{"id":"{id}","type":"ticket.created","created_at":"2026-03-06T14:30:00Z","team_id":"t","data":{{"ticket":{{"id":"{ticket}"}}}}}}"#
    )
}

/// An event frame with [`ticket`].
pub(crate) fn ticket_event(id: &str) -> String {
    event(id, "ticket.created", &ticket(id, "tkt_1"))
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct RecordedRequest {
    pub(crate) at: Instant,
    /// Request line and header lines.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl RecordedRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }
}

type Script = dyn Fn(usize, &RecordedRequest) -> Vec<Step> + Send + Sync;

/// A running server. It stops when this is dropped.
pub(crate) struct ScriptedServer {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<RecordedRequest>>>,
    is_stopped: Arc<AtomicBool>,
}

impl ScriptedServer {
    /// Answers `whoami`, and plays `script(n, request)` for every other request, n from 0.
    pub(crate) fn start(
        script: impl Fn(usize, &RecordedRequest) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        Self::serve(move |number, request| script(number, request), true)
    }

    /// Plays the script for `whoami` as well.
    pub(crate) fn without_whoami(
        script: impl Fn(usize, &RecordedRequest) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        Self::serve(script, false)
    }

    fn serve(
        script: impl Fn(usize, &RecordedRequest) -> Vec<Step> + Send + Sync + 'static,
        whoami: bool,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (requests, is_stopped) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let server = Self { port, requests: Arc::clone(&requests), is_stopped: Arc::clone(&is_stopped) };
        let script: Arc<Script> = Arc::new(script);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if is_stopped.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(stream), script, requests) = (stream, Arc::clone(&script), Arc::clone(&requests))
                else {
                    continue;
                };
                std::thread::spawn(move || connection(stream, &script, &requests, whoami));
            }
        });
        server
    }

    /// Every request so far, without the `whoami` requests that the server answered itself.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// `cstar` with this server and an obviously fake key in its environment.
    pub(crate) fn cstar(&self, home: &Home) -> std::process::Command {
        let mut command = home.cstar();
        command.env("CSTAR_BASE_URL", self.base_url()).env("CSTAR_API_KEY", FAKE_KEY);
        command
    }

    /// `cstar listen --json` against this server, not yet connected.
    pub(crate) fn listen(&self, home: &Home, args: &[&str]) -> Listen {
        Listen::start_unconnected(self.cstar(home), args)
    }
}

/// A key that no server has.
pub(crate) const FAKE_KEY: &str = "sk_test_hostile00000000000000000000000000";

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Relaxed);
        // Wakes the accepting thread.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn connection(
    mut stream: TcpStream,
    script: &Arc<Script>,
    requests: &Mutex<Vec<RecordedRequest>>,
    whoami: bool,
) {
    let _ = stream.set_nodelay(true);
    let Some(request) = read_request(&mut stream) else { return };
    let steps = if whoami && request.target() == "/api/v1/auth/whoami" {
        json_response(200, &[], WHOAMI)
    } else {
        let number = {
            let mut requests = requests.lock().unwrap();
            requests.push(request.clone());
            requests.len() - 1
        };
        script(number, &request)
    };
    for step in steps {
        // A client that disconnects ends the script.
        if play(&mut stream, step).is_err() {
            return;
        }
    }
}

fn play(stream: &mut TcpStream, step: Step) -> std::io::Result<()> {
    match step {
        Step::Send(bytes) => stream.write_all(&bytes),
        Step::Bytewise(bytes) => {
            bytes.iter().try_for_each(|byte| stream.write_all(&[b'1', b'\r', b'\n', *byte, b'\r', b'\n']))
        }
        Step::Flood(bytes, total) => {
            (0..total.div_ceil(bytes.len())).try_for_each(|_| stream.write_all(&bytes))
        }
        Step::Repeat(text, times, pause) => (0..times).try_for_each(|_| {
            std::thread::sleep(pause);
            stream.write_all(text.as_bytes())
        }),
        Step::Hold => {
            while stream.read(&mut [0; 64])? > 0 {}
            Ok(())
        }
    }
}

fn read_request(stream: &mut TcpStream) -> Option<RecordedRequest> {
    let at = Instant::now();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let mut request =
        RecordedRequest { at, head: String::from_utf8_lossy(&head).into_owned(), body: Vec::new() };
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    request.body = vec![0; length];
    stream.read_exact(&mut request.body).ok()?;
    Some(request)
}
