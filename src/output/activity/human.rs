//! The output of `listen` for people: results on standard output, the rest on standard error.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::format::{pluralize, wait_duration};
use super::super::sanitize::escape;
use super::super::{Output, format, style};
use super::connection::ConnectionLines;
use super::history;
use super::line::{View, address, draining, replaying, signing_secret};
use super::payload::PayloadView;
use super::receiver;
use super::summary::stopped;
use crate::forward::{Activity, AttemptEvent, SecretSource, TargetCommand, TargetInfo};

/// Prints activities as lines.
#[derive(Debug)]
pub(crate) struct HumanRenderer {
    zone: TimeZone,
    /// Whether the ready line shows the signing secret.
    show_secret: bool,
    /// Show received events too.
    verbose: bool,
    /// Hints printed so far.
    hints: HashSet<String>,
    /// With a single target, lines need not name it.
    many_targets: bool,
    /// Show only failures; toggled by a key.
    only_failures: Arc<AtomicBool>,
    /// The event that was replayed by a key. Its result is always shown.
    replayed: Option<String>,
    /// The last line of the ready block.
    closing_line: &'static str,
    connected: bool,
    connection: ConnectionLines,
    payload: PayloadView,
}

impl HumanRenderer {
    pub(crate) fn new(show_secret: bool, verbose: bool) -> Self {
        Self {
            zone: TimeZone::system(),
            show_secret,
            verbose,
            hints: HashSet::new(),
            many_targets: false,
            only_failures: Arc::default(),
            replayed: None,
            closing_line: "Ctrl-C stops.",
            connected: false,
            connection: ConnectionLines::default(),
            payload: PayloadView::default(),
        }
    }

    /// The switch for showing failures only.
    pub(crate) fn only_failures(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.only_failures)
    }

    /// Ends the ready block with `line`.
    #[must_use]
    pub(crate) fn with_closing_line(self, line: &'static str) -> Self {
        Self { closing_line: line, ..self }
    }

    /// Shows bodies, headers and answers like this.
    #[must_use]
    pub(crate) fn with_payload(self, payload: PayloadView) -> Self {
        Self { payload, ..self }
    }

    /// What the full-screen view shows of an activity beside its list: the lines that are printed on standard error.
    pub(in crate::output) fn status_lines(&mut self, activity: &Activity) -> Vec<String> {
        match activity {
            Activity::Connected { targets, reconnected: false, secret_source, secret, .. } => {
                self.ready_lines(targets, *secret_source, secret.expose())
            }
            Activity::Failed { attempt, hint, .. } => {
                self.hint_line(hint.as_deref(), attempt).into_iter().collect()
            }
            Activity::Replaying { at, id, event } => {
                vec![format!("{}  {}", self.clock(*at), replaying(id.as_deref(), event.as_deref()))]
            }
            Activity::Chaos { attempt, finding: Some(finding), .. } => {
                let what = format!("chaos: the target {finding} ({})", escape(&attempt.event.id));
                vec![format!("{}  {}", self.clock(attempt.at), style::bad(&what))]
            }
            _ => match self.note(activity) {
                Some(line) => self.connection_lines(activity, line),
                None => Vec::new(),
            },
        }
    }

    pub(in crate::output) fn render(&mut self, output: &mut Output, activity: &Activity) -> io::Result<()> {
        match activity {
            Activity::Connected { reconnected: false, .. } => {
                self.status_lines(activity).iter().try_for_each(|line| output.status(line))
            }
            Activity::Delivered { attempt, .. } if self.only_failures.load(Ordering::Relaxed) => {
                match self.replayed.as_ref() == Some(&attempt.event.id) {
                    true => self.outcome(output, activity),
                    false => Ok(()),
                }
            }
            Activity::Chaos { finding: None, .. } if self.only_failures.load(Ordering::Relaxed) => Ok(()),
            Activity::Delivered { .. }
            | Activity::Failed { .. }
            | Activity::Retrying { .. }
            | Activity::Chaos { .. } => self.outcome(output, activity),
            Activity::Received { at, event, body: Some(body), .. } => {
                self.payload.event(output, &self.clock(*at), event, body)
            }
            Activity::Summary { reason, summary, undelivered, .. } => {
                stopped(output, reason, summary, undelivered, self.payload.is_recorded)
            }
            _ => {
                if let Activity::Replaying { id, .. } = activity {
                    self.replayed.clone_from(id);
                }
                self.status_lines(activity).iter().try_for_each(|line| output.status(line))
            }
        }
    }

    fn ready_lines(&mut self, targets: &[TargetInfo], source: SecretSource, secret: &str) -> Vec<String> {
        self.connected = true;
        self.connection.ready();
        if targets.is_empty() {
            let how = style::strong("cstar listen --forward-to 3000");
            return vec![
                format!("{} Printing webhook events.", style::good("Ready.")),
                format!("  to forward them: {how}"),
                style::dim(&format!("  {}", self.closing_line)),
            ];
        }
        let mut lines = vec![format!("{} {}", style::good("Ready."), "Forwarding webhook events:")];
        self.many_targets = targets.len() > 1;
        for target in targets {
            let events =
                if target.events.is_empty() { "every event".to_owned() } else { target.events.join(", ") };
            lines.push(format!(
                "  {} → {}",
                style::name(&escape(&events)),
                style::strong(&address(&target.url))
            ));
        }
        lines.push(signing_secret(source, self.show_secret.then_some(secret)));
        lines.push(style::dim(&format!("  {}", self.closing_line)));
        lines
    }

    /// Prints an attempt, and a hint for the first failure of its kind.
    fn outcome(&mut self, output: &mut Output, activity: &Activity) -> io::Result<()> {
        let view = View {
            zone: &self.zone,
            columns: output.columns(),
            verbose: self.verbose,
            many_targets: self.many_targets,
        };
        if let Some(line) = view.line(activity) {
            output.data(&line)?;
        }
        self.payload.attempt(output, activity)?;
        match activity {
            Activity::Failed { attempt, hint, .. } => {
                let line = self.hint_line(hint.as_deref(), attempt);
                line.map_or(Ok(()), |line| output.status(&line))
            }
            _ => Ok(()),
        }
    }

    /// A hint, each only once per run, with the id of the first event that it is about.
    fn hint_line(&mut self, hint: Option<&str>, of: &AttemptEvent) -> Option<String> {
        let hint = hint.filter(|hint| self.hints.insert(hint.replace(&of.event.id, "")))?;
        Some(format!("{} {} ({})", style::name("hint:"), escape(hint), address(&of.target)))
    }

    /// The lines to print for `line`. Lines about the connection depend on earlier ones.
    fn connection_lines(&mut self, activity: &Activity, line: String) -> Vec<String> {
        match activity {
            Activity::Disconnected { at, reason, .. } => {
                self.connection.disconnected(*at, reason, line).into_iter().collect()
            }
            Activity::Connected { .. } => self.connection.reconnected(line).into_iter().collect(),
            Activity::Gap { .. } => self.connection.gap(line),
            Activity::StillDisconnected { .. } | Activity::TransportChanged { .. } => {
                self.connection.down();
                vec![line]
            }
            _ => vec![line],
        }
    }

    /// The status line of an activity.
    fn note(&self, activity: &Activity) -> Option<String> {
        let line = match activity {
            Activity::Connecting { attempt: 1 } if !self.connected => style::dim("Connecting to cStar …"),
            Activity::Connected { at, .. } => format!("{}  {}", self.clock(*at), style::good("Reconnected.")),
            Activity::Disconnected { at, reason, retry_in_ms } => {
                let what =
                    format!("Disconnected: {reason}. Trying again in {}.", wait_duration(*retry_in_ms));
                format!("{}  {}", self.clock(*at), style::warn(&escape(&what)))
            }
            Activity::StillDisconnected { at, down_ms, attempts, reason, .. } => {
                let what = format::outage(Duration::from_millis(*down_ms), *attempts, reason);
                format!("{}  {}", self.clock(*at), style::warn(&escape(&what)))
            }
            Activity::TransportChanged { at, to, reason } => {
                let to = if *to == "ws" { "a WebSocket" } else { "an event stream" };
                let what = format!("Changing to {to}: {reason}.");
                format!("{}  {}", self.clock(*at), style::warn(&escape(&what)))
            }
            Activity::Ignored { at, member, reason } => {
                let what = format!("Ignored `{member}` of the listen session: {reason}.");
                format!("{}  {}", self.clock(*at), style::warn(&escape(&what)))
            }
            Activity::Schema { at, event, difference } => {
                format!("{}  {}", self.clock(*at), style::warn(&escape(&format!("{event}: {difference}"))))
            }
            Activity::Gap { at, after, since, reason } => {
                let since = since.map(|since| format!(" since {}", self.clock(since))).unwrap_or_default();
                // Other ids are positions in the stream, which mean nothing to people.
                let after = after.as_deref().filter(|id| id.starts_with("evt_"));
                let after = after.map(|id| format!(" after {id}")).unwrap_or_default();
                let what = format!("Possible gap: events{since}{after} may be missing ({reason}).");
                format!("{}  {}", self.clock(*at), style::warn(&escape(&what)))
            }
            Activity::Inspector { url, .. } => format!("  inspector  {}", style::strong(url)),
            Activity::Waiting { at, target, reason, hint, .. } => {
                let hint = hint.as_deref().map(|hint| format!(": {hint}")).unwrap_or_default();
                let target = address(target);
                let back = if TargetCommand::is_name(&target) { "can be started" } else { "is back" };
                let what =
                    format!("{target} {reason}{hint}. Events are queued until it {back}.").replace("?.", "?");
                format!("{}  {}", self.clock(*at), style::warn(&escape(&what)))
            }
            Activity::Resumed { at, target, waiting } => {
                let what = format!("{} is back; {waiting} waiting.", address(target));
                format!("{}  {}", self.clock(*at), style::good(&escape(&what)))
            }
            Activity::Paused { at, reason: "asked", queued } => {
                let what = format!("Paused, {queued} queued. Press p to resume.");
                format!("{}  {}", self.clock(*at), style::warn(&what))
            }
            Activity::Paused { at, queued, .. } => {
                let what = format!(
                    "{} in the queue; reading pauses until there is room.",
                    pluralize(*queued as u64, "event")
                );
                format!("{}  {}", self.clock(*at), style::dim(&what))
            }
            Activity::Draining { at, deliveries } => {
                format!("{}  {}", self.clock(*at), style::warn(&draining(*deliveries)))
            }
            Activity::HistoryOff { .. }
            | Activity::HistoryPaused { .. }
            | Activity::HistoryOverflow { .. }
            | Activity::HistoryResumed { .. }
            | Activity::Leftover { .. } => return history::line(activity, |at| self.clock(at)),
            Activity::Receiver { .. } | Activity::WebhookDeleted { .. } | Activity::RequestRefused { .. } => {
                return receiver::line(activity, |at| self.clock(at));
            }
            Activity::Continued { at, queued } => {
                format!("{}  {}", self.clock(*at), style::good(&format!("Resumed, {queued} queued.")))
            }
            // With a filter there may be more of these than of anything else.
            Activity::Skipped { is_filtered: true, .. } if !self.verbose => return None,
            Activity::Skipped { at, id, event, reason, .. } => {
                let id = id.as_deref().unwrap_or("an event without id");
                let event = event.as_deref().unwrap_or("of unknown type");
                let what = format!("Skipped {event} {id}: {reason}.");
                format!("{}  {}", self.clock(*at), style::warn(&escape(&what)))
            }
            Activity::Received { at, event, .. } if self.verbose => {
                let (event_type, id) = (escape(&event.event_type), escape(&event.id));
                style::dim(&format!("{}  received {event_type} {id}", self.clock(*at)))
            }
            _ => return None,
        };
        Some(line)
    }

    fn clock(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string()
    }
}
