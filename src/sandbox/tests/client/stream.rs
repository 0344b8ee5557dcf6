//! An event stream that a test opens and reads.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Server, bearer, team, with_timeout};
use crate::sandbox_info::SECRET_TEST_KEY;

/// An open event stream, read as raw text. HTTP/1.0 keeps chunk sizes out of it.
pub(crate) struct Stream {
    stream: TcpStream,
    text: String,
}

impl Stream {
    pub(crate) async fn open(stream: TcpStream, port: u16, key: &str, query: &str, headers: &[&str]) -> Self {
        Self::open_at(stream, port, key, &format!("webhooks/listen{query}"), headers).await
    }

    /// Opens the stream of the request log, for test data.
    pub(crate) async fn request_log(server: &Server, query: &str, headers: &[&str]) -> Self {
        let path = format!("logs/stream{query}");
        Self::open_at(server.connect().await, server.port, SECRET_TEST_KEY, &path, headers).await
    }

    /// Opens the stream without a signing secret, for test data.
    pub(crate) async fn realtime(server: &Server, query: &str, headers: &[&str]) -> Self {
        let path = format!("realtime{query}");
        Self::open_at(server.connect().await, server.port, SECRET_TEST_KEY, &path, headers).await
    }

    async fn open_at(stream: TcpStream, port: u16, key: &str, path: &str, headers: &[&str]) -> Self {
        Self::at((stream, port), key, &team(path), headers).await
    }

    /// Opens the stream at a whole path.
    pub(crate) async fn at(
        (mut stream, port): (TcpStream, u16),
        key: &str,
        path: &str,
        headers: &[&str],
    ) -> Self {
        let auth = bearer(key);
        let mut head = format!("GET {path} HTTP/1.0\r\nHost: localhost:{port}\r\n{auth}\r\n");
        for header in headers {
            head += &format!("{header}\r\n");
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
        let mut this = Self { stream, text: String::new() };
        let head = this.frame().await.unwrap();
        assert!(head.starts_with("HTTP/1.0 200 OK") || head.starts_with("HTTP/1.1 200 OK"), "{head}");
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        this
    }

    pub(crate) async fn live(server: &Server) -> Self {
        let stream = server.connect().await;
        Self::open(stream, server.port, crate::sandbox_info::SECRET_LIVE_KEY, "", &[]).await
    }

    /// The next frame without its blank line; `None` at the end of the stream.
    pub(crate) async fn frame(&mut self) -> Option<String> {
        loop {
            let (end, width) = match (self.text.find("\r\n\r\n"), self.text.find("\n\n")) {
                (Some(at), _) => (at, 4),
                (None, Some(at)) => (at, 2),
                (None, None) => {
                    let mut part = vec![0; 64 * 1024];
                    let count = with_timeout(self.stream.read(&mut part)).await.unwrap();
                    if count == 0 {
                        assert!(self.text.is_empty(), "unfinished frame: {:?}", self.text);
                        return None;
                    }
                    self.text.push_str(std::str::from_utf8(&part[..count]).unwrap());
                    continue;
                }
            };
            let frame = self.text[..end].to_owned();
            self.text.drain(..end + width);
            return Some(frame);
        }
    }

    /// The session frame: its id and its data.
    pub(crate) async fn session(&mut self) -> (String, Value) {
        let frame = self.frame().await.unwrap();
        assert_eq!(field(&frame, "event"), Some("session"), "{frame}");
        let data = serde_json::from_str(field(&frame, "data").unwrap()).unwrap();
        (field(&frame, "id").unwrap().to_owned(), data)
    }

    /// The id of the next event frame.
    pub(crate) async fn event(&mut self) -> String {
        let frame = self.frame().await.unwrap();
        field(&frame, "id").unwrap_or_else(|| panic!("not an event: {frame}")).to_owned()
    }
}

pub(crate) fn field<'f>(frame: &'f str, name: &str) -> Option<&'f str> {
    frame.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}
