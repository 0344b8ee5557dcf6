//! The events of the benchmark: all of one size, numbered, for about a thousand tickets in turn.

use std::fmt::Write as _;

pub(crate) const SMALL: usize = 1024;
pub(crate) const LARGE: usize = 16 * 1024;
const TICKETS: usize = 1000;

/// The body of event `number`, of `size` bytes.
fn body(number: usize, size: usize) -> String {
    let mut body = format!(
        r#"{{"id":"evt_{number:08}","type":"ticket.updated","created_at":"2026-11-20T10:00:00.000Z","team_id":"team_1","data":{{"ticket":{{"id":"tkt_{}","subject":""#,
        number % TICKETS
    );
    let tail = r#""}}}"#;
    body.extend(std::iter::repeat_n('x', size - body.len() - tail.len()));
    body.push_str(tail);
    body
}

/// The frames of `numbers`, each as long as the others and in a chunk of its own, as servers send them.
pub(crate) fn frames(numbers: std::ops::Range<usize>, size: usize) -> Vec<u8> {
    let mut frames = String::with_capacity(numbers.len() * (size + 128));
    for number in numbers {
        let body = body(number, size);
        let frame = format!(
            "id: evt_{number:08}\nevent: ticket.updated\nrequest-id: req_{number:08}\ndata: {body}\n\n"
        );
        let _ = write!(frames, "{:x}\r\n{frame}\r\n", frame.len());
    }
    frames.into_bytes()
}

/// The number in such a body.
pub(crate) fn number_of(body: &[u8]) -> usize {
    let digits = body.strip_prefix(br#"{"id":"evt_"#).unwrap();
    super::number(digits)
}
