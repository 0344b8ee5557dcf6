//! Saved lines of JSON: of `listen --json --include body,headers`, of `history export --jsonl`, or of
//! `history show --json`. Those of `listen` have the body and the headers of an event on different lines.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Deserializer, Value};

use super::captured::{Candidate, Captured, signature_of};
use crate::output::Failure;

/// Members that lines with a part of a request have.
const LINE: [&str; 4] = ["body", "body_hex", "request_headers", "attempts"];

/// Whether these are lines of this program and not the body of an event. The first lines of `listen` are about the
/// connection.
pub(super) fn is_lines(text: &[u8]) -> bool {
    let has = |value: &Value, name: &str| value.get(name).is_some();
    let is_event = |value: &Value| has(value, "data") && has(value, "created_at");
    let is_line = |value: &Value| LINE.iter().any(|name| has(value, name));
    let lines = Deserializer::from_slice(text).into_iter::<Value>().map_while(Result::ok);
    lines.take_while(|value| !is_event(value)).any(|value| is_line(&value))
}

pub(super) fn requests(bytes: &[u8]) -> Result<Vec<Candidate>, Failure> {
    let mut lines = Vec::new();
    for line in Deserializer::from_slice(bytes).into_iter::<Value>() {
        lines.push(line.map_err(|error| Failure::usage(format!("the input is not lines of JSON: {error}")))?);
    }
    let bodies: HashMap<&str, Vec<u8>> =
        lines.iter().filter_map(|line| Some((text(line, "id")?, body(line)?))).collect();
    let mut found = Vec::new();
    for line in &lines {
        let id = text(line, "id");
        let own = || body(line).or_else(|| bodies.get(id?).cloned());
        let attempts = line.get("attempts").and_then(Value::as_array);
        let places = attempts.map_or_else(|| vec![line], |attempts| attempts.iter().collect());
        for place in places {
            let Some(signature) = signature(place) else { continue };
            let Some(body) = own() else {
                return Err(Failure::usage("a line has headers, but no line has the body of its event")
                    .hint("record both: cstar listen --json --include body,headers"));
            };
            let attempt = place.get("attempt").and_then(Value::as_u64);
            let origin = match (id, attempt) {
                (Some(id), Some(attempt)) => format!("attempt {attempt} of {id}"),
                (Some(id), None) => id.to_owned(),
                (None, _) => "the saved line".to_owned(),
            };
            let time = text(place, "started_at").or_else(|| text(place, "at")).or_else(|| text(line, "at"));
            let sent_at = time.and_then(|time| time.parse::<Timestamp>().ok()).map(Timestamp::as_second);
            let request = Captured { origin, body, signature: Some(signature), sent_at, remarks: Vec::new() };
            let target = text(place, "target").map(str::to_owned);
            found.push(Candidate { id: id.map(str::to_owned), attempt, target, request });
        }
    }
    Ok(found)
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

fn body(line: &Value) -> Option<Vec<u8>> {
    match text(line, "body") {
        Some(body) => Some(body.as_bytes().to_vec()),
        None => hex::decode(text(line, "body_hex")?).ok(),
    }
}

/// Headers are pairs.
fn signature(place: &Value) -> Option<String> {
    let pairs = place.get("request_headers")?.as_array()?.iter();
    signature_of(pairs.filter_map(|pair| Some((pair.get(0)?.as_str()?, pair.get(1)?.as_str()?))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_and_headers_may_be_on_different_lines() {
        let lines = br#"{"type":"connecting","attempt":1}
{"type":"received","id":"evt_1","body":"{}"}
{"type":"failed","id":"evt_1","attempt":1,"at":"1970-01-01T00:00:10Z","target":"http://x/","request_headers":[["x-signature","t=1,v1=ab"]]}
"#;
        assert!(is_lines(lines));
        let found = requests(lines).unwrap();
        let one = &found[0];
        assert_eq!((found.len(), one.attempt, one.request.sent_at), (1, Some(1), Some(10)));
        assert_eq!(one.request.body, b"{}");
        let alone = lines.split(|byte| *byte == b'\n').nth(2).unwrap();
        assert!(requests(alone).unwrap_err().message().contains("no line has the body"));
    }

    #[test]
    fn stored_events_have_a_request_for_each_attempt() {
        let event = br#"{"id":"evt_1","body_hex":"7b7d","attempts":[{"attempt":1,"request_headers":[]},
            {"attempt":2,"request_headers":[["cstar-signature","t=1,v1=ab"]]}]}"#;
        assert!(is_lines(event));
        let found = requests(event).unwrap();
        assert_eq!(
            (found.len(), found[0].attempt, found[0].request.body.as_slice()),
            (1, Some(2), b"{}".as_slice())
        );
    }

    #[test]
    fn body_of_an_event_is_no_line() {
        assert!(!is_lines(br#"{"id":"evt_1","type":"x","created_at":"","data":{},"body":"x"}"#));
        assert!(!is_lines(b"{}") && !is_lines(b"[1]"));
    }
}
