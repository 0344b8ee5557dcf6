//! Requests that have to be refused with a 4xx.

use super::result::{Class, Finding, Status};
use super::sender::{Message, Signature};
use super::subject::Subject;
use crate::signature;

/// Beyond the tolerance of 300 s (documented), and beyond that of a receiver with a clock that is a little off.
const FAR: i64 = 600;
const OTHER_SECRET: &str = "whsec_of_another_endpoint_0000000000";

pub(super) async fn wrong_secret(subject: &Subject<'_>) -> Finding {
    let answer = subject.send(Signature::With(OTHER_SECRET.to_owned())).await;
    subject.unless_same_cause(answer, "a signature made with another secret")
}

pub(super) async fn tampered_body(subject: &Subject<'_>) -> Finding {
    let original = subject.sample();
    let tampered = original.tampered();
    let message = Message::new(&tampered, Signature::OfBody(original.body.clone()));
    subject.unless_same_cause(subject.sender.send(message).await, "a body that was changed after signing")
}

pub(super) async fn missing_signature(subject: &Subject<'_>) -> Finding {
    subject.unless_same_cause(subject.send(Signature::Missing).await, "an event without a signature")
}

pub(super) async fn stale_timestamp(subject: &Subject<'_>) -> Finding {
    subject
        .unless_same_cause(subject.send(Signature::Shifted(-FAR)).await, "a signature that is 10 minutes old")
}

pub(super) async fn future_timestamp(subject: &Subject<'_>) -> Finding {
    let answer = subject.send(Signature::Shifted(FAR)).await;
    subject.unless_same_cause(answer, "a signature from 10 minutes ahead")
}

/// Every header has to be refused; the first that is not is reported.
pub(super) async fn malformed_signature(subject: &Subject<'_>) -> Finding {
    let t = subject.sender.now().as_second();
    let hex = "a".repeat(64);
    let headers = [
        ("x".to_owned(), "the header `x`"),
        (format!("t={t},v1=abcd"), "a v1 of 4 digits"),
        (format!("t={t},v1={}", "z".repeat(64)), "a v1 that is not hexadecimal"),
        (format!("v1={hex}"), "a header without `t`"),
        (format!("t=now,v1={hex}"), "a `t` that is no number"),
    ];
    let count = headers.len();
    for (header, what) in headers {
        let answer = subject.send(Signature::Value(header)).await;
        let finding = subject.unless_same_cause(answer, what);
        if finding.status != Status::Pass {
            return finding;
        }
    }
    Finding::pass(format!("refused {count} headers that cannot be read"))
}

/// Informational: the SDK of cStar accepts it (documented).
pub(super) async fn legacy_signature(subject: &Subject<'_>) -> Finding {
    let sample = subject.sample();
    let digits = signature::expected(&sample.body, subject.sender.secret(), None);
    let message = Message::new(&sample, Signature::Value(format!("sha256={digits}")));
    let Some(answer) = subject.sender.send(message).await else { return Finding::out_of_time() };
    let text = answer.text();
    match answer.class() {
        Class::Accepted => subject.same_cause(&answer).unwrap_or_else(|| {
            Finding::advice(format!("{text} to the legacy signature without a timestamp"))
        }),
        Class::Limited => Finding::limited(),
        Class::Refused => Finding::pass(format!("{text}: not accepted")),
        _ => Finding::skip(format!("{text}: see malformed-signature")),
    }
}
