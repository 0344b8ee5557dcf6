//! `cstar logs --tail`: the newest requests, then new ones live, with reconnects.

use std::io;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::Receiver;
use tokio::sync::oneshot;

use super::lines::{Lines, here};
use crate::api::{LogFilter, LoggedRequest};
use crate::commands::Context;
use crate::host::clock::Clock;
use crate::host::signals::Interrupts;
use crate::ops::session::Session;
use crate::ops::stream_errors::{refused, stream_error};
use crate::output::sanitize::escape;
use crate::output::{Exit, Failure, Output, format, json, style};
use crate::stream::frame::StreamError;
use crate::stream::response::StreamRefusal;
use crate::stream::subscription::{Gap, Outage, StreamConfig, StreamItem, subscribe};
use crate::stream::transport::Transport;

/// Prints the newest `before` requests, then new ones, until Ctrl-C.
pub(super) async fn run(
    context: &mut Context,
    session: &Session,
    filter: &LogFilter,
    before: usize,
) -> Result<(), Failure> {
    let mut interrupts = Interrupts::listen()?;
    let screen = Screen {
        output: context.another_output(),
        lines: Lines::new(here(context), &session.identity),
        full_ids: context.global.verbose > 0,
        clock: context.clock.clone(),
        down: None,
    };
    let url = session.client.logs_stream_url(&session.identity, filter, before);
    let config = StreamConfig { transport: Transport::Sse, ..session.stream(url, context.clock.clone()) };
    let stream = subscribe(config);
    let end = draw(screen, stream);
    tokio::select! {
        end = end => match end {
            Ok(Ok(End::Refused(reason))) => Err(refused(reason, &session.account)),
            Ok(Ok(End::StreamError(error))) => Err(stream_error(error)),
            Ok(Ok(End::Gone)) | Err(_) => Err(Failure::new(Exit::Bug, "the stream of requests ended without a reason")),
            Ok(Err(error)) => Err(error.into()),
        },
        // Output that is not written yet is blocked by its reader.
        () = interrupts.next() => Ok(()),
    }
}

/// Why the stream ended.
enum End {
    Refused(StreamRefusal),
    StreamError(StreamError),
    Gone,
}

/// Prints on a thread of its own, so that a stopped terminal blocks neither heartbeats nor Ctrl-C.
fn draw(mut screen: Screen, mut stream: Receiver<StreamItem>) -> oneshot::Receiver<io::Result<End>> {
    let (ended, end) = oneshot::channel();
    std::thread::spawn(move || {
        // It fails if the command no longer waits.
        let _ = ended.send(screen.draw_all(&mut stream));
    });
    end
}

struct Screen {
    output: Output,
    lines: Lines,
    full_ids: bool,
    clock: Clock,
    /// The last reported reason of a disconnection.
    down: Option<String>,
}

impl Screen {
    fn draw_all(&mut self, stream: &mut Receiver<StreamItem>) -> io::Result<End> {
        self.output.buffer();
        while let Some(item) = stream.blocking_recv() {
            if let Some(end) = self.draw(item)? {
                self.output.flush()?;
                return Ok(end);
            }
            // A burst is written in one call.
            if stream.is_empty() {
                self.output.flush()?;
            }
        }
        Ok(End::Gone)
    }

    fn draw(&mut self, item: StreamItem) -> io::Result<Option<End>> {
        match item {
            StreamItem::Event(received) => {
                if let Some(request) = LoggedRequest::parse(&received.body) {
                    self.request(request)?;
                }
            }
            StreamItem::Connected(session) => self.connected(session.reconnected)?,
            StreamItem::Disconnected { reason, retry_in } => {
                let millis = u64::try_from(retry_in.as_millis()).unwrap_or(u64::MAX);
                self.disconnected(reason.to_string(), millis)?;
            }
            StreamItem::StillDown(outage) => self.still_down(&outage)?,
            StreamItem::Gap(gap) => self.gap(&gap)?,
            StreamItem::Rejected { reason, .. } => {
                self.output
                    .status(&style::warn(&escape(&format!("A request cannot be shown: {reason}."))))?;
            }
            StreamItem::ErrorFrame(error) if error.is_fatal() => return Ok(Some(End::StreamError(error))),
            StreamItem::Refused(reason) => return Ok(Some(End::Refused(reason))),
            StreamItem::Duplicate { .. }
            | StreamItem::Connecting { .. }
            | StreamItem::Ignored(_)
            | StreamItem::ErrorFrame(_)
            | StreamItem::Delivery(_)
            | StreamItem::RequestRefused(_)
            | StreamItem::TransportChanged { .. } => {}
        }
        Ok(None)
    }

    fn request(&mut self, request: LoggedRequest) -> io::Result<()> {
        if self.output.is_json() {
            let Value::Object(members) = request.raw else { return Ok(()) };
            return self.object("log", members);
        }
        // The terminal may have been resized.
        self.lines.fit(self.output.columns(), self.full_ids);
        let line = self.lines.next(&request);
        self.output.data(&line)
    }

    fn connected(&mut self, reconnected: bool) -> io::Result<()> {
        self.down = None;
        self.event("connected", json!({ "at": self.clock.now(), "reconnected": reconnected }))?;
        if reconnected {
            return self.note(&style::good("Reconnected."));
        }
        self.lines.fit(self.output.columns(), self.full_ids);
        if let Some(header) = self.lines.begin_live() {
            self.output.live(|out| out.data(&header))?;
        }
        self.output.status(&style::dim("Showing requests as they are made. Ctrl-C stops."))
    }

    fn disconnected(&mut self, reason: String, retry_in_ms: u64) -> io::Result<()> {
        let now = self.clock.now();
        self.event("disconnected", json!({ "at": now, "reason": reason, "retry_in_ms": retry_in_ms }))?;
        if self.down.as_ref() == Some(&reason) {
            return Ok(());
        }
        let line = format!("Disconnected: {}. Trying again.", escape(&reason));
        self.down = Some(reason);
        self.note(&style::warn(&line))
    }

    fn still_down(&mut self, outage: &Outage) -> io::Result<()> {
        let reason = outage.reason.to_string();
        let down_ms = u64::try_from(outage.lasted.as_millis()).unwrap_or(u64::MAX);
        let members = json!({
            "at": self.clock.now(), "since": outage.since, "down_ms": down_ms, "attempts": outage.attempts,
            "reason": reason,
        });
        self.event("still_disconnected", members)?;
        let line = format::outage(outage.lasted, outage.attempts, &escape(&reason));
        self.note(&style::warn(&line))
    }

    fn gap(&mut self, gap: &Gap) -> io::Result<()> {
        let now = self.clock.now();
        self.event("gap", json!({ "at": now, "after": gap.after, "since": gap.disconnected_at }))?;
        let since = gap.disconnected_at.map(|since| format!(" since {}", clock(since))).unwrap_or_default();
        self.note(&style::warn(&format!("Possible gap: requests{since} may be missing.")))
    }

    fn note(&mut self, line: &str) -> io::Result<()> {
        let time = clock(self.clock.now());
        self.output.status(&format!("{time}  {line}"))
    }

    /// A JSON line that is not a request.
    fn event(&mut self, kind: &str, members: Value) -> io::Result<()> {
        match members {
            Value::Object(members) if self.output.is_json() => self.object(kind, members),
            _ => Ok(()),
        }
    }

    /// One line of JSON, `type` first.
    fn object(&mut self, kind: &str, members: Map<String, Value>) -> io::Result<()> {
        let mut object = Map::new();
        object.insert("type".to_owned(), kind.into());
        object.extend(members.into_iter().filter(|(name, _)| name != "type"));
        self.output.data(&json::line(&object)?)
    }
}

fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%H:%M:%S").to_string()
}
