//! Events that arrive again, at once, or in another order.
//!
//! Two answers of 2xx are no proof that the endpoint acted only once. Only an answer that calls the event a duplicate
//! is.

use super::result::{Answer, Class, Finding};
use super::sample::Sample;
use super::subject::{Subject, send_valid};
use crate::event::Json;

/// What endpoints call an event that they know.
const WORDS: [&str; 6] = ["duplicate", "already", "idempoten", "replayed", "seen before", "processed before"];
/// Answers to a request while an equal one is in work.
const BUSY: [u16; 3] = [409, 423, 425];

/// The status "already reported".
const ALREADY_REPORTED: u16 = 208;

fn is_marked(answer: &Answer) -> bool {
    if answer.status() == Some(ALREADY_REPORTED) {
        return true;
    }
    let headers = answer.response.iter().flat_map(|response| response.headers.keys());
    let text: String = headers.map(|name| format!("{name}\n")).chain([answer.body()]).collect();
    let text = text.to_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

pub(super) async fn duplicate_event(subject: &Subject<'_>) -> Finding {
    let sample = subject.sample();
    let first = send_valid(subject.sender, &sample).await;
    let (Some(first), Some(second)) = (first, send_valid(subject.sender, &sample).await) else {
        return Finding::out_of_time();
    };
    let both = pair(&first, &second);
    match (first.class(), second.class()) {
        (Class::Limited, _) | (_, Class::Limited) => Finding::limited(),
        (Class::Accepted, Class::Accepted) if is_marked(&second) && !is_marked(&first) => {
            Finding::pass(format!("{both}; the second answer calls it a duplicate"))
        }
        (Class::Accepted, Class::Accepted) => {
            Finding::advice(format!("{both}; the answers do not show whether it acted only once"))
        }
        _ => Finding::fail(format!("{both} to the same event, which cStar would send again")),
    }
}

/// A third request shows whether the endpoint marks duplicates at all.
pub(super) async fn concurrent_duplicate(subject: &Subject<'_>) -> Finding {
    let sample = subject.sample();
    let send = || send_valid(subject.sender, &sample);
    let (Some(one), Some(other)) = tokio::join!(send(), send()) else { return Finding::out_of_time() };
    let Some(third) = send().await else { return Finding::out_of_time() };
    let (both, answers) = (pair(&one, &other), [&one, &other]);
    let classes = answers.map(Answer::class);
    let is_busy = |answer: &&Answer| answer.status().is_some_and(|status| BUSY.contains(&status));
    if classes.contains(&Class::Limited) || third.class() == Class::Limited {
        return Finding::limited();
    }
    if classes != [Class::Accepted; 2] {
        if !third.is_accepted() {
            return Finding::skip(format!("{both}, as one after the other: see duplicate-event"));
        }
        if classes.contains(&Class::Accepted) && answers.iter().any(is_busy) {
            return Finding::advice(format!("{both} at once: cStar sends it again after 30 s"));
        }
        return Finding::fail(format!("{both} to the same event at once"));
    }
    match answers.iter().filter(|answer| is_marked(answer)).count() {
        1 => Finding::pass(format!("{both}; one answer calls it a duplicate")),
        0 if is_marked(&third) => {
            Finding::fail(format!("{both} at once, and neither answer calls it a duplicate: it acted twice"))
        }
        _ => Finding::skip(format!("{both}; the answers do not show whether it acted only once")),
    }
}

/// An update before the creation. A second update shows whether the endpoint takes updates at all.
pub(super) async fn reordered_events(subject: &Subject<'_>) -> Finding {
    let Some((created, updated)) = types_of_a_resource(subject) else {
        return Finding::skip("--events has no resource with both a .created and an .updated event");
    };
    let now = subject.sender.now();
    let creation = Sample::new(&created, now);
    let overlay = resource_overlay(&creation);
    let update = || Sample::with_overlay(&updated, now, overlay.clone());
    let mut answers = Vec::new();
    for sample in [update(), creation, update()] {
        let Some(answer) = send_valid(subject.sender, &sample).await else { return Finding::out_of_time() };
        answers.push(answer);
    }
    let [early, creation, late] = answers.as_slice() else { return Finding::out_of_time() };
    if answers.iter().any(|answer| answer.class() == Class::Limited) {
        return Finding::limited();
    }
    let text = format!("{} to {updated}, then {} to {created}", early.text(), creation.text());
    match (early.class(), creation.class()) {
        (Class::Accepted, Class::Accepted) => Finding::pass(pair(early, creation)),
        (class, _) if class != Class::Accepted && class == late.class() => {
            Finding::skip(format!("{} to {updated} in any order", early.text()))
        }
        (Class::Refused, Class::Accepted) => {
            Finding::advice(format!("{text}: cStar sends the update again after 30 s"))
        }
        _ => Finding::fail(text),
    }
}

/// Such as `ticket.created` and `ticket.updated`.
pub(super) fn types_of_a_resource(subject: &Subject<'_>) -> Option<(String, String)> {
    let Some(types) = subject.types else {
        return Some(("ticket.created".to_owned(), "ticket.updated".to_owned()));
    };
    types.iter().find_map(|name| {
        let updated = format!("{}.updated", name.strip_suffix(".created")?);
        types.contains(&updated.as_str()).then(|| ((*name).to_owned(), updated))
    })
}

/// The id of the resource, in the place where the data has it.
pub(super) fn resource_overlay(creation: &Sample) -> Json {
    let name = creation.event_type.split('.').next().unwrap_or_default();
    let whole = Json::parse(&creation.body).unwrap_or(Json::EMPTY);
    let id = whole.get("data").and_then(|data| data.get(name)).and_then(|resource| resource.get("id"));
    match id {
        Some(id) => {
            let resource = Json::Object(vec![("id".to_owned(), id.clone())]);
            Json::Object(vec![(name.to_owned(), resource)])
        }
        None => Json::EMPTY,
    }
}

fn pair(one: &Answer, other: &Answer) -> String {
    match (one.status(), other.status()) {
        (Some(one), Some(other)) if one == other => format!("answered {one} twice"),
        (Some(one), Some(other)) => format!("answered {one} and {other}"),
        _ => format!("{}, and {}", one.text(), other.text()),
    }
}
