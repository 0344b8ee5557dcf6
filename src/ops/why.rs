//! Explains one event: its timeline in sentences, connection events, and what to do next. For `cstar why` and the
//! MCP server.

mod advice;
mod timeline;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::history::{ConnectionEvent, EventDetail, HistoryReader};
use crate::output::history_json;
use crate::output::{Failure, style};

/// Connection events within this time before and after are shown too.
const AROUND: SignedDuration = SignedDuration::from_mins(5);

/// The explanation. Its sentences are sanitized and may be styled.
#[derive(Debug)]
pub(crate) struct Explanation {
    /// From the reception to the end, one sentence each.
    pub(crate) timeline: Vec<String>,
    /// Connection events at that time.
    pub(crate) connection: Vec<String>,
    pub(crate) next: Vec<String>,
}

impl Explanation {
    pub(crate) fn new(event: &EventDetail, notes: &[ConnectionEvent], zone: &TimeZone) -> Self {
        Self {
            timeline: timeline::timeline(event, zone),
            connection: timeline::connection(notes, zone),
            next: advice::next(event),
        }
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = self.timeline.clone();
        for (title, sentences) in [("The connection around then", &self.connection), ("Next", &self.next)] {
            if !sentences.is_empty() {
                lines.extend([String::new(), style::strong(title)]);
                lines.extend(sentences.iter().map(|sentence| format!("  {sentence}")));
            }
        }
        lines
    }

    /// Without styles, for programs.
    pub(crate) fn plain(&self) -> Self {
        let plain = |lines: &[String]| {
            let stripped = lines.iter().map(|line| anstream::adapter::strip_str(line).to_string());
            stripped.collect()
        };
        Self { timeline: plain(&self.timeline), connection: plain(&self.connection), next: plain(&self.next) }
    }
}

/// The output of `cstar why --json`: the whole event with its explanation.
pub(crate) fn as_json(event: &EventDetail, notes: &[ConnectionEvent], explanation: &Explanation) -> Value {
    let mut value = history_json::detail(event);
    let plain = explanation.plain();
    if let Value::Object(members) = &mut value {
        members.insert("notes".to_owned(), notes.iter().map(history_json::note).collect());
        members.insert("story".to_owned(), json!(plain.timeline));
        members.insert("next".to_owned(), json!(plain.next));
    }
    value
}

/// Connection events from a while before the event was received until a while after its last attempt.
pub(crate) fn notes_around(
    reader: &HistoryReader,
    event: &EventDetail,
) -> Result<Vec<ConnectionEvent>, Failure> {
    let received = event.receptions.iter().map(|reception| reception.at);
    let ended = event.deliveries.iter().filter_map(|delivery| delivery.ended_at);
    let tried = event.attempts.iter().map(|attempt| attempt.started_at);
    let all: Vec<Timestamp> = received.chain(ended).chain(tried).collect();
    let first = all.iter().min().copied().unwrap_or(event.received_at);
    let last = all.iter().max().copied().unwrap_or(event.received_at);
    let since = first.checked_sub(AROUND).ok();
    reader.connection_events(since, last.checked_add(AROUND).ok()).map_err(Failure::from)
}
