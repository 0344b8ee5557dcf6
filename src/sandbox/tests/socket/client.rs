//! A WebSocket that a test opens and reads.

use futures_util::StreamExt;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::sandbox::tests::client::{Server, bearer, team, with_timeout};
use crate::sandbox_info::SECRET_TEST_KEY;

/// The example of RFC 6455, section 1.3.
const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
pub(super) const UPGRADE: [&str; 4] =
    ["Upgrade: websocket", "Connection: upgrade", "Sec-WebSocket-Version: 13", KEY];

pub(super) struct Socket(pub(super) WebSocketStream<TcpStream>);

impl Socket {
    pub(super) async fn open(server: &Server, query: &str) -> Self {
        Self::over(server.connect().await, server, SECRET_TEST_KEY, query).await
    }

    pub(super) async fn over(mut stream: TcpStream, server: &Server, key: &str, query: &str) -> Self {
        let lines = [&UPGRADE[..], &[&bearer(key)]].concat().join("\r\n");
        let (path, port) = (team("webhooks/listen"), server.port);
        let head = format!("GET {path}{query} HTTP/1.1\r\nHost: localhost:{port}\r\n{lines}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(with_timeout(stream.read_u8()).await.unwrap());
        }
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        assert!(answer.contains(ACCEPT) && answer.contains("x-cstar-request-id: req_"), "{answer}");
        Self(WebSocketStream::from_raw_socket(stream, Role::Client, None).await)
    }

    pub(super) async fn message(&mut self) -> Option<Message> {
        with_timeout(self.0.next()).await.map(Result::unwrap)
    }

    pub(super) async fn text(&mut self) -> String {
        loop {
            match self.message().await {
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                Some(Message::Text(text)) => return text.as_str().to_owned(),
                other => panic!("not a text message: {other:?}"),
            }
        }
    }

    pub(super) async fn json(&mut self) -> Value {
        serde_json::from_str(&self.text().await).unwrap()
    }

    pub(super) async fn session(&mut self) -> Value {
        let message = self.json().await;
        assert_eq!(message["kind"], "session", "{message}");
        message
    }

    pub(super) async fn event(&mut self) -> String {
        let message = self.json().await;
        assert_eq!(message["kind"], "event", "{message}");
        message["id"].as_str().unwrap().to_owned()
    }
}
