//! The line of one attempt, as `listen`, `trigger --to` and `replay` print it on a terminal. No line is wider than the
//! terminal.

use std::time::Duration;

use super::format::attempt_duration;
use super::style;
use super::width::{pad, pad_left, short_id, truncate, width, wrap};
use crate::forward::TargetCommand;

/// The longest event type plus one, so that columns do not move.
pub(crate) const TYPE_WIDTH: usize = 30;
/// Types are not truncated below this.
const TYPE_LEAST: usize = 12;
/// A target that would be truncated below this is omitted.
const TARGET_LEAST: usize = 12;
/// `12345 ms`
const MS_WIDTH: usize = 8;
/// Width of duration, short id and gaps.
const OTHERS: usize = 2 + 2 + MS_WIDTH + 2 + 9;

/// One attempt. The texts must be sanitized.
#[derive(Debug)]
pub(crate) struct AttemptLine {
    /// Local time, for live output.
    pub(crate) time: Option<String>,
    pub(crate) status: Option<u16>,
    /// Of a command.
    pub(crate) exit_code: Option<i32>,
    pub(crate) event: String,
    pub(crate) duration: Duration,
    /// A reason or remark, styled.
    pub(crate) detail: Option<String>,
    pub(crate) id: String,
    /// Omitted if it is clear from the context.
    pub(crate) target: Option<String>,
    /// A successful attempt takes one row; a failed one may wrap.
    pub(crate) is_success: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct AttemptView {
    /// The width of the terminal; `None` for a pipe, where nothing is truncated.
    pub(crate) columns: Option<usize>,
    /// The width of the type column, if it fits.
    pub(crate) type_width: usize,
    /// Show ids of successful deliveries in full too.
    pub(crate) full_ids: bool,
}

impl AttemptView {
    /// With a type column that is as wide as the widest of `types`.
    pub(crate) fn new<'t>(
        columns: Option<usize>,
        types: impl Iterator<Item = &'t str>,
        full_ids: bool,
    ) -> Self {
        Self { columns, type_width: types.map(width).max().unwrap_or_default(), full_ids }
    }

    /// Time, status, type, duration, detail, id, target.
    pub(crate) fn line(&self, attempt: &AttemptLine) -> String {
        let start = self.start(attempt);
        let id = match self.columns {
            Some(_) if attempt.is_success && !self.full_ids => short_id(&attempt.id),
            _ => attempt.id.clone(),
        };
        let target = attempt.target.as_ref().map(|target| format!("→ {target}"));
        let before: Vec<String> =
            [Some(start), attempt.detail.clone(), Some(style::dim(&id))].into_iter().flatten().collect();
        let line = before.join("  ");
        let whole = target.as_ref().map_or_else(|| line.clone(), |target| format!("{line}  {target}"));
        let Some(columns) = self.columns.filter(|columns| width(&whole) > *columns) else { return whole };
        if !attempt.is_success || width(&line) > columns {
            return wrap(&whole, Some(columns));
        }
        // A successful attempt takes one row; its target is truncated.
        match (attempt.target.as_deref(), columns.saturating_sub(width(&line) + "  → ".chars().count())) {
            (Some(target), room) if room >= TARGET_LEAST => {
                format!("{line}  → {}", cut_address(target, room))
            }
            _ => line,
        }
    }

    fn start(&self, attempt: &AttemptLine) -> String {
        let time = attempt.time.as_deref().map(|time| format!("{}  ", style::dim(time))).unwrap_or_default();
        let status = style::attempt_result(attempt.status, attempt.exit_code);
        // As wide as any code, so that columns do not move.
        let status = if attempt.exit_code.is_some() { pad(&status, "exit 255".len()) } else { status };
        let room =
            |columns: usize| columns.saturating_sub(OTHERS + width(&status) + width(&time)).max(TYPE_LEAST);
        let columns = self.columns.map_or(self.type_width, |columns| room(columns).min(self.type_width));
        let event =
            if self.columns.is_some() { truncate(&attempt.event, columns) } else { attempt.event.clone() };
        let took = pad_left(&attempt_duration(attempt.duration), MS_WIDTH);
        format!("{time}{status}  {}  {}", style::name(&pad(&event, columns)), style::dim(&took))
    }
}

/// Addresses differ at their end, so the scheme is dropped first, then the beginning. Commands differ at their beginning.
fn cut_address(address: &str, columns: usize) -> String {
    if TargetCommand::is_name(address) {
        return truncate(address, columns);
    }
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    if width(address) <= columns {
        return address.to_owned();
    }
    let mut start = address.len();
    for (at, _) in address.char_indices().rev() {
        if width(address.get(at..).unwrap_or_default()) + 1 > columns {
            break;
        }
        start = at;
    }
    format!("{}{}", super::width::ELLIPSIS, address.get(start..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(is_success: bool) -> AttemptLine {
        AttemptLine {
            time: None,
            status: Some(if is_success { 200 } else { 422 }),
            exit_code: None,
            event: "ticket.created".to_owned(),
            duration: Duration::from_micros(1_500),
            detail: (!is_success).then(|| "answered HTTP 422".to_owned()),
            id: "evt_ticket_created_1774583010044".to_owned(),
            target: Some("http://localhost:3000/api/webhooks".to_owned()),
            is_success,
        }
    }

    fn shown(columns: Option<usize>, is_success: bool) -> String {
        let view = AttemptView { columns, type_width: 16, full_ids: false };
        anstream::adapter::strip_str(&view.line(&attempt(is_success))).to_string()
    }

    #[test]
    fn successful_attempt_takes_one_row() {
        let start = "200  ticket.created      1.5 ms";
        let whole = "evt_ticket_created_1774583010044  → http://localhost:3000/api/webhooks";
        assert_eq!(shown(None, true), format!("{start}  {whole}"));
        assert_eq!(
            shown(Some(90), true),
            format!("{start}  …83010044  → http://localhost:3000/api/webhooks")
        );
        assert_eq!(shown(Some(76), true), format!("{start}  …83010044  → localhost:3000/api/webhooks"));
        assert_eq!(shown(Some(60), true), format!("{start}  …83010044  → …/api/webhooks"));
        assert_eq!(shown(Some(50), true), format!("{start}  …83010044"));
        assert_eq!(cut_address("exec: redis-cli -e -x XADD", 17), "exec: redis-cli…");
    }

    #[test]
    fn failed_attempt_shows_its_whole_reason() {
        let lines = shown(Some(60), false);
        assert_eq!(
            lines,
            "422  ticket.created      1.5 ms  answered HTTP 422\n     evt_ticket_created_1774583010044  →\n     http://localhost:3000/api/webhooks"
        );
    }
}
