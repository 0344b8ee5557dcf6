//! Bodies, request headers and answers in the output of `listen`, for people.

use std::io;

use super::super::body::{self, Bounds};
use super::super::sanitize::{escape, redact};
use super::super::width::{short_id, truncate};
use super::super::{Output, style};
use crate::event::EventMeta;
use crate::forward::{Activity, BodyPart, DetailedAttempt, Headers};
use crate::history::MAX_RESPONSE;
use crate::net::MAX_ANSWER;

/// Rows of a terminal that a body leaves to the lines around it.
const OTHER_ROWS: usize = 4;
/// A body has at least this many rows.
const LEAST_ROWS: usize = 10;
/// Everything is indented by this below the line of its event.
const INDENT: &str = "  ";

/// How payloads are shown.
#[derive(Debug, Default)]
pub(crate) struct PayloadView {
    /// Whether `history show` has what does not fit.
    pub(crate) is_recorded: bool,
    /// The event whose body is just above.
    last: Option<String>,
}

impl PayloadView {
    pub(crate) fn new(is_recorded: bool) -> Self {
        Self { is_recorded, last: None }
    }

    /// Prints an event that is not forwarded.
    pub(super) fn event(
        &self,
        output: &mut Output,
        time: &str,
        event: &EventMeta,
        body: &BodyPart,
    ) -> io::Result<()> {
        let (kind, id) = (escape(&event.event_type), escape(&event.id));
        output.data(&format!("{}  {}  {}", style::dim(time), style::name(&kind), style::strong(&id)))?;
        Self::body(output, body, self.command(&event.id))
    }

    /// Prints the details of an attempt, if it has some.
    pub(super) fn attempt(&mut self, output: &mut Output, activity: &Activity) -> io::Result<()> {
        let Some(attempt) = activity.attempt_details() else {
            return Ok(());
        };
        let DetailedAttempt { event, status, exit_code, details } = attempt;
        if let Some(headers) = &details.request_headers {
            self.headers(output, "Request", headers)?;
        }
        if let Some(body) = &details.body {
            match self.last.as_ref() == Some(&event.id) {
                true => output.data(&format!("{INDENT}{}", style::dim("(the same body)")))?,
                false => Self::body(output, body, self.command(&event.id))?,
            }
        }
        if let Some(answer) = details.answer.as_ref().and_then(Option::as_ref) {
            let title = match exit_code {
                Some(_) => "Output".to_owned(),
                None => format!("Answer {}", style::attempt_status(status)),
            };
            self.headers(output, &title, &answer.headers)?;
            let command = self.command(&event.id).filter(|_| answer.body.size <= MAX_RESPONSE);
            Self::body(output, &answer.body, command)?;
            if answer.is_truncated {
                let note = match answer.body.size {
                    ..MAX_ANSWER => "(the answer is incomplete)".to_owned(),
                    _ => format!("(cstar reads the first {} KiB of an answer)", MAX_ANSWER / 1024),
                };
                output.data(&format!("{INDENT}{}", style::dim(&note)))?;
            }
        }
        self.last = Some(event.id.clone());
        Ok(())
    }

    fn headers(&self, output: &mut Output, title: &str, headers: &Headers) -> io::Result<()> {
        output.data(&format!("{INDENT}{}", style::strong(title)))?;
        for (name, value) in headers {
            let (name, value) = (escape(name), escape(&redact(value)));
            let room = output.columns().map(|columns| columns.saturating_sub(name.len() + 4).max(1));
            let value = room.map_or_else(|| value.clone(), |room| truncate(&value, room));
            output.data(&format!("{INDENT}{}: {value}", style::dim(&name)))?;
        }
        Ok(())
    }

    /// The command that shows the whole body.
    fn command(&self, id: &str) -> Option<String> {
        // Its end is enough, and all of it would not fit.
        let short = short_id(&escape(id));
        self.is_recorded.then(|| format!("cstar history show {}", short.trim_start_matches('…')))
    }

    fn body(output: &mut Output, part: &BodyPart, see_all: Option<String>) -> io::Result<()> {
        let bounds = Bounds {
            columns: output.columns().map(|columns| columns.saturating_sub(INDENT.len())),
            rows: output.rows().map(|rows| rows.saturating_sub(OTHER_ROWS).max(LEAST_ROWS)),
            see_all,
            size: Some(part.size),
        };
        let lines = body::lines(&part.bytes, &bounds);
        lines.iter().try_for_each(|line| output.data(&format!("{INDENT}{line}")))
    }
}

/// Hides API keys and secrets in headers. Bodies are the exact bytes, as in the history.
pub(super) fn hide_keys(activity: &mut Activity) {
    let Some(details) = activity.details_mut() else { return };
    for (_, value) in details.headers_mut() {
        *value = redact(value);
    }
}
