//! A webhook receiver that records requests and answers as the test defines.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver as Inbox, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::sync::oneshot;

use super::TIMEOUT;
use super::ports::stop_listening;

#[derive(Clone, Debug)]
pub(crate) struct ReceivedRequest {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl ReceivedRequest {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}: {self:?}")).to_str().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    pub(crate) after: Duration,
}

impl Response {
    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new(), after: Duration::ZERO }
    }

    pub(crate) fn body(mut self, body: String) -> Self {
        self.body = body;
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Delays the response.
    pub(crate) fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }
}

type Script = dyn Fn(&ReceivedRequest) -> Response + Send + Sync;

struct Shared {
    script: Box<Script>,
    inbox: Mutex<Sender<ReceivedRequest>>,
}

/// A running receiver. It stops when this is dropped.
pub(crate) struct Receiver {
    pub(crate) port: u16,
    inbox: Inbox<ReceivedRequest>,
    listener: TcpListener,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Receiver {
    /// Answers 200 to everything.
    pub(crate) fn start() -> Self {
        Self::start_with(|_| Response::status(200))
    }

    /// Answers with the result of `script`.
    pub(crate) fn start_with(script: impl Fn(&ReceivedRequest) -> Response + Send + Sync + 'static) -> Self {
        Self::start_at(0, script)
    }

    /// Answers with the result of `script`, on `port` of 127.0.0.1.
    pub(crate) fn start_at(
        port: u16,
        script: impl Fn(&ReceivedRequest) -> Response + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, inbox) = channel();
        let shared = Arc::new(Shared { script: Box::new(script), inbox: Mutex::new(sender) });
        let (stop, stopped) = oneshot::channel();
        let served = listener.try_clone().unwrap();
        let thread = std::thread::spawn(move || serve(served, shared, stopped));
        Self { port, inbox, listener, stop: Some(stop), thread: Some(thread) }
    }

    /// The address to forward to.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/webhook", self.port)
    }

    /// The next request.
    pub(crate) fn next(&self) -> ReceivedRequest {
        self.inbox.recv_timeout(TIMEOUT).expect("a request")
    }

    /// The next `count` requests.
    pub(crate) fn take(&self, count: usize) -> Vec<ReceivedRequest> {
        (0..count).map(|_| self.next()).collect()
    }

    /// Stops it; returns the requests that were not taken.
    pub(crate) fn stop(mut self) -> Vec<ReceivedRequest> {
        self.shut_down();
        self.drain()
    }

    /// The requests that arrived and were not taken.
    pub(crate) fn drain(&self) -> Vec<ReceivedRequest> {
        self.inbox.try_iter().collect()
    }
}

impl Receiver {
    fn shut_down(&mut self) {
        stop_listening(&self.listener);
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shut_down();
    }
}

fn serve(listener: TcpListener, shared: Arc<Shared>, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let app = Router::new().fallback(receive).layer(DefaultBodyLimit::disable()).with_state(shared);
        tokio::select! {
            served = async { axum::serve(listener, app).await } => served.unwrap(),
            _ = stopped => {}
        }
    });
    // Open connections are cut, as when a developer's server is stopped.
    runtime.shutdown_background();
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap, String) {
    let request = ReceivedRequest { headers, body };
    let reply = (shared.script)(&request);
    let _ = shared.inbox.lock().unwrap().send(request);
    if !reply.after.is_zero() {
        tokio::time::sleep(reply.after).await;
    }
    let headers = reply.headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    (StatusCode::from_u16(reply.status).unwrap(), headers.collect(), reply.body)
}
