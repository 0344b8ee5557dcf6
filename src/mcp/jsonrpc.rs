//! Parses JSON-RPC messages, and builds the errors for invalid ones. Pure: the transports decide what to do with them.

use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage};
use serde_json::{Value, json};

/// Messages in one batch. A larger batch is rejected as a whole.
pub(super) const MAX_BATCH: usize = 64;
/// Bytes of one line or body.
pub(super) const MAX_BYTES: usize = 4 * 1024 * 1024;

const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;

/// Some editors and shells write it at the start of text; JSON parsers may ignore it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

#[derive(Debug)]
pub(super) enum Inbound {
    One(Part),
    /// A batch, which has at least one part and at most [`MAX_BATCH`].
    Batch(Vec<Part>),
}

/// One message, valid or not.
#[derive(Debug)]
pub(super) enum Part {
    Message(Box<ClientJsonRpcMessage>),
    /// Must not be answered: an unknown notification or an invalid response.
    Ignored,
    /// The error to respond with.
    Invalid(Value),
}

/// Parses a line or a body. `batches` is whether the negotiated version of the protocol has batches.
pub(super) fn read(text: &[u8], batches: bool) -> Inbound {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if text.trim_ascii().is_empty() {
        return Inbound::One(Part::Ignored);
    }
    if let Ok(message) = serde_json::from_slice(text) {
        return Inbound::One(Part::Message(Box::new(message)));
    }
    match serde_json::from_slice::<Value>(text) {
        Ok(Value::Array(parts)) => batch(parts, batches),
        Ok(value) => Inbound::One(part(value)),
        Err(error) => Inbound::One(Part::Invalid(unreadable(&error.to_string()))),
    }
}

/// The error for text that is not JSON.
pub(super) fn unreadable(reason: &str) -> Value {
    refusal(PARSE_ERROR, &format!("parse error: this is not JSON: {reason}"), Value::Null)
}

/// The error for a message of more than [`MAX_BYTES`].
pub(super) fn too_long() -> Value {
    let limit = MAX_BYTES / (1024 * 1024);
    invalid(&format!("a message has at most {limit} MiB"), Value::Null)
}

/// The error for a message that the protocol does not allow.
pub(super) fn invalid(text: &str, id: Value) -> Value {
    refusal(INVALID_REQUEST, &format!("invalid request: {text}"), id)
}

fn refusal(code: i32, message: &str, id: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}

fn batch(parts: Vec<Value>, allowed: bool) -> Inbound {
    let wrong = |text: &str| Inbound::One(Part::Invalid(invalid(text, Value::Null)));
    if parts.is_empty() {
        return wrong("the batch is empty");
    }
    if !allowed {
        return wrong("this version of the protocol has no batches; send one message at a time");
    }
    if parts.len() > MAX_BATCH {
        return wrong(&format!("a batch has at most {MAX_BATCH} messages, not {}", parts.len()));
    }
    let parts = parts.into_iter().map(|value| match part(value) {
        // The specification of 2025-03-26 forbids it, because no version is negotiated yet.
        Part::Message(message) if is_initialize(&message) => {
            let id = request_id(&message);
            Part::Invalid(invalid("`initialize` must not be part of a batch", id))
        }
        part => part,
    });
    Inbound::Batch(parts.collect())
}

fn is_initialize(message: &ClientJsonRpcMessage) -> bool {
    use rmcp::model::ClientRequest::InitializeRequest;
    matches!(message, JsonRpcMessage::Request(request) if matches!(request.request, InitializeRequest(_)))
}

fn request_id(message: &ClientJsonRpcMessage) -> Value {
    match message {
        JsonRpcMessage::Request(request) => serde_json::to_value(&request.id).unwrap_or_default(),
        _ => Value::Null,
    }
}

fn part(value: Value) -> Part {
    match serde_json::from_value(value.clone()) {
        Ok(message) => Part::Message(Box::new(message)),
        Err(_) => not_a_message(&value),
    }
}

fn not_a_message(value: &Value) -> Part {
    let Some(members) = value.as_object() else {
        return Part::Invalid(invalid("a message is a JSON object", Value::Null));
    };
    let (method, id) = (members.get("method"), members.get("id"));
    // Two peers could answer each other's errors for ever.
    if method.is_none() && (members.contains_key("result") || members.contains_key("error")) {
        return Part::Ignored;
    }
    let is_version = members.get("jsonrpc").is_some_and(|version| version == "2.0");
    // Notifications are never answered, not even invalid ones.
    if is_version && id.is_none() && method.is_some_and(Value::is_string) {
        return Part::Ignored;
    }
    let is_id = id.is_some_and(|id| id.is_string() || id.is_i64());
    let text = if !is_version {
        "`jsonrpc` must be \"2.0\""
    } else if !method.is_some_and(Value::is_string) {
        "`method` must be a string"
    } else if !is_id {
        "`id` must be a string or an integer"
    } else {
        "`params` must be an object"
    };
    let known = id.filter(|_| is_id && method.is_some()).cloned();
    Part::Invalid(invalid(text, known.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &[u8]) -> (i64, Value) {
        match read(text, true) {
            Inbound::One(Part::Invalid(error)) => {
                (error["error"]["code"].as_i64().unwrap(), error["id"].clone())
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn unreadable_text_is_a_parse_error() {
        let deep = "[".repeat(5_000);
        for text in [&b"garbage"[..], b"{", b"\xff\xfe", b"{} {}", b"\x00", b"[1,", deep.as_bytes()] {
            assert_eq!(wrong(text), (-32700, Value::Null), "{}", String::from_utf8_lossy(text));
        }
        for text in [&b""[..], b"  \t\r", b"\xef\xbb\xbf"] {
            assert!(matches!(read(text, true), Inbound::One(Part::Ignored)), "{text:?}");
        }
    }

    #[test]
    fn invalid_requests_keep_a_valid_id() {
        for (text, id) in [
            (r#"{"id":5,"method":"ping"}"#, json!(5)),
            (r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, json!("a")),
            (r#"{"jsonrpc":"2.0","id":5}"#, Value::Null),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, Value::Null),
            (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, Value::Null),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, Value::Null),
            (r#"{"jsonrpc":"2.0","id":5,"method":7}"#, json!(5)),
            ("[]", Value::Null),
            ("1", Value::Null),
            ("null", Value::Null),
        ] {
            assert_eq!(wrong(text.as_bytes()), (-32600, id), "{text}");
        }
    }

    #[test]
    fn responses_and_notifications_are_ignored() {
        for text in [
            r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}"#,
            r#"{"jsonrpc":"2.0","id":{},"result":1}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/progress","params":3}"#,
        ] {
            let ignored =
                matches!(read(text.as_bytes(), true), Inbound::One(Part::Ignored | Part::Message(_)));
            assert!(ignored, "{text}");
        }
    }

    #[test]
    fn batches_are_bounded_and_of_their_version() {
        let ping = |id: usize| json!({ "jsonrpc": "2.0", "id": id, "method": "ping" });
        let batch = |count: usize| Value::from_iter((0..count).map(ping)).to_string();
        assert!(
            matches!(read(batch(MAX_BATCH).as_bytes(), true), Inbound::Batch(parts) if parts.len() == 64)
        );
        assert_eq!(wrong(batch(MAX_BATCH + 1).as_bytes()).0, -32600);
        assert!(matches!(read(batch(1).as_bytes(), false), Inbound::One(Part::Invalid(_))));
        let mixed = r#"[{"jsonrpc":"2.0","method":"notifications/initialized"},7,
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26",
            "capabilities":{},"clientInfo":{"name":"t","version":"1"}}}]"#;
        let Inbound::Batch(parts) = read(mixed.as_bytes(), true) else { panic!("no batch") };
        assert!(
            matches!(&parts[..], [Part::Message(_), Part::Invalid(_), Part::Invalid(error)] if error["id"] == 1)
        );
    }
}
