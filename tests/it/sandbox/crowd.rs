//! Many clients of the sandbox: hundreds of listeners, a stream of events, idle connections. `cargo bench --bench
//! crowd` measures the memory and time that this takes.

use std::time::{Duration, Instant};

#[cfg(unix)]
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::support::api_connection::ApiConnection;
use crate::support::sandbox::Sandbox;
use crate::support::{Home, TEST_KEY, TIMEOUT};

const LISTEN: &str = "/api/v1/teams/550e8400-e29b-41d4-a716-446655440000/webhooks/listen";

/// An open event stream, read up to its session frame.
struct Listener(BufReader<TcpStream>);

impl Listener {
    async fn open(port: u16) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let head = format!(
            "GET {LISTEN} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {TEST_KEY}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut listener = Self(BufReader::with_capacity(2048, stream));
        while listener.line().await != "event: session" {}
        listener
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        let read = tokio::time::timeout(TIMEOUT, self.0.read_line(&mut line)).await;
        assert_ne!(read.expect("nothing comes").unwrap(), 0, "the stream has ended");
        line.truncate(line.trim_end().len());
        line
    }

    /// The id of the next event.
    async fn event(&mut self) -> String {
        loop {
            if let Some(id) = self.line().await.strip_prefix("id: evt_") {
                return format!("evt_{id}");
            }
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// `count` listeners at the same time, each of which gets exactly the `events` events of `trigger`, in order.
fn run_listeners(count: usize, events: usize, trigger: impl FnOnce(u16) -> Vec<String> + Send + 'static) {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let port = sandbox.port;
    runtime().block_on(async move {
        let mut opening = JoinSet::new();
        for _ in 0..count {
            opening.spawn(Listener::open(port));
        }
        let listeners = opening.join_all().await;
        let triggered = tokio::task::spawn_blocking(move || trigger(port));
        let mut reading = JoinSet::new();
        for mut listener in listeners {
            reading.spawn(async move {
                let mut got = Vec::new();
                for _ in 0..events {
                    got.push(listener.event().await);
                }
                got
            });
        }
        let (triggered, all) = (triggered.await.unwrap(), reading.join_all().await);
        assert_eq!((triggered.len(), all.len()), (events, count));
        assert!(all.iter().all(|got| *got == triggered), "every listener gets every event, in order");
    });
}

#[test]
fn one_event_reaches_hundreds_of_listeners() {
    run_listeners(300, 1, |port| vec![ApiConnection::open(port).trigger_ticket("tkt_1", 1)]);
}

#[test]
fn hundred_listeners_get_every_event_under_load() {
    run_listeners(100, 600, |port| {
        let (mut api, began) = (ApiConnection::open(port), Instant::now());
        let due = |number: usize| Duration::from_millis(5) * u32::try_from(number).unwrap();
        let one = |number: usize| {
            // the pause sets the rate
            std::thread::sleep(due(number).saturating_sub(began.elapsed()));
            api.trigger_ticket("tkt_1", number)
        };
        (0..600).map(one).collect()
    });
}

#[test]
#[cfg(unix)]
fn thousands_of_idle_connections_do_no_harm() {
    let room = open_files();
    let count = usize::try_from(room.saturating_sub(500).min(1_500)).unwrap();
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let connect = |_| std::net::TcpStream::connect(("127.0.0.1", sandbox.port)).unwrap();
    let idle: Vec<std::net::TcpStream> = (0..count).map(connect).collect();
    let began = Instant::now();
    assert!(ApiConnection::open(sandbox.port).send("GET tickets", &Value::Null, None).status == 200);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?} beside {count}", began.elapsed());
    drop(idle);
}

/// Raises the limit of open files of this process and its children to the maximum; returns it.
#[cfg(unix)]
fn open_files() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let expected = limit.maximum.unwrap_or(4_096).min(4_096).max(limit.current.unwrap_or(0));
    let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(expected), maximum: limit.maximum });
    getrlimit(Resource::Nofile).current.unwrap_or(expected)
}
