//! The JSON of the two activities that every delivered event has, made from whole pieces. It equals what serde makes of
//! them, which takes three times as long.

use jiff::Timestamp;
use serde::Serialize;

use super::activity::Activity;
use super::attempt_event::AttemptEvent;
use crate::event::EventMeta;
use crate::host::clock::with_rfc3339_millis;

impl Activity {
    /// Appends the object and returns true, if the activity has only usual members and characters. What it has appended
    /// otherwise is useless.
    pub(crate) fn write_usual_json(&self, json: &mut Vec<u8>) -> bool {
        match self {
            Self::Received { at, event, bytes, body: None } => {
                begin(json, br#"{"type":"received","at":""#, *at);
                let is_usual = id_and_type(json, event)
                    && match &event.request_id {
                        Some(id) => text(json, br#","request_id":""#, id),
                        None => constant(json, br#","request_id":null"#),
                    };
                is_usual && number(json, br#","bytes":"#, bytes) && constant(json, b"}")
            }
            Self::Delivered { attempt, remark: None } => delivered(json, attempt),
            _ => false,
        }
    }
}

fn delivered(json: &mut Vec<u8>, attempt: &AttemptEvent) -> bool {
    let AttemptEvent { at, event, target, attempt, status, exit_code, duration_ms, chaos, details } = attempt;
    if exit_code.is_some() || !chaos.is_empty() || details.is_some() {
        return false;
    }
    begin(json, br#"{"type":"delivered","at":""#, *at);
    id_and_type(json, event)
        && text(json, br#","target":""#, target)
        && number(json, br#","attempt":"#, attempt)
        && number(json, br#","status":"#, status)
        && number(json, br#","duration_ms":"#, duration_ms)
        && constant(json, b"}")
}

fn begin<const N: usize>(json: &mut Vec<u8>, start: &[u8; N], at: Timestamp) {
    json.extend_from_slice(start);
    with_rfc3339_millis(at, |at| json.extend_from_slice(at.as_bytes()));
    json.push(b'"');
}

fn id_and_type(json: &mut Vec<u8>, event: &EventMeta) -> bool {
    text(json, br#","id":""#, &event.id) && text(json, br#","event":""#, &event.event_type)
}

/// A text is usual if JSON escapes nothing in it.
fn text<const N: usize>(json: &mut Vec<u8>, name: &[u8; N], text: &str) -> bool {
    let is_usual = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    json.extend_from_slice(name);
    json.extend_from_slice(text.as_bytes());
    json.push(b'"');
    // Without an early end this takes several bytes at once.
    text.bytes().fold(true, |all, byte| all & is_usual(byte))
}

fn number<const N: usize>(json: &mut Vec<u8>, name: &[u8; N], number: &impl Serialize) -> bool {
    json.extend_from_slice(name);
    serde_json::to_writer(json, number).is_ok()
}

fn constant<const N: usize>(json: &mut Vec<u8>, text: &[u8; N]) -> bool {
    json.extend_from_slice(text);
    true
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::forward::chaos::ChaosMarks;

    proptest! {
        #[test]
        fn usual_json_is_that_of_serde(
            texts in prop::collection::vec("[ -~é\n\u{7f}\u{2028}]{0,9}", 3),
            request_id in prop::option::of("[a-z\"]{0,4}"),
            status in prop::option::of(100_u16..600),
            exit_code in prop::option::of(0_i32..3),
            (number, millis, duration_ms) in (any::<u32>(), -9_i64..9_000_000, 0.0_f64..1e6),
        ) {
            let [id, event_type, target] = texts.try_into().unwrap();
            let at = Timestamp::from_millisecond(millis).unwrap();
            let meta = EventMeta { id, event_type, request_id, webhook_id: None, received_at: at };
            let event = Arc::new(meta);
            let duration_ms = (duration_ms * 100.0).round() / 100.0;
            let attempt = AttemptEvent {
                at,
                event: Arc::clone(&event),
                target: target.into(),
                attempt: number,
                status,
                exit_code,
                duration_ms,
                chaos: ChaosMarks::default(),
                details: None,
            };
            let received = Activity::Received { at, event, bytes: number as usize, body: None };
            for activity in [received, Activity::Delivered { attempt, remark: None }] {
                let (serde, mut ours) = (serde_json::to_string(&activity).unwrap(), Vec::new());
                if activity.write_usual_json(&mut ours) {
                    prop_assert_eq!(String::from_utf8(ours).unwrap(), serde);
                } else {
                    prop_assert!(serde.contains('\\') || exit_code.is_some(), "{}", serde);
                }
            }
        }
    }
}
