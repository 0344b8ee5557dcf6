//! One line of a recording.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::error::Category;

/// An event of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecordedEvent {
    pub(crate) id: String,
    pub(crate) event_type: String,
    pub(crate) request_id: Option<String>,
    pub(crate) webhook_id: Option<String>,
    /// `None` if the file does not say when.
    pub(crate) at: Option<Timestamp>,
    /// The exact bytes.
    pub(crate) body: Bytes,
}

/// Why a line is not an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadLine {
    pub(super) reason: String,
    /// Whether the end of the line is missing.
    pub(super) is_cut: bool,
}

/// The members that matter; the others are of an export.
#[derive(Deserialize)]
struct Line {
    id: Option<String>,
    #[serde(rename = "type")]
    event_type: Option<String>,
    request_id: Option<String>,
    webhook_id: Option<String>,
    received_at: Option<String>,
    status: Option<String>,
    body: Option<String>,
    body_hex: Option<String>,
    body_base64: Option<String>,
}

/// The event of a line; `None` if it has none to play, because it was skipped when it was received.
pub(super) fn parse(text: &[u8]) -> Result<Option<RecordedEvent>, BadLine> {
    let line: Line = serde_json::from_slice(text).map_err(|error| BadLine {
        is_cut: error.classify() == Category::Eof,
        reason: match error.classify() {
            Category::Data => error.to_string(),
            _ => format!("not JSON: {error}"),
        },
    })?;
    event(line).map_err(|reason| BadLine { reason, is_cut: false })
}

fn event(line: Line) -> Result<Option<RecordedEvent>, String> {
    if line.status.as_deref() == Some("skipped") {
        return Ok(None);
    }
    let required = |value: Option<String>, name: &str| {
        value.filter(|value| !value.is_empty()).ok_or_else(|| format!("it has no `{name}`"))
    };
    let id = required(line.id, "id")?;
    let event_type = required(line.event_type, "type")?;
    let body = match (line.body, line.body_hex, line.body_base64) {
        (Some(text), None, None) => text.into_bytes(),
        (None, Some(hex), None) => hex::decode(hex).map_err(|_| "its `body_hex` is not hexadecimal")?,
        (None, None, Some(text)) => STANDARD.decode(text).map_err(|_| "its `body_base64` is not base64")?,
        (None, None, None) => return Err("it has no `body`".to_owned()),
        _ => return Err("it has more than one body".to_owned()),
    };
    let time = |text: String| text.parse().map_err(|_| "its `received_at` is not a time".to_owned());
    let at = line.received_at.map(time).transpose()?;
    let (request_id, webhook_id) = (line.request_id, line.webhook_id);
    Ok(Some(RecordedEvent { id, event_type, request_id, webhook_id, at, body: body.into() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_is_text_or_encoded_bytes() {
        for (member, bytes) in [
            (r#""body":"{\"n\": 1}\u00e9""#, "{\"n\": 1}\u{e9}".as_bytes()),
            (r#""body_hex":"00ff""#, &[0, 255]),
            (r#""body_base64":"AP8=""#, &[0, 255]),
        ] {
            let text =
                format!(r#"{{"id":"evt_1","type":"x","received_at":"1970-01-01T00:00:01Z",{member}}}"#);
            let event = parse(text.as_bytes()).unwrap().unwrap();
            assert_eq!((&event.body[..], event.at), (bytes, Timestamp::from_second(1).ok()));
        }
        assert_eq!(parse(br#"{"status":"skipped","body":""}"#), Ok(None));
    }

    #[test]
    fn wrong_line_says_what_is_wrong() {
        for (text, says, is_cut) in [
            (r#"{"id":"e","type":"x","body":"{}""#, "not JSON", true),
            ("{} x", "not JSON", false),
            ("[1]", "invalid type", false),
            (r#"{"id":"","type":"x","body":""}"#, "no `id`", false),
            (r#"{"id":"e","body":""}"#, "no `type`", false),
            (r#"{"id":"e","type":"x"}"#, "no `body`", false),
            (r#"{"id":"e","type":"x","body":"","body_hex":""}"#, "more than one", false),
            (r#"{"id":"e","type":"x","body_hex":"0"}"#, "not hexadecimal", false),
            (r#"{"id":"e","type":"x","body":"","received_at":"now"}"#, "not a time", false),
        ] {
            let bad = parse(text.as_bytes()).unwrap_err();
            assert!(bad.reason.contains(says) && bad.is_cut == is_cut, "{text}: {bad:?}");
        }
    }
}
