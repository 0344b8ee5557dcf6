//! A minimal HTTP/1.1, so that the measured costs are those of `cstar`, not of another library.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Inbox, Sender, channel};
use std::time::{Duration, Instant};

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection that is kept open.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub(crate) fn open(address: &str) -> Self {
        Self { stream: BufReader::new(connected(TcpStream::connect(address).unwrap())) }
    }

    /// Posts JSON and reads the response, which must be a 200. `headers` are whole lines.
    pub(crate) fn post(&mut self, path: &str, headers: &str, body: &str) {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}",
            self.stream.get_ref().peer_addr().unwrap()
        );
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let (first, _) = read_message(&mut self.stream).unwrap();
        assert!(first.contains(" 200 "), "{first}");
    }
}

/// A request as the receiver saw it.
pub(crate) struct Request {
    /// When it was complete.
    pub(crate) at: Instant,
    pub(crate) body: Vec<u8>,
}

/// A server that takes this long for each request, one thread per connection.
pub(crate) struct Receiver {
    pub(crate) port: u16,
    inbox: Inbox<Request>,
}

impl Receiver {
    pub(crate) fn start(takes: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, inbox) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, sender) = (connected(stream.unwrap()), sender.clone());
                std::thread::spawn(move || serve(BufReader::new(stream), takes, &sender));
            }
        });
        Self { port, inbox }
    }

    /// The next request.
    pub(crate) fn next(&self) -> Request {
        self.inbox.recv_timeout(PATIENCE).expect("a request was lost")
    }
}

fn serve(mut stream: BufReader<TcpStream>, takes: Duration, sender: &Sender<Request>) {
    while let Some((_, body)) = read_message(&mut stream) {
        let request = Request { at: Instant::now(), body };
        if sender.send(request).is_err() {
            return;
        }
        if !takes.is_zero() {
            std::thread::sleep(takes);
        }
        if stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").is_err() {
            return;
        }
    }
}

/// The first line and the body; `None` when the other side has closed.
fn read_message(stream: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut first = String::new();
    stream.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line == "\r\n" {
            break;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((first, body))
}

fn connected(stream: TcpStream) -> TcpStream {
    stream.set_nodelay(true).unwrap();
    stream
}
