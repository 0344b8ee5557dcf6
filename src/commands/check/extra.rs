//! Event types, and requests that are no deliveries: the endpoint may refuse them, but must not crash.

use futures_util::StreamExt as _;
use futures_util::stream;

use super::repeat::{resource_overlay, types_of_a_resource};
use super::result::{Answer, Class, Finding};
use super::sample::Sample;
use super::sender::{Message, Signature};
use super::subject::{Subject, send_valid};
use crate::event;

/// ours: a type that cStar may add.
const UNKNOWN_TYPE: &str = "ticket.cstar_check_unknown";
/// How many types a message names.
const NAMED: usize = 3;

/// One event of each type. Without `--events` a type may be refused: the webhook may not be registered for it.
pub(super) async fn event_types(subject: &Subject<'_>) -> Finding {
    let all: Vec<&'static str> = event::catalogue().iter().map(|event| event.name).collect();
    let types = subject.types.unwrap_or(&all);
    let sent = types.iter().map(|name| async move {
        let sample = Sample::new(name, subject.sender.now());
        (*name, send_valid(subject.sender, &sample).await)
    });
    let answers: Vec<(&str, Option<Answer>)> =
        stream::iter(sent).buffered(subject.concurrency).collect().await;
    let (mut refused, mut crashed) = (Vec::new(), Vec::new());
    for (name, answer) in &answers {
        let Some(answer) = answer else { return Finding::out_of_time() };
        match answer.class() {
            Class::Accepted => {}
            Class::Limited => return Finding::limited(),
            Class::Refused => refused.push((*name, answer)),
            _ => crashed.push((*name, answer)),
        }
    }
    // `reordered-events` reports an update that only needs its creation first.
    let mut kept = Vec::new();
    for (name, answer) in crashed {
        if !needs_creation(subject, name).await {
            kept.push((name, answer));
        }
    }
    let mut crashed = kept;
    if subject.types.is_some() {
        crashed.append(&mut refused);
    }
    let count = types.len();
    match (crashed.first(), refused.len()) {
        (Some((_, answer)), _) => Finding::fail(format!(
            "{} to {} of {count} types: {}",
            answer.text(),
            crashed.len(),
            named(&crashed)
        )),
        (None, 0) => Finding::pass(format!("accepted {count} types")),
        (None, some) => {
            Finding::pass(format!("accepted {} types and refused {some}: {}", count - some, named(&refused)))
        }
    }
}

/// Whether an event is accepted after the creation of its resource.
async fn needs_creation(subject: &Subject<'_>, name: &str) -> bool {
    let Some((created, updated)) = types_of_a_resource(subject).filter(|(_, updated)| updated == name) else {
        return false;
    };
    let creation = Sample::new(&created, subject.sender.now());
    let update = Sample::with_overlay(&updated, subject.sender.now(), resource_overlay(&creation));
    let _ = send_valid(subject.sender, &creation).await;
    send_valid(subject.sender, &update).await.is_some_and(|answer| answer.is_accepted())
}

fn named(answers: &[(&str, &Answer)]) -> String {
    let mut names: Vec<&str> = answers.iter().take(NAMED).map(|(name, _)| *name).collect();
    if answers.len() > NAMED {
        names.push("…");
    }
    names.join(", ")
}

pub(super) async fn unknown_type(subject: &Subject<'_>) -> Finding {
    let sample = Sample::new(UNKNOWN_TYPE, subject.sender.now());
    survived(subject, send_valid(subject.sender, &sample).await, "an unknown event type")
}

pub(super) async fn content_type(subject: &Subject<'_>) -> Finding {
    let sample = subject.sample();
    let message = Message { content_type: Some("text/plain"), ..Message::new(&sample, Signature::Valid) };
    survived(subject, subject.sender.send(message).await, "Content-Type: text/plain")
}

pub(super) fn get_request(subject: &Subject<'_>) -> Finding {
    survived(subject, subject.get.clone(), "a GET")
}

/// Anything but a crash.
fn survived(subject: &Subject<'_>, answer: Option<Answer>, what: &str) -> Finding {
    let Some(answer) = answer else { return Finding::out_of_time() };
    match answer.class() {
        Class::Crashed | Class::Silent => subject
            .like_baseline(&answer)
            .unwrap_or_else(|| Finding::fail(format!("{} to {what}", answer.text()))),
        Class::Limited => Finding::limited(),
        _ => Finding::pass(answer.text()),
    }
}
