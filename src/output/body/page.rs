//! The lines of a body in the room that there is.

use crate::output::format::pluralize;
use crate::output::sanitize::{escape, redact};
use crate::output::style;
use crate::output::width::{ELLIPSIS, truncate, width};

/// How much room there is. By default everything is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bounds {
    /// Longer lines end with `…`.
    pub(crate) columns: Option<usize>,
    /// Of more lines the last says how many are missing.
    pub(crate) rows: Option<usize>,
    /// The command that shows everything, for that line.
    pub(crate) see_all: Option<String>,
    /// The size of the body in bytes, if only its beginning is at hand.
    pub(crate) size: Option<usize>,
}

/// What a part of a line is, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Text that is not JSON, and white space.
    Plain,
    Punctuation,
    Key,
    String,
    /// Numbers, booleans and `null`.
    Literal,
}

impl Role {
    fn style(self, text: &str) -> String {
        match self {
            Self::Plain | Self::Punctuation => text.to_owned(),
            Self::Key => style::json_key(text),
            Self::String => style::json_string(text),
            Self::Literal => style::json_literal(text),
        }
    }
}

/// The lines so far.
pub(super) struct Page<'a> {
    bounds: &'a Bounds,
    lines: Vec<String>,
    /// The parts of the line that is being written, sanitised.
    line: Vec<(Role, String)>,
    /// Lines that did not fit.
    hidden: u64,
}

impl<'a> Page<'a> {
    pub(super) fn new(bounds: &'a Bounds) -> Self {
        Self { bounds, lines: Vec::new(), line: Vec::new(), hidden: 0 }
    }

    /// Whether another line would only be counted.
    fn is_full(&self) -> bool {
        self.bounds.rows.is_some_and(|rows| self.lines.len() >= rows.max(2))
    }

    /// Adds foreign text to the line.
    pub(super) fn push(&mut self, role: Role, text: &str) {
        if !self.is_full() {
            self.line.push((role, escape(&redact(text))));
        }
    }

    pub(super) fn end_line(&mut self) {
        if self.is_full() {
            self.hidden += 1;
            return;
        }
        let parts = std::mem::take(&mut self.line);
        self.lines.push(styled(parts, self.bounds.columns));
    }

    pub(super) fn finish(mut self, is_cut: bool) -> Vec<String> {
        if self.hidden == 0 && !is_cut {
            return self.lines;
        }
        if self.is_full() {
            // The remark takes the place of a line.
            self.lines.pop();
            self.hidden += 1;
        }
        let more = match (is_cut, self.bounds.size) {
            (true, Some(size)) => format!("{ELLIPSIS} more, {} in all", pluralize(size as u64, "byte")),
            _ => format!("{ELLIPSIS} {}", pluralize(self.hidden, "more line")),
        };
        let how = self.bounds.see_all.as_ref().map(|command| format!(": {command}")).unwrap_or_default();
        self.lines.push(style::dim(&format!("{more}{how}")));
        self.lines
    }
}

/// The parts as one line of at most `columns`.
fn styled(parts: Vec<(Role, String)>, columns: Option<usize>) -> String {
    let total: usize = parts.iter().map(|(_, text)| width(text)).sum();
    let Some(columns) = columns.filter(|columns| total > *columns) else {
        return parts.iter().map(|(role, text)| role.style(text)).collect();
    };
    let (mut out, mut left) = (String::new(), columns);
    for (role, text) in parts {
        let wide = width(&text);
        // One column is kept for the `…`.
        if wide >= left {
            // Without a character that does not fit, `truncate` would add nothing to a text of exactly that width.
            out.push_str(&role.style(&truncate(&format!("{text}{ELLIPSIS}"), left)));
            break;
        }
        out.push_str(&role.style(&text));
        left -= wide;
    }
    out
}
