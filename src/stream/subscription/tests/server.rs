//! A hostile server: plain TCP that plays a script for each connection.
//!
//! Scripts are written as event streams. A client that requests a WebSocket gets the same script as messages.

pub(super) mod messages;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A step of a script. After the last step the connection is closed cleanly.
pub(super) enum Act {
    /// Write these bytes.
    Send(Vec<u8>),
    /// Write these bytes unchanged on both transports.
    Raw(Vec<u8>),
    /// Write these bytes one at a time.
    Drip(Vec<u8>),
    /// Write these bytes repeatedly at this interval until the client disconnects.
    Repeat(&'static [u8], Duration),
    /// Write nothing for this long.
    Pause(Duration),
    /// Answer this many of the client's pings, and nothing else.
    Pong(usize),
    /// Write nothing until the client disconnects.
    Hold,
    /// Reset the connection.
    Reset,
}

pub(super) fn send(text: impl Into<Vec<u8>>) -> Act {
    Act::Send(text.into())
}

/// A received request.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) head: String,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(super) fn is_socket(&self) -> bool {
        self.header("upgrade") == Some("websocket")
    }

    pub(super) fn last_event_id(&self) -> Option<String> {
        let target = self.head.split(' ').nth(1).unwrap_or_default();
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let in_query = pairs.find(|(name, _)| name == "last_event_id").map(|(_, id)| id.into_owned());
        in_query.or_else(|| self.header("last-event-id").map(str::to_owned))
    }
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    /// Notified whenever a connection ends.
    pub(super) closed: Arc<Notify>,
}

impl Server {
    /// Plays `script(n, request)` for the n-th connection, from 0.
    pub(super) async fn start(script: impl Fn(usize, &Asked) -> Vec<Act> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, closed) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Notify::new()));
        let server = Self { address, asked: Arc::clone(&asked), closed: Arc::clone(&closed) };
        tokio::spawn(async move {
            for number in 0.. {
                let (mut stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let Some(request) = read_head(&mut stream).await else { continue };
                let acts = script(number, &request);
                let acts = if request.is_socket() { messages::translate(acts, &request) } else { acts };
                asked.lock().unwrap().push(request);
                play(stream, acts).await;
                closed.notify_one();
            }
        });
        server
    }

    /// The requests so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn read_head(stream: &mut TcpStream) -> Option<Asked> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(Asked { head: String::from_utf8_lossy(&head).into_owned() })
}

/// Ends without an error when the client disconnects.
async fn play(mut stream: TcpStream, acts: Vec<Act>) {
    for act in acts {
        let done = match act {
            Act::Send(bytes) | Act::Raw(bytes) => stream.write_all(&bytes).await,
            Act::Drip(bytes) => drip(&mut stream, &bytes).await,
            Act::Repeat(text, pause) => repeat(&mut stream, text, pause).await,
            Act::Pause(time) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
            Act::Pong(count) => pong(&mut stream, count).await,
            Act::Hold => hold(&mut stream).await,
            Act::Reset => stream.set_zero_linger(),
        };
        if done.is_err() {
            return;
        }
    }
}

async fn drip(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn repeat(stream: &mut TcpStream, text: &[u8], pause: Duration) -> std::io::Result<()> {
    loop {
        stream.write_all(text).await?;
        tokio::time::sleep(pause).await;
    }
}

async fn hold(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut byte = [0];
    while stream.read(&mut byte).await? > 0 {}
    Ok(())
}

async fn pong(stream: &mut TcpStream, count: usize) -> std::io::Result<()> {
    for _ in 0..count {
        // An empty ping with its mask.
        let mut ping = [0; 6];
        stream.read_exact(&mut ping).await?;
        assert_eq!(ping[..2], [0x89, 0x80], "a masked ping");
        stream.write_all(&[0x8a, 0]).await?;
    }
    Ok(())
}
