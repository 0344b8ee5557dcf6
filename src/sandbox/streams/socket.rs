//! The event stream as a WebSocket (protocol ours: contract section 3; framing RFC 6455).
//!
//! Guard, key, rate limit and filter are checked before the upgrade, so an error is a plain HTTP response.
//! The socket applies the backpressure: while it cannot be written to, no event is read from the log.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CONNECTION, HeaderMap, HeaderName, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use axum::http::{StatusCode, Version};
use axum::response::{IntoResponse, Response};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde_json::{Value, json};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::feed::{self, Frame};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::state::State;
use crate::sandbox::store::event_log::cursor::Cursor;
use crate::sandbox::store::event_log::entry::{Entry, Logged};

/// A listener sends nothing but control frames.
const LARGEST_FROM_CLIENT: usize = 4 * 1024;
const READ_BUFFER: usize = 4 * 1024;
/// Bytes of events that are written together.
const WRITE_BUFFER: usize = 32 * 1024;
/// One event of 16 MiB, which escaping may double, and its envelope.
const LARGEST_TO_CLIENT: usize = 2 * 16 * 1024 * 1024 + 1024 * 1024;
/// How many events are written before the socket is read again.
const BATCH: usize = 64;
/// How long the closing handshake may take.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(200);

type Socket = WebSocketStream<TokioIo<Upgraded>>;
type Feed = feed::Feed<Cursor>;

/// Whether the request asks for a WebSocket.
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    has_token(headers, UPGRADE, "websocket")
}

/// Switches protocols and serves the feed in a task of its own.
pub(crate) fn upgrade(state: &State, mut request: Request, feed: Feed) -> Result<Response, ApiError> {
    let accept = accept_key(&request)?;
    let upgrade = hyper::upgrade::on(&mut request);
    state.spawn(serve(upgrade, feed));
    let headers = [(CONNECTION, "Upgrade"), (UPGRADE, "websocket"), (SEC_WEBSOCKET_ACCEPT, accept.as_str())];
    Ok((StatusCode::SWITCHING_PROTOCOLS, headers, Body::empty()).into_response())
}

/// Checks the handshake and derives the accept key.
fn accept_key(request: &Request) -> Result<String, ApiError> {
    let headers = request.headers();
    if request.version() != Version::HTTP_11 || !has_token(headers, CONNECTION, "upgrade") {
        return Err(ApiError::bad_upgrade("A WebSocket needs HTTP/1.1 and 'Connection: Upgrade'."));
    }
    if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err(ApiError::upgrade_version());
    }
    let mut keys = headers.get_all(SEC_WEBSOCKET_KEY).iter();
    match (keys.next(), keys.next()) {
        // sixteen bytes in base64
        (Some(key), None) if key.len() == 24 && key.as_bytes().ends_with(b"==") => {
            Ok(derive_accept_key(key.as_bytes()))
        }
        _ => Err(ApiError::bad_upgrade("Exactly one Sec-WebSocket-Key of 16 bytes in base64 is required.")),
    }
}

fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(token))
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .max_message_size(Some(LARGEST_FROM_CLIENT))
        .max_frame_size(Some(LARGEST_FROM_CLIENT))
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(LARGEST_TO_CLIENT)
}

async fn serve(upgrade: OnUpgrade, mut feed: Feed) {
    // an error here is a client that disconnected before the switch
    let Ok(upgraded) = upgrade.await else { return };
    let mut socket =
        WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config())).await;
    let mut closing = feed.closing();
    // a listener that does not read must not delay the shutdown: watched beside the pump,
    // which ends then as well; `biased` decides which reason is sent
    let code = tokio::select! {
        biased;
        _ = closing.wait_for(|closing| *closing) => Some(CloseCode::Away),
        code = pump(&mut socket, &mut feed) => code,
    };
    if let Some(code) = code {
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, close_handshake(&mut socket, code)).await;
    }
}

/// Sends frames until one side ends; returns the close code, unless the listener is gone.
async fn pump(socket: &mut Socket, feed: &mut Feed) -> Option<CloseCode> {
    loop {
        tokio::select! {
            frame = feed.next() => match frame {
                Some(frame) => send(socket, feed, frame).await.ok()?,
                None => return Some(CloseCode::Normal),
            },
            heard = socket.next() => match heard {
                // a ping is answered by the next read or write; other messages are ignored
                Some(Ok(message)) if !message.is_close() => {}
                Some(Err(Error::Capacity(_))) => return Some(CloseCode::Size),
                Some(Err(Error::Protocol(_))) => return Some(CloseCode::Protocol),
                _ => return None,
            },
        }
    }
}

/// Sends a frame and all others that are ready, in few writes. An error ends the stream, as does a cut.
async fn send(socket: &mut Socket, feed: &mut Feed, first: Frame<Arc<Logged>>) -> Result<(), Error> {
    let (mut next, mut written) = (Some(first), 0);
    while let Some(frame) = next.take() {
        let Some(message) = message(frame) else {
            socket.flush().await?;
            return Err(Error::ConnectionClosed);
        };
        socket.feed(message).await?;
        written += 1;
        if written < BATCH {
            next = feed.ready();
        }
    }
    socket.flush().await
}

/// The closing handshake. Waiting for the reply keeps unread frames from being lost.
async fn close_handshake(socket: &mut Socket, code: CloseCode) {
    if socket.close(Some(CloseFrame { code, reason: "".into() })).await.is_ok() {
        while let Some(Ok(_)) = socket.next().await {}
    }
}

/// ours: `body` is the exact body to forward, as a JSON string.
#[derive(Serialize)]
struct EventMessage<'a> {
    kind: &'static str,
    id: &'a str,
    #[serde(rename = "type")]
    event_type: &'a str,
    request_id: &'a str,
    body: &'a str,
}

/// The message of a frame; `None` if the connection breaks.
fn message(frame: Frame<Arc<Logged>>) -> Option<Message> {
    Some(match frame {
        Frame::Session { id, members } => {
            let mut object = serde_json::Map::new();
            object.insert("kind".into(), "session".into());
            object.insert("id".into(), id.into());
            object.extend(members);
            text(&Value::Object(object))
        }
        Frame::Item(entry) => event(&entry),
        Frame::Error(error) => text(&json!({ "kind": "error", "error": error })),
        Frame::Heartbeat => Message::Ping(bytes::Bytes::new()),
        Frame::Cut => return None,
    })
}

fn event(entry: &Entry) -> Message {
    text(&EventMessage {
        kind: "event",
        id: &entry.id,
        event_type: &entry.kind,
        request_id: &entry.request_id,
        body: &String::from_utf8_lossy(&entry.body),
    })
}

fn text(message: &impl Serialize) -> Message {
    // strings and maps of strings always serialise
    Message::text(serde_json::to_string(message).unwrap_or_default())
}
