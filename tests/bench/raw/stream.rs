//! A server of event streams: answers `whoami`, and hands each listener to the benchmark.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

const WHOAMI: &str = r#"{"success":true,"data":{"teamId":"team_1","teamName":"Bench","environment":"test"}}"#;
const SESSION: &str = r#"{"session_id":"lst_1","webhook_id":"whk_1","secret":"whsec_bench","resumed":true,"heartbeat_seconds":15}"#;
const PATIENCE: Duration = Duration::from_secs(60);

/// A listener that has its session.
pub(crate) struct Listener {
    pub(crate) stream: TcpStream,
    /// When its request was complete.
    pub(crate) at: Instant,
}

/// The server. Its threads end with the process.
pub(crate) struct StreamServer {
    pub(crate) base: String,
    listeners: Receiver<Listener>,
}

impl StreamServer {
    pub(crate) fn start() -> Self {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", server.local_addr().unwrap());
        let (sender, listeners) = channel();
        std::thread::spawn(move || {
            for stream in server.incoming() {
                let (stream, sender) = (stream.unwrap(), sender.clone());
                std::thread::spawn(move || serve(stream, &sender));
            }
        });
        Self { base, listeners }
    }

    /// The next listener that connects.
    pub(crate) fn listener(&self) -> Listener {
        self.listeners.recv_timeout(PATIENCE).unwrap()
    }
}

fn serve(stream: TcpStream, listeners: &Sender<Listener>) {
    stream.set_nodelay(true).unwrap();
    let mut requests = BufReader::new(stream.try_clone().unwrap());
    while let Some(first) = head(&mut requests) {
        let mut stream = stream.try_clone().unwrap();
        if first.contains("/whoami") {
            let length = WHOAMI.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{WHOAMI}"
            );
            let _ = stream.write_all(answer.as_bytes());
        } else {
            let at = Instant::now();
            let frame = format!("event: session\ndata: {SESSION}\n\n");
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{frame}\r\n",
                frame.len()
            );
            let _ = stream.write_all(answer.as_bytes());
            let _ = listeners.send(Listener { stream, at });
            return;
        }
    }
}

/// Reads one head; returns its first line.
fn head(requests: &mut BufReader<TcpStream>) -> Option<String> {
    let mut first = String::new();
    requests.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        requests.read_line(&mut line).ok().filter(|read| *read > 0)?;
    }
    Some(first)
}
