//! Translates scripts of event streams into WebSocket frames.

use serde_json::{Map, Value};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::{Act, Asked};

const CLOSE: [u8; 2] = [0x88, 0];
const PING: [u8; 2] = [0x89, 0];

/// The same steps for a client that requested a WebSocket.
pub(super) fn translate(acts: Vec<Act>, asked: &Asked) -> Vec<Act> {
    // Responses that are not a stream stay unchanged.
    let streams = |act: &Act| matches!(act, Act::Send(bytes) | Act::Drip(bytes) if opens(bytes));
    if !acts.iter().any(streams) {
        return acts;
    }
    let mut whole = true;
    let mut out: Vec<Act> = acts
        .into_iter()
        .map(|act| match act {
            Act::Send(bytes) => Act::Send(stream(&bytes, asked, &mut whole)),
            Act::Drip(bytes) => Act::Drip(stream(&bytes, asked, &mut whole)),
            Act::Repeat(_, pause) => Act::Repeat(&PING, pause),
            other => other,
        })
        .collect();
    if whole {
        out.push(Act::Raw(CLOSE.to_vec()));
    }
    out
}

fn opens(bytes: &[u8]) -> bool {
    bytes.starts_with(b"HTTP/1.1 200")
        && String::from_utf8_lossy(bytes).to_lowercase().contains("event-stream")
}

/// The response to a valid upgrade request.
pub(in super::super) fn accepted(asked: &Asked) -> String {
    let accept = derive_accept_key(asked.header("sec-websocket-key").unwrap().as_bytes());
    format!(
        "HTTP/1.1 101 Yes\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: {accept}\r\n\r\n"
    )
}

fn stream(bytes: &[u8], asked: &Asked, whole: &mut bool) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).expect("a script for both transports is text");
    let (head, blocks) = match opens(bytes) {
        true => (accepted(asked), text.split_once("\r\n\r\n").unwrap().1),
        false => (String::new(), text),
    };
    let blocks = blocks.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let mut out = head.into_bytes();
    let mut rest = blocks.as_str();
    while let Some((block, after)) = rest.split_once("\n\n") {
        out.extend(frames(block));
        rest = after;
    }
    if !rest.is_empty() {
        *whole = false;
        out.extend([0x81, 126, 0x10, 0]);
        out.extend(rest.as_bytes());
    }
    out
}

fn frames(block: &str) -> Vec<u8> {
    let (comments, fields): (Vec<_>, Vec<_>) = block.lines().partition(|line| line.starts_with(':'));
    let mut out = PING.repeat(comments.len());
    if let Some(message) = message(&fields) {
        out.extend(text_frame(0x81, message.to_string().as_bytes()));
    }
    out
}

fn message(fields: &[&str]) -> Option<Value> {
    let field = |name: &str| {
        let line = fields.iter().find(|line| line.split(':').next() == Some(name))?;
        let value = line.get(name.len() + 1..).unwrap_or_default();
        Some(value.strip_prefix(' ').unwrap_or(value))
    };
    let data = field("data")?;
    let kind = field("event").filter(|name| matches!(*name, "session" | "error")).unwrap_or("event");
    let mut object = Map::new();
    object.insert("kind".into(), kind.into());
    if let Some(id) = field("id") {
        object.insert("id".into(), id.into());
    }
    if kind == "event" {
        let members = [("type", field("event")), ("request_id", field("request-id")), ("body", Some(data))];
        object.extend(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))));
    } else {
        let members: Map<_, _> = serde_json::from_str(data).unwrap();
        object.extend(members);
    }
    Some(object.into())
}

pub(in super::super) fn text_frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = payload.len() as u64;
    let mut out = vec![first];
    match payload.len() {
        0..=125 => out.push(payload.len() as u8),
        126..=0xffff => {
            out.push(126);
            out.extend(&length.to_be_bytes()[6..]);
        }
        _ => {
            out.push(127);
            out.extend(length.to_be_bytes());
        }
    }
    out.extend(payload);
    out
}
