//! Requests as lines: aligned columns in local time on a terminal, tab-separated values of the API in a pipe.

use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::api::{Identity, LoggedRequest};
use crate::commands::Context;
use crate::output::format::{request_duration, time_at};
use crate::output::sanitize::{escape, redact, shorten};
use crate::output::table::{Column, Fit, Layout};
use crate::output::width::{short_id, width};
use crate::output::{style, table};

const COLUMNS: [Column; 7] = [
    Column::new("TIME", Fit::Whole),
    Column::new("STATUS", Fit::Whole),
    Column::new("METHOD", Fit::Whole),
    Column::new("PATH", Fit::Truncate(16)),
    Column::new("DURATION", Fit::Right),
    Column::new("ID", Fit::Id),
    Column::optional("KEY", Fit::Whole),
];
const TIME: usize = 0;
const STATUS: usize = 1;
const METHOD: usize = 2;
const PATH: usize = 3;

/// Cells do not widen a column beyond this.
const WIDEST: usize = 72;
/// The widths of live columns. They are fixed, because later lines are unknown and must not move a column. Ids are
/// those of failures, which are shown in full; the path gets the remaining width.
const LIVE: [usize; 7] = [8, 6, 7, WIDEST, 8, 16, 13];
/// The width of a live path if the width of the terminal is unknown.
const LIVE_PATH: usize = 32;

/// Draws requests.
#[derive(Debug)]
pub(super) struct Lines {
    /// The local time; `None` for a pipe.
    here: Option<Zoned>,
    /// The common prefix of the team's paths, which is abbreviated.
    team: String,
    /// The natural widths of the columns.
    widths: [usize; 7],
    max_width: Option<usize>,
    /// Show ids of successful requests in full too.
    full_ids: bool,
    /// The date of the last line of a stream.
    day: Option<Date>,
}

type Row = [String; 7];

/// The local time, if standard output is a terminal.
pub(super) fn here(context: &Context) -> Option<Zoned> {
    context.output.stdout_is_terminal().then(|| context.clock.now().to_zoned(TimeZone::system()))
}

impl Lines {
    /// For a terminal if `here` is set, otherwise for a pipe.
    pub(super) fn new(here: Option<Zoned>, identity: &Identity) -> Self {
        let team = format!("/api/v1/teams/{}/", identity.team_id);
        let widths = COLUMNS.map(|column| column.title.len());
        Self { here, team, widths, max_width: None, full_ids: false, day: None }
    }

    /// Limits lines to `max_width` columns.
    pub(super) fn fit(&mut self, max_width: Option<usize>, full_ids: bool) {
        (self.max_width, self.full_ids) = (max_width, full_ids);
    }

    /// The lines of a list, with a header on a terminal.
    pub(super) fn list(&mut self, requests: &[LoggedRequest]) -> Vec<String> {
        let rows: Vec<Row> = requests.iter().map(|request| self.row(request)).collect();
        for row in &rows {
            self.widen(row);
        }
        let header = self.header();
        header.into_iter().chain(rows.iter().map(|row| self.line(row))).collect()
    }

    /// The header of a stream of requests, which fixes the columns.
    pub(super) fn begin_live(&mut self) -> Option<String> {
        self.widths = LIVE;
        if self.max_width.is_none() {
            self.widths[PATH] = LIVE_PATH;
        }
        self.day = self.here.as_ref().map(Zoned::date);
        self.header()
    }

    /// The next line of a stream, after a line with the date if it has changed.
    pub(super) fn next(&mut self, request: &LoggedRequest) -> String {
        let mut row = self.row(request);
        let at = request.time().zip(self.here.as_ref());
        let Some(at) = at.map(|(at, here)| at.to_zoned(here.time_zone().clone())) else {
            return self.line(&row);
        };
        row[TIME] = at.strftime("%H:%M:%S").to_string();
        let line = self.line(&row);
        if self.day.replace(at.date()) == Some(at.date()) {
            return line;
        }
        format!("{}\n{line}", style::dim(&at.date().to_string()))
    }

    fn header(&self) -> Option<String> {
        self.here.as_ref()?;
        Some(style::dim(&table::header(&self.columns(), &self.layout())))
    }

    fn layout(&self) -> Layout {
        table::layout(&self.columns(), &self.widths, self.max_width)
    }

    fn columns(&self) -> [Column; 7] {
        if self.full_ids { table::with_full_ids(COLUMNS) } else { COLUMNS }
    }

    fn widen(&mut self, row: &Row) {
        for (column, cell) in self.widths.iter_mut().zip(row) {
            *column = (*column).max(width(cell).min(WIDEST));
        }
    }

    fn line(&self, row: &Row) -> String {
        if self.here.is_none() {
            return row.join("\t");
        }
        // Only the last column is optional, so the indexes of the others are stable.
        let cells = table::cells(&self.columns(), &self.layout(), row);
        let last = cells.len().saturating_sub(1);
        let styled = cells.iter().enumerate().map(|(column, cell)| match column {
            STATUS => colored(cell),
            METHOD | PATH => cell.clone(),
            // Colour would hide trailing blanks from trimming.
            _ if column == last => style::dim(cell.trim_end()),
            _ => style::dim(cell),
        });
        styled.collect::<Vec<_>>().join("  ")
    }

    fn row(&self, request: &LoggedRequest) -> Row {
        let text = |member| request.text(member).map_or_else(|| "-".to_owned(), shown);
        let key = request.text("key_prefix").map(shown);
        let status = request.status().map_or_else(|| "-".to_owned(), |status| status.to_string());
        let path = text("path");
        match &self.here {
            None => {
                let millis =
                    request.duration_ms().map_or_else(|| "-".to_owned(), |millis| millis.to_string());
                let key = key.unwrap_or_else(|| "-".to_owned());
                [text("time"), text("method"), status, millis, path, key, text("id")]
            }
            Some(here) => {
                let time = request.time().map_or_else(|| text("time"), |at| time_at(at, here));
                let path = path.strip_prefix(&self.team).map_or(path.clone(), |rest| format!("…/{rest}"));
                let millis = request.duration_ms().map_or_else(|| "-".to_owned(), request_duration);
                let key = key.map_or_else(|| "-".to_owned(), |key| format!("{key}…"));
                let failed = request.status().is_none_or(|status| status >= 400);
                let id = text("id");
                let id = if failed || self.full_ids { id } else { short_id(&id) };
                [time, status, text("method"), path, millis, id, key]
            }
        }
    }
}

/// The log contains text of any client. Only the beginning of a key may be shown.
fn shown(text: &str) -> String {
    shorten(&escape(&redact_but_prefix(text)))
}

/// Keeps the beginning of a key, which the column is for; redacts anything longer that looks like a key.
fn redact_but_prefix(text: &str) -> String {
    const PREFIX: usize = 12;
    if text.len() <= PREFIX { text.to_owned() } else { redact(text) }
}

/// Coloured by status class.
fn colored(padded: &str) -> String {
    match padded.as_bytes().first() {
        Some(b'2') => style::good(padded),
        Some(b'3') => style::name(padded),
        Some(b'4') => style::warn(padded),
        Some(b'5') => style::bad(padded),
        _ => padded.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use jiff::tz::TimeZone;
    use serde_json::json;

    fn identity() -> Identity {
        serde_json::from_value(json!({ "teamId": "t1" })).unwrap()
    }

    fn here(at: &str) -> Zoned {
        at.parse::<Timestamp>().unwrap().to_zoned(TimeZone::fixed(jiff::tz::offset(1)))
    }

    fn requests() -> Vec<LoggedRequest> {
        let full = json!({"id": "req_a1", "time": "2026-03-06T14:30:00.123Z", "method": "POST",
            "path": "/api/v1/teams/t1/webhooks\u{1b}[2J?key=sk_test_hunter2hunter2", "status": 201,
            "duration_ms": 0.412, "key_prefix": "sk_test_AbCd"});
        let odd = json!({"id": 7, "time": "soon", "status": "x"});
        [full, odd].into_iter().map(|raw| LoggedRequest { raw }).collect()
    }

    #[test]
    fn pipe_gets_sanitized_api_values() {
        assert_eq!(
            Lines::new(None, &identity()).list(&requests()),
            [
                "2026-03-06T14:30:00.123Z\tPOST\t201\t0.412\t/api/v1/teams/t1/webhooks\\x1b[2J?key=sk_test_…\tsk_test_AbCd\treq_a1",
                "soon\t-\t-\t-\t-\t-\t-"
            ]
        );
    }

    #[test]
    fn terminal_gets_columns_and_local_time() {
        // As the program has it.
        colored::control::set_override(true);
        let lines = Lines::new(Some(here("2026-03-07T00:30:00+01:00")), &identity()).list(&requests());
        let plain: Vec<String> =
            lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect();
        assert_eq!(
            plain,
            [
                "TIME                 STATUS  METHOD  PATH                             DURATION  ID      KEY",
                "2026-03-06 15:30:00  201     POST    …/webhooks\\x1b[2J?key=sk_test_…    0.4 ms  req_a1  sk_test_AbCd…",
                "soon                 -       -       -                                       -  -       -",
            ]
        );
    }

    #[test]
    fn no_request_moves_a_live_column() {
        colored::control::set_override(true);
        let mut lines = Lines::new(Some(here("2026-03-06T23:00:00+01:00")), &identity());
        for max_width in [None, Some(60), Some(80), Some(100), Some(200)] {
            lines.fit(max_width, false);
            let header = plain(&lines.begin_live().unwrap());
            for (status, id, time, method, millis) in [
                (201, "req_a1b2c3d4e5f6", "2026-03-06T14:30:00Z", "GET", 0.4),
                (404, "req_a1b2c3d4e5f6", "2026-03-06T14:30:00Z", "OPTIONS", 9_999.0),
                (500, "req_of_a_server_with_long_ids_0123456789", "2026-03-06T14:30:00Z", "DELETE", 1e7),
                (200, "req_a1b2c3d4e5f6", "2026-03-06T14:30:00Z", "AMETHODOFAPROGRAM", 1e300),
                (500, "req_a1b2c3d4e5f6", "2026-03-05T14:30:00Z", "GET", 0.4),
            ] {
                let raw = json!({"id": id, "time": time, "method": method, "path": "/x/".repeat(40),
                    "status": status, "duration_ms": millis, "key_prefix": "sk_test_AbCd"});
                let text = plain(&lines.next(&LoggedRequest { raw }));
                let line = text.lines().last().unwrap();
                let end =
                    |line: &str, title: &str| header.find(title).map(|at| line.chars().nth(at).unwrap());
                assert_eq!(end(line, "KEY"), header.contains("KEY").then_some('s'), "{header}\n{line}");
                assert!(line.starts_with("15:30:00  ") && width(line) <= max_width.unwrap_or(200), "{line}");
                assert_eq!(text.lines().count(), 1 + usize::from(time.contains("-05")), "{text}");
            }
        }
    }

    #[test]
    fn new_day_begins_with_its_date() {
        colored::control::set_override(true);
        let mut lines = Lines::new(Some(here("2026-03-06T23:00:00+01:00")), &identity());
        lines.begin_live();
        let mut next = |time: &str| {
            let raw = json!({"id": "req_1", "time": time, "method": "GET", "path": "/", "status": 200});
            let text = plain(&lines.next(&LoggedRequest { raw }));
            let first = text.lines().next().unwrap_or_default();
            (first.to_owned(), text.lines().count())
        };
        assert_eq!(next("2026-03-05T22:59:59Z"), ("2026-03-05".to_owned(), 2));
        assert_eq!(next("2026-03-05T22:59:59Z").1, 1);
        assert_eq!(next("2026-03-05T23:00:00Z"), ("2026-03-06".to_owned(), 2));
        assert_eq!(next("2026-03-06T22:00:00Z").1, 1);
    }

    #[test]
    fn full_ids_drop_a_column_instead() {
        colored::control::set_override(true);
        let mut lines = Lines::new(Some(here("2026-03-06T23:00:00+01:00")), &identity());
        for (full_ids, id, key) in [(false, "…d4e5f6xy", true), (true, "req_a1b2c3d4e5f6xy", false)] {
            lines.fit(Some(80), full_ids);
            let raw = json!({"id": "req_a1b2c3d4e5f6xy", "time": "2026-03-06T14:30:00Z", "method": "GET",
                "path": "/x/".repeat(40), "status": 200, "duration_ms": 1, "key_prefix": "sk_test_AbCd"});
            let list = lines.list(&[LoggedRequest { raw }]);
            let line = plain(&list[1]);
            assert_eq!((line.contains(id), line.contains("sk_test")), (true, key), "{line}");
        }
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }
}
