//! One event on one screen: what happened, its body, attempts and answers, headers, and the signature.

use std::collections::HashSet;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::super::format::{attempt_duration, date_and_time, exact_duration, pluralize};
use super::super::history_json::{self, exit_code};
use super::document::{Builder, Line};
use super::text::{Styled, Tone};
use super::tree::{body, shown};
use crate::history::{EventDetail, EventOrigin, EventState, StoredAttempt};

/// cStar waits this long for an endpoint (documented).
const LIMIT: Duration = Duration::from_secs(10);
/// Columns of the bar that compares an attempt with the limit.
const BAR: u32 = 20;

/// An event and what was found out about it. Its sentences are sanitized and may be styled.
#[derive(Clone, Debug)]
pub(crate) struct EventView {
    pub(crate) event: EventDetail,
    /// What happened, as `cstar why` prints it.
    pub(crate) timeline: Vec<String>,
    /// What to do next.
    pub(crate) next: Vec<String>,
    /// About the signature of the last attempt, the verdict first.
    pub(crate) signature: Vec<String>,
}

/// The tone of a state.
pub(super) const fn state_tone(state: EventState) -> Tone {
    match state {
        EventState::Delivered => Tone::Good,
        EventState::Failed => Tone::Bad,
        EventState::Waiting => Tone::Warn,
        EventState::Dismissed | EventState::Skipped | EventState::Received => Tone::Dim,
    }
}

pub(super) fn status_tone(status: Option<u16>) -> Tone {
    match status {
        Some(200..=299) => Tone::Good,
        Some(300..=499) => Tone::Warn,
        _ => Tone::Bad,
    }
}

/// The lines of the details pane.
pub(super) fn lines(view: &EventView, zone: &TimeZone) -> Vec<Line> {
    let event = &view.event;
    let mut page = Builder::default();
    head(&mut page, event, zone);
    if matches!(event.state, EventState::Failed | EventState::Waiting | EventState::Skipped) {
        view.next.iter().for_each(|line| page.line(Styled::from_ansi(line)));
    }
    section(&mut page, "Body", &pluralize(event.body.len() as u64, "byte"), false, |page| {
        body(page, &event.body);
    });
    attempts(&mut page, event);
    if let Some(last) = event.attempts.iter().rev().find(|attempt| !attempt.request_headers.is_empty()) {
        let of = format!("of attempt {}", last.attempt);
        section(&mut page, "Headers sent", &of, true, |page| headers(page, &last.request_headers));
    }
    if let [verdict, rest @ ..] = view.signature.as_slice() {
        let title = Styled::new(Tone::Strong, "Signature  ");
        let title = Styled(title.0.into_iter().chain(Styled::from_ansi(verdict).0).collect());
        page.section(title, true, |page| rest.iter().for_each(|line| page.line(Styled::from_ansi(line))));
    }
    section(&mut page, "What happened", "", true, |page| {
        let facts = view.timeline.iter().filter(|line| !line.is_empty());
        facts.for_each(|line| page.line(Styled::from_ansi(line)));
    });
    page.build()
}

fn section(
    page: &mut Builder,
    title: &str,
    about: &str,
    is_closed: bool,
    content: impl FnOnce(&mut Builder),
) {
    page.section(Styled::new(Tone::Strong, title).with(Tone::Dim, format!("  {about}")), is_closed, content);
}

fn head(page: &mut Builder, event: &EventDetail, zone: &TimeZone) {
    let kind = event.event_type.as_deref().map_or_else(|| "of unknown type".to_owned(), shown);
    let state = (state_tone(event.state), history_json::state(event.state));
    page.line(Styled::new(Tone::Name, kind).with(Tone::Plain, "  ").with(state.0, state.1));
    page.line(Styled::new(
        Tone::Plain,
        event.id.as_deref().map_or_else(|| "without an id".to_owned(), shown),
    ));
    let mut about = format!("received {}", date_and_time(event.received_at, zone));
    if let Some(request) = &event.request_id {
        about += &format!(", caused by request {}", shown(request));
    }
    page.line(Styled::new(Tone::Dim, about));
    if let Some(origin) = origin(event.origin) {
        let of = event.source_id.as_deref().map(|id| format!(" from {}", shown(id))).unwrap_or_default();
        page.line(Styled::new(Tone::Warn, format!("{origin}{of}, not received from cStar")));
    }
}

/// Where an event came from, if not from the stream.
pub(super) const fn origin(origin: EventOrigin) -> Option<&'static str> {
    match origin {
        EventOrigin::Stream => None,
        EventOrigin::Edited => Some("edited"),
        EventOrigin::Trigger => Some("triggered"),
    }
}

fn attempts(page: &mut Builder, event: &EventDetail) {
    for delivery in event.deliveries.iter().filter(|delivery| delivery.attempts == 0) {
        let why = delivery.reason.as_deref().or(delivery.target_down_reason.as_deref());
        let why = why.map(|why| format!("  {}", shown(why))).unwrap_or_default();
        let line = Styled::new(Tone::Warn, delivery.state.as_str()).with(Tone::Plain, why);
        page.line(line.with(Tone::Dim, format!("  → {}", shown(&delivery.target))));
    }
    let targets = event.deliveries.iter().map(|delivery| &delivery.target);
    let has_many = targets.collect::<HashSet<_>>().len() > 1;
    for (at, attempt) in event.attempts.iter().enumerate() {
        let is_last = at + 1 == event.attempts.len();
        let mut title = title(attempt);
        if has_many {
            title = title.with(Tone::Dim, format!("  → {}", shown(&attempt.target)));
        }
        page.section(title, !is_last, |page| answer(page, attempt));
    }
}

/// Number, status, and duration against the limit.
fn title(attempt: &StoredAttempt) -> Styled {
    let (tone, status) = match (attempt.status, exit_code(attempt)) {
        (Some(status), _) => (status_tone(Some(status)), status.to_string()),
        (None, Some(0)) => (Tone::Good, "exit 0".to_owned()),
        (None, Some(code)) => (Tone::Bad, format!("exit {code}")),
        (None, None) => (status_tone(None), "---".to_owned()),
    };
    let mut line = Styled::new(Tone::Strong, format!("Attempt {}  ", attempt.attempt))
        .with(tone, status)
        .with(Tone::Dim, format!("  {}  ", attempt_duration(attempt.duration)));
    let used = (attempt.duration.as_secs_f64() / LIMIT.as_secs_f64() * f64::from(BAR)).ceil();
    let used = (1..=BAR).take_while(|step| f64::from(*step) <= used).count();
    let (tone, limit) = match attempt.duration {
        late if late > LIMIT => (Tone::Bad, " over the limit of 10 s"),
        slow if slow > LIMIT / 2 => (Tone::Warn, " of 10 s"),
        _ => (Tone::Good, " of 10 s"),
    };
    line = line.with(tone, "━".repeat(used)).with(Tone::Dim, "┄".repeat(BAR as usize - used));
    line.with(Tone::Dim, limit)
}

fn answer(page: &mut Builder, attempt: &StoredAttempt) {
    if let Some(reason) = &attempt.reason {
        page.line(Styled::new(Tone::Bad, shown(reason)));
    }
    if let Some(chaos) = &attempt.chaos {
        page.line(Styled::new(Tone::Name, format!("chaos: {}", shown(chaos))));
    }
    if attempt.repeats > 1 {
        let times = format!("tried {} times in {}", attempt.repeats, exact_duration(attempt.duration));
        page.line(Styled::new(Tone::Dim, times));
    }
    if attempt.status.is_none() && attempt.response_body.is_empty() {
        return;
    }
    headers(page, &attempt.response_headers);
    body(page, &attempt.response_body);
    if attempt.truncated {
        page.line(Styled::new(Tone::Dim, "… only the beginning of the answer was kept"));
    }
}

fn headers(page: &mut Builder, headers: &[(String, String)]) {
    for (name, value) in headers {
        page.line(Styled::new(Tone::Name, shown(name)).with(Tone::Dim, ": ").with(Tone::Plain, shown(value)));
    }
}
