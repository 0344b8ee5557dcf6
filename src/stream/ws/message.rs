//! Decodes a message of the WebSocket stream into a frame. ours (contract section 3):
//!
//! `{"kind":"session"|"event"|"error","id","type","request_id","body":"<exact bytes as a string>",…}`
//! Parsing is tolerant: the members before an error or a truncation are used, so that a truncated message has its id.

use std::fmt;

use bytes::Bytes;
use memchr::memchr;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::host::buffer;
use crate::stream::sse::{EventFrame, Frame};

/// The members read so far.
#[derive(Default)]
struct Members<'a> {
    kind: Option<&'a RawValue>,
    id: Option<&'a RawValue>,
    event_type: Option<&'a RawValue>,
    request_id: Option<&'a RawValue>,
    body: Option<&'a RawValue>,
}

impl<'a> Members<'a> {
    fn read(text: &'a str) -> Self {
        let mut members = Self::default();
        // Ignores the error: the members before it are used.
        let _ = Reader(&mut members).deserialize(&mut serde_json::Deserializer::from_str(text));
        members
    }
}

/// Stores members as they are parsed.
struct Reader<'r, 'a>(&'r mut Members<'a>);

impl<'a> DeserializeSeed<'a> for Reader<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Reader<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(name) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            let member = match &*name {
                "kind" => &mut self.0.kind,
                "id" => &mut self.0.id,
                "type" => &mut self.0.event_type,
                "request_id" => &mut self.0.request_id,
                "body" => &mut self.0.body,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *member = Some(map.next_value()?);
        }
        Ok(())
    }
}

/// Decodes a message. `cut` is the full size of a truncated one; `limit` bounds the body.
pub(super) fn frame(message: &[u8], cut: Option<u64>, limit: usize) -> Frame {
    let text = String::from_utf8_lossy(message);
    let members = Members::read(&text);
    let (kind, id, event_type) = (string(members.kind), string(members.id), string(members.event_type));
    if let Some(bytes) = cut {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        return Frame::Oversized { bytes, event: event_type, id };
    }
    let whole = |name, id| match text.len() > limit {
        // The limit of the wire is larger than that of a body.
        true => Frame::Oversized { bytes: text.len(), event: event_type.clone(), id },
        false => named(name, id, None, Bytes::copy_from_slice(text.as_bytes())),
    };
    match kind.as_deref() {
        Some(name @ ("session" | "error")) => whole(name, id),
        // a server without kinds sends events; without anything we know the text is reported as it is
        None if members.body.is_none() => whole("message", id),
        None | Some("event") => {
            let body = members.body.and_then(body).unwrap_or_default();
            if body.len() > limit {
                return Frame::Oversized { bytes: body.len(), event: event_type, id };
            }
            // These names have another meaning in a frame. The body has the type too.
            let event_type = event_type.filter(|name| !matches!(name.as_str(), "" | "session" | "error"));
            named(event_type.as_deref().unwrap_or("message"), id, string(members.request_id), body)
        }
        Some(_) => Frame::Comment,
    }
}

fn named(event: &str, id: Option<String>, request_id: Option<String>, data: Bytes) -> Frame {
    let id_set = id.is_some();
    Frame::Event(EventFrame { id: id.unwrap_or_default(), id_set, event: event.to_owned(), data, request_id })
}

fn string(raw: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(raw?.get()).ok()
}

/// The bytes of a JSON string. A body that is not a string is used unchanged.
fn body(raw: &RawValue) -> Option<Bytes> {
    match raw.get() {
        text if text.starts_with('"') && text.len() > buffer::LARGE => unescaped(text),
        text if text.starts_with('"') => serde_json::from_str::<String>(text).ok().map(Bytes::from),
        "null" => None,
        other => Some(Bytes::copy_from_slice(other.as_bytes())),
    }
}

/// Unescapes a large string of valid JSON without the intermediate copy of serde_json. `None` when an escape is not a
/// character.
fn unescaped(text: &str) -> Option<Bytes> {
    let mut rest = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = buffer::with_capacity(rest.len());
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        let (before, escape) = rest.split_at_checked(at)?;
        out.extend_from_slice(before.as_bytes());
        let (character, length) = first_escape(escape)?;
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        rest = escape.get(length..)?;
    }
    out.extend_from_slice(rest.as_bytes());
    buffer::trim(&mut out);
    Some(Bytes::from(out))
}

/// Decodes the escape at the start of `text`, and returns its length too.
fn first_escape(text: &str) -> Option<(char, usize)> {
    let simple = match text.as_bytes().get(1)? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        // One UTF-16 unit, or a surrogate pair.
        b'u' => {
            return [6, 12].into_iter().find_map(|length| {
                let units = format!("\"{}\"", text.get(..length)?);
                Some((serde_json::from_str(&units).ok()?, length))
            });
        }
        other => char::from(*other),
    };
    Some((simple, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(message: &str) -> Frame {
        frame(message.as_bytes(), None, 1000)
    }

    fn event(message: &str) -> EventFrame {
        match read(message) {
            Frame::Event(event) => event,
            other => panic!("{message}: {other:?}"),
        }
    }

    #[test]
    fn message_without_kind_has_body_limit() {
        let filler = "x".repeat(1000);
        for start in [r#"{"id":"a","#, r#"{"kind":"session","id":"a","#, r#"{"kind":"error","id":"a","#] {
            let message = format!(r#"{start}"more":"{filler}"}}"#);
            let expected = Frame::Oversized { bytes: message.len(), event: None, id: Some("a".to_owned()) };
            assert_eq!(read(&message), expected, "{start}");
        }
        assert!(matches!(read(&filler), Frame::Event(_)), "the limit itself is allowed");
    }

    #[test]
    fn event_body_bytes_are_unchanged() {
        let body = "{\"id\":\"evt_1\",\"n\":1.50,\"s\":\"\\u00e9é\\/\u{1f600}\"} ";
        let text = serde_json::to_string(body).unwrap();
        let message = format!(
            r#"{{"kind":"event","id":"evt_1","type":"a.b","request_id":"req_1","body":{text},"new":[1]}}"#
        );
        let expected = EventFrame {
            id: "evt_1".into(),
            id_set: true,
            event: "a.b".into(),
            data: body.into(),
            request_id: Some("req_1".into()),
        };
        assert_eq!(event(&message), expected);
        // Escaping every character does not change the body.
        let escaped: String = body.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        let message = format!(r#"{{"type":"a.b","body":"{escaped}"}}"#);
        assert_eq!(event(&message).data, body);
    }

    #[test]
    fn large_strings_agree_with_serde_json() {
        let escapes = r#"a\\n\n\t\r\b\f\/\"\u00e9\u0000\ud83d\ude00é😀\\\\u0041\\"#;
        let text = format!("\"{escapes}\"");
        assert_eq!(unescaped(&text).unwrap(), serde_json::from_str::<String>(&text).unwrap());
        assert_eq!(unescaped(r#""""#).unwrap(), "");
        for lone in [r#""\ud800""#, r#""\ud800\u0041""#, r#""\ude00x""#, r#""\ud800x\ude00""#] {
            assert!(serde_json::from_str::<String>(lone).is_err() && unescaped(lone).is_none(), "{lone}");
        }
        let large = "x\"\n".repeat(buffer::LARGE);
        let message = format!(r#"{{"type":"a.b","body":{}}}"#, serde_json::to_string(&large).unwrap());
        assert!(
            matches!(frame(message.as_bytes(), None, 2 << 20), Frame::Event(event) if event.data == large)
        );
    }

    #[test]
    fn non_string_body_stays_unchanged() {
        assert_eq!(event(r#"{"kind":"event","body":{"a": 1.0, "a":2}}"#).data, r#"{"a": 1.0, "a":2}"#);
        assert_eq!(event(r#"{"kind":"event","id":"x","body":null}"#).data, "");
        assert_eq!(event(r#"{"kind":"event","id":"x","body":"\ud800"}"#).data, "", "no such character");
    }

    #[test]
    fn sessions_and_errors_are_whole_messages() {
        let text = r#"{"kind":"session","id":"start_1","secret":"s"}"#;
        let frame = event(text);
        assert_eq!(
            (frame.event.as_str(), frame.id.as_str(), &frame.data[..]),
            ("session", "start_1", text.as_bytes())
        );
        let text = r#"{"kind":"error","error":{"type":"api_error"}}"#;
        assert_eq!((event(text).event.as_str(), event(text).id_set), ("error", false));
    }

    #[test]
    fn event_type_does_not_change_the_kind() {
        for name in ["session", "error", "", "message"] {
            let text = format!(r#"{{"kind":"event","id":"e","type":"{name}","body":"{{}}"}}"#);
            assert_eq!(event(&text).event, "message");
        }
    }

    #[test]
    fn odd_messages_are_parsed_partially() {
        assert_eq!(read(r#"{"kind":"later","id":"x"}"#), Frame::Comment);
        for odd in ["", "[]", "nonsense", "{", r#"{"kind":7}"#, r#"{"kind":"event""#] {
            let frame = event(odd);
            assert!(!frame.id_set && frame.event == "message", "{odd}");
        }
        let half = event(r#"{"kind":"event","id":"e","type":"a.b","body":"{\"x"#);
        assert_eq!((half.id.as_str(), half.event.as_str(), &half.data[..]), ("e", "a.b", &b""[..]));
        assert_eq!(event(r#"{"kind":"event","id":5,"type":{},"body":"{}"}"#).event, "message");
    }

    #[test]
    fn oversized_messages_have_their_id() {
        let long = format!(r#"{{"kind":"event","id":"e","type":"a.b","body":"{}"}}"#, "x".repeat(1001));
        let named = |bytes| Frame::Oversized { bytes, event: Some("a.b".into()), id: Some("e".into()) };
        assert_eq!(read(&long), named(1001));
        assert_eq!(frame(&long.as_bytes()[..100], Some(5_000_000_000), 1000), named(5_000_000_000));
        // Truncated within a character.
        let cut = "{\"kind\":\"event\",\"id\":\"e\",\"type\":\"a.b\",\"body\":\"é".as_bytes();
        assert_eq!(frame(&cut[..cut.len() - 1], Some(9), 1000), named(9));
        assert_eq!(frame(b"", Some(9), 1000), Frame::Oversized { bytes: 9, event: None, id: None });
    }
}
