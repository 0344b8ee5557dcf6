//! One output stream: written line by line, with its own decision about colour.

use std::fmt;
use std::io::{self, IsTerminal, Write};

use super::sanitize::is_printable_ascii;
use super::stdio::Stdio;
use super::style;
use crate::host::env::Env;

/// Buffered lines are written when there are this many bytes.
const ENOUGH: usize = 32 * 1024;

/// A stream and whether it shows colour.
pub(crate) struct Sink {
    out: Stdio,
    /// Lines that are not written yet; always empty without buffering.
    pending: Vec<u8>,
    buffering: bool,
    color: bool,
    terminal: bool,
    /// A terminal that understands escape sequences.
    escapes: bool,
    /// The beginning of every line; empty if there is none.
    prefix: String,
    prefix_width: usize,
}

impl Sink {
    pub(crate) fn stdout(no_color: bool, env: &Env) -> Self {
        Self::new(Stdio::Out, io::stdout().is_terminal(), no_color, env)
    }

    pub(crate) fn stderr(no_color: bool, env: &Env) -> Self {
        Self::new(Stdio::Error, io::stderr().is_terminal(), no_color, env)
    }

    fn new(out: Stdio, terminal: bool, no_color: bool, env: &Env) -> Self {
        let escapes = terminal && out.has_escapes();
        let color = wants_color(no_color, env, terminal) && (escapes || !terminal);
        Self {
            out,
            pending: Vec::new(),
            buffering: false,
            color,
            terminal,
            escapes,
            prefix: String::new(),
            prefix_width: 0,
        }
    }

    /// Begins every line with `prefix`, dimmed where colour is shown.
    pub(crate) fn with_prefix(mut self, prefix: &str) -> Self {
        self.prefix_width = prefix.len() + 1;
        self.prefix = if self.color { format!("{} ", style::dim(prefix)) } else { format!("{prefix} ") };
        self
    }

    /// Buffers lines until [`flush`](Self::flush) or until there are many.
    pub(crate) fn buffer(&mut self) {
        self.buffering = true;
    }

    /// Writes the buffered lines.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        self.out.write_all(&pending)?;
        self.out.flush()?;
        self.pending = pending;
        self.pending.clear();
        Ok(())
    }

    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Whether it is a terminal on which a line can be erased.
    pub(crate) fn has_escapes(&self) -> bool {
        self.escapes
    }

    /// Whether lines are coloured.
    pub(crate) fn has_color(&self) -> bool {
        self.color
    }

    /// The present width; `None` without a terminal, or if it is unknown.
    pub(crate) fn columns(&self) -> Option<usize> {
        let columns = if self.terminal { self.out.columns() } else { None };
        columns.map(|columns| columns.saturating_sub(self.prefix_width))
    }

    /// The present height; `None` without a terminal, or if it is unknown.
    pub(crate) fn rows(&self) -> Option<usize> {
        if self.terminal { self.out.rows() } else { None }
    }

    /// Writes `text` and a line feed in one call, so that lines of several writers do not mix.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        if self.prefix.is_empty() {
            self.add_line(text);
        } else {
            for line in text.split('\n') {
                self.pending.extend_from_slice(self.prefix.as_bytes());
                self.add_line(line);
            }
        }
        self.write_enough()
    }

    fn add_line(&mut self, text: &str) {
        // Most lines have nothing to strip. The control characters beyond ASCII begin with 0xc2.
        let plain = |byte: u8| byte >= b' ' && byte != 0x7f && byte != 0xc2;
        if self.color || is_printable_ascii(text) || text.bytes().all(plain) {
            self.pending.extend_from_slice(text.as_bytes());
        } else {
            self.pending.extend_from_slice(anstream::adapter::strip_str(text).to_string().as_bytes());
        }
        self.pending.push(b'\n');
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        self.write_enough()
    }

    fn write_enough(&mut self) -> io::Result<()> {
        if self.buffering && self.pending.len() < ENOUGH { Ok(()) } else { self.flush() }
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").field("color", &self.color).field("terminal", &self.terminal).finish()
    }
}

/// The usual order: a flag, then the two conventions for the environment, then the stream itself.
fn wants_color(no_color: bool, env: &Env, terminal: bool) -> bool {
    if no_color || env.get("NO_COLOR").is_some() {
        return false;
    }
    if env.get("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    terminal && env.get("CLICOLOR") != Some("0") && env.get("TERM") != Some("dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_depends_on_flag_env_and_terminal() {
        let none = Env::default();
        assert!(wants_color(false, &none, true));
        assert!(!wants_color(false, &none, false));
        assert!(!wants_color(true, &none, true));
        assert!(!wants_color(false, &Env::from([("NO_COLOR", "1")]), true));
        assert!(!wants_color(false, &Env::from([("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]), true));
        assert!(wants_color(false, &Env::from([("CLICOLOR_FORCE", "1")]), false));
        assert!(!wants_color(false, &Env::from([("CLICOLOR_FORCE", "0")]), false));
        assert!(!wants_color(false, &Env::from([("CLICOLOR", "0")]), true));
        assert!(!wants_color(false, &Env::from([("TERM", "dumb")]), true));
    }
}
