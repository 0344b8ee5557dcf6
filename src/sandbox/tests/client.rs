//! Starts a sandbox on a free port, and a client for it. The client writes raw requests and reads raw responses, so
//! that tests see the bytes and not the view of an HTTP library.

mod stream;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) use self::stream::{Stream, field};
use crate::host::clock::Clock;
use crate::sandbox::server::teams::Teams;
use crate::sandbox::server::{BindAddress, bind, serve};
use crate::sandbox::settings::Settings;
use crate::sandbox::state::State;
use crate::sandbox::tools::storage::StorageLocation;
use crate::sandbox_info::{SECRET_TEST_KEY, TEAM_ID};

/// 2025-12-10T14:30:00Z, the time in the documented samples.
pub(crate) const SAMPLE_TIME: i64 = 1_765_377_000_000;

/// A test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// Settings with a fixed time.
pub(crate) fn settings() -> Settings {
    Settings { clock: Clock::fixed(SAMPLE_TIME), ..Settings::default() }
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(settings()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let bound = bind(BindAddress::Loopback(0)).await.unwrap();
        let port = bound.port();
        let state = Arc::new(State::new(settings, port));
        let teams = Teams::of(state.clone(), StorageLocation::Memory);
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(serve(bound, teams, None, async {
            let _ = stopped.await;
        }));
        Self { port, state, stop: Some(stop), task }
    }

    /// Stops the server and waits until it has stopped.
    pub(crate) async fn stop(mut self) {
        let _ = self.stop.take().unwrap().send(());
        with_timeout(self.task).await.unwrap();
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).await.unwrap()
    }

    /// Sends these bytes and reads until the server closes the connection.
    pub(crate) async fn raw(&self, bytes: &str) -> Answer {
        let mut stream = self.connect().await;
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        with_timeout(stream.read_to_end(&mut answer)).await.unwrap();
        Answer::parse(&answer)
    }

    /// Sends a request with a valid Host, these header lines and this body.
    pub(crate) async fn send(&self, line: &str, headers: &[&str], body: &str) -> Answer {
        let mut head = format!("{line} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n", self.port);
        for header in headers {
            head += &format!("{header}\r\n");
        }
        if !body.is_empty() {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        self.raw(&format!("{head}\r\n{body}")).await
    }

    pub(crate) async fn get(&self, path: &str, key: &str) -> Answer {
        self.send(&format!("GET {path}"), &[&bearer(key)], "").await
    }

    pub(crate) async fn trigger(&self, key: &str, body: &str) -> Answer {
        self.trigger_with(key, &[], body).await
    }

    pub(crate) async fn trigger_with(&self, key: &str, headers: &[&str], body: &str) -> Answer {
        let auth = bearer(key);
        let headers = [&[auth.as_str(), "Content-Type: application/json"], headers].concat();
        self.send(&format!("POST {}", team("webhooks/trigger-test")), &headers, body).await
    }

    /// Opens an event stream of test events.
    pub(crate) async fn listen(&self, query: &str, headers: &[&str]) -> Stream {
        Stream::open(self.connect().await, self.port, SECRET_TEST_KEY, query, headers).await
    }

    /// Opens an event stream and reads its session frame.
    pub(crate) async fn open_session(&self) -> Stream {
        let mut stream = self.listen("", &[]).await;
        stream.session().await;
        stream
    }

    /// Opens an event stream with a small receive buffer, for a slow reader.
    pub(crate) async fn listen_with_small_buffer(&self) -> Stream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = socket.connect(([127, 0, 0, 1], self.port).into()).await.unwrap();
        Stream::open(stream, self.port, SECRET_TEST_KEY, "", &[]).await
    }
}

pub(crate) fn team(rest: &str) -> String {
    format!("/api/v1/teams/{TEAM_ID}/{rest}")
}

pub(crate) fn bearer(key: &str) -> String {
    format!("Authorization: Bearer {key}")
}

pub(crate) async fn with_timeout<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("this took far too long")
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let is_chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        let body = if is_chunked { unchunked(body) } else { body.to_owned() };
        Self { status, head: head.to_owned(), body }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The body with the request id of the sample. Checks that the header has the same request id.
    pub(crate) fn golden(&self) -> String {
        let id = self.header("x-cstar-request-id").expect("every response carries a request id");
        assert!(id.starts_with("req_") && id.len() == 16, "{id}");
        assert!(self.body.contains(id), "header and body name the same request: {self:?}");
        self.body.replace(id, "req_abc123")
    }
}

/// Joins the chunks of a whole body.
fn unchunked(mut rest: &str) -> String {
    let mut body = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            break;
        }
        body.push_str(&after[..size]);
        rest = after[size..].strip_prefix("\r\n").unwrap();
    }
    body
}
