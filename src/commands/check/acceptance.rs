//! Requests that have to be accepted, because cStar may send them.

use super::result::{Answer, Class, Finding};
use super::sample::{self, Sample};
use super::sender::{Message, Signature};
use super::subject::{Subject, send_valid};
use crate::event::Json;
use crate::signature;

const MEBIBYTE: usize = 1024 * 1024;
/// The same text, once as people see it and once with the escapes that JSON allows.
const ESCAPED: &str = r#""caf\u00e9 \/ \u0041 \ud83c\udf89 \"quoted\"""#;
/// Precomposed and combined characters, right-to-left text, an emoji, and a line separator.
const UNICODE: &str =
    "\"Gr\u{fc}\u{df}e \u{65e5}\u{672c}\u{8a9e} \u{5e9}\u{5dc}\u{5d5}\u{5dd} e\u{301} \u{1f389} \u{2028}\"";
const NUMBERS: &str = r#"{"decimal":1.0,"exponent":1E2,"integer":12345678901234567890123,"zero":-0.0}"#;
const PLAIN_NUMBERS: &str = r#"{"decimal":1,"exponent":2,"integer":3,"zero":0}"#;

/// Spellings that are the same JSON, but do not survive a parser and a printer.
pub(super) async fn raw_body(subject: &Subject<'_>) -> Finding {
    let (now, event_type) = (subject.sender.now(), subject.event_type);
    let mut probes = vec![("unusual white space", subject.sample().spelled(sample::spaced))];
    probes.push((r"the escapes \/ and \u00e9", Sample::with_text(event_type, now, ESCAPED)));
    if accepts_a_new_member(subject).await {
        let numbers = Json::parse(NUMBERS.as_bytes()).unwrap_or(Json::EMPTY);
        let sample = Sample::with_member(event_type, now, "cstar_check", numbers);
        probes.push(("numbers such as 1.0 and 1E2", Some(sample)));
    }
    let (mut refused, mut count, mut answer_text) = (Vec::new(), 0, String::new());
    for (what, sample) in probes {
        let Some(sample) = sample else { continue };
        let Some(answer) = send_valid(subject.sender, &sample).await else { return Finding::out_of_time() };
        match answer.class() {
            Class::Accepted => count += 1,
            Class::Limited => return Finding::limited(),
            _ => {
                answer_text = answer.text();
                refused.push(what);
            }
        }
    }
    if refused.is_empty() {
        return Finding::pass(format!("accepted {count} unusual spellings"));
    }
    Finding::fail(format!("{answer_text} to {}, although the signature is right", refused.join(", and to ")))
}

/// Whether an additional member in the data is accepted at all.
async fn accepts_a_new_member(subject: &Subject<'_>) -> bool {
    let plain = Json::parse(PLAIN_NUMBERS.as_bytes()).unwrap_or(Json::EMPTY);
    let sample = Sample::with_member(subject.event_type, subject.sender.now(), "cstar_check", plain);
    send_valid(subject.sender, &sample).await.is_some_and(|answer| answer.is_accepted())
}

pub(super) async fn unicode(subject: &Subject<'_>) -> Finding {
    let Some(sample) = Sample::with_text(subject.event_type, subject.sender.now(), UNICODE) else {
        return Finding::skip(format!("{} has no text", subject.event_type));
    };
    let answer = send_valid(subject.sender, &sample).await;
    let is_refused = answer.as_ref().is_some_and(|answer| answer.class() == Class::Refused);
    if is_refused && subject.is_body_changed {
        return Finding::skip("refused like other spellings: see raw-body");
    }
    accepted(answer.as_ref(), "characters of several bytes, although the signature is right")
}

pub(super) async fn large_body(subject: &Subject<'_>) -> Finding {
    let Some(sample) = Sample::of_size(subject.event_type, subject.sender.now(), MEBIBYTE) else {
        return Finding::skip(format!("{} has no text", subject.event_type));
    };
    accepted(send_valid(subject.sender, &sample).await.as_ref(), "a body of 1 MiB")
}

/// Both orders, because published verifiers keep only the last v1.
pub(super) async fn rotated_secret(subject: &Subject<'_>) -> Finding {
    let (mut orders, now) = (Vec::new(), subject.sender.now().as_second());
    for is_first in [true, false] {
        let sample = subject.sample();
        let right = signature::expected(&sample.body, subject.sender.secret(), Some(now));
        let other = signature::expected(&sample.body, "whsec_before_the_rotation_0000000000", Some(now));
        let header = match is_first {
            true => format!("t={now},v1={right},v1={other}"),
            false => format!("t={now},v1={other},v1={right}"),
        };
        let message = Message::new(&sample, Signature::Value(header));
        let Some(answer) = subject.sender.send(message).await else { return Finding::out_of_time() };
        if answer.class() == Class::Limited {
            return Finding::limited();
        }
        orders.push(answer);
    }
    let [first, last] = orders.as_slice() else { return Finding::out_of_time() };
    match (first.is_accepted(), last.is_accepted()) {
        (true, true) => Finding::pass(format!("{}, whichever of two v1 matches", first.text())),
        (true, false) => Finding::fail(format!("{} unless the first v1 matches", last.text())),
        (false, true) => Finding::fail(format!("{} unless the last v1 matches", first.text())),
        (false, false) => Finding::fail(format!("{} to a header with two v1", last.text())),
    }
}

pub(super) async fn production_headers(subject: &Subject<'_>) -> Finding {
    let answer = subject.send(Signature::WithoutAlias).await;
    accepted(answer.as_ref(), "an event with X-Signature alone")
}

/// Whether a request was accepted.
fn accepted(answer: Option<&Answer>, what: &str) -> Finding {
    let Some(answer) = answer else { return Finding::out_of_time() };
    match answer.class() {
        Class::Accepted => Finding::pass(answer.text()),
        Class::Limited => Finding::limited(),
        _ => Finding::fail(format!("{} to {what}", answer.text())),
    }
}
