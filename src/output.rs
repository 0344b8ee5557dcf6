//! The terminal: the only owner of standard output and standard error.
//!
//! Data goes to standard output, everything else to standard error. Text that did not come from this
//! program passes [`sanitize::escape`] first. Colour is decided per stream and stripped where it is unwanted.
//!
//! Views that several commands or the MCP server share are here. A view that only one command prints is in a file
//! beside that command, because both change together.

pub(crate) mod activity;
pub(crate) mod attempt;
pub(crate) mod body;
pub(crate) mod error_hints;
pub(crate) mod failure;
pub(crate) mod format;
mod held;
pub(crate) mod history_json;
pub(crate) mod jq;
pub(crate) mod json;
pub(crate) mod junit;
mod log;
pub(crate) mod profiles;
mod progress;
pub(crate) mod prompt;
pub(crate) mod protocol;
pub(crate) mod relay;
pub(crate) mod sanitize;
mod sink;
mod stdio;
pub(crate) mod style;
pub(crate) mod table;
pub(crate) mod tui;
pub(crate) mod width;

use std::io;

use serde::Serialize;

use crate::host::env::Env;
pub(crate) use failure::{Exit, Failure};
pub(crate) use log::LogLines;
pub(crate) use progress::Progress;
use progress::{ProgressHandle, ProgressLine};
use sink::Sink;
pub(crate) use stdio::child_output;
use width::wrap;

/// The output options of the global flags.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// Machine-readable output.
    pub(crate) json: bool,
    /// Only data and errors.
    pub(crate) quiet: bool,
    /// `--no-color`.
    pub(crate) no_color: bool,
    /// Every step is printed anyway.
    pub(crate) verbose: bool,
    /// The beginning of every line, while another program prints as well.
    pub(crate) prefix: Option<&'static str>,
}

/// The two streams of this process and how to write to them.
#[derive(Debug)]
pub(crate) struct Output {
    options: Options,
    stdout: Sink,
    stderr: Sink,
    /// Standard error is a terminal on which a line can be written over.
    can_erase: bool,
    board: ProgressLine,
}

impl Output {
    /// The real streams.
    pub(crate) fn from_process(options: Options, env: &Env) -> Self {
        // Colour is always produced and stripped per stream: `colored` itself looks only at stdout.
        colored::control::set_override(true);
        let stderr = Sink::stderr(options.no_color, env);
        let can_erase = stderr.has_escapes() && env.get("TERM") != Some("dumb");
        let stdout = Sink::stdout(options.no_color, env);
        let (stdout, stderr) = match options.prefix {
            Some(prefix) => (stdout.with_prefix(prefix), stderr.with_prefix(prefix)),
            None => (stdout, stderr),
        };
        Self { options, stdout, stderr, can_erase, board: ProgressLine::default() }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.options.json
    }

    pub(crate) fn stdout_is_terminal(&self) -> bool {
        self.stdout.is_terminal()
    }

    /// Whether standard error is a terminal.
    pub(crate) fn stderr_is_terminal(&self) -> bool {
        self.stderr.is_terminal()
    }

    /// Whether standard output is a terminal on which every place can be written to.
    pub(crate) fn shows_full_screen(&self) -> bool {
        self.stdout.has_escapes()
    }

    /// Whether standard output shows colour.
    pub(crate) fn stdout_has_color(&self) -> bool {
        self.stdout.has_color()
    }

    /// The present width of standard output, if it is a terminal.
    pub(crate) fn columns(&self) -> Option<usize> {
        self.stdout.columns()
    }

    /// The present height of standard output, if it is a terminal.
    pub(crate) fn rows(&self) -> Option<usize> {
        self.stdout.rows()
    }

    /// Writes prose to standard output, wrapped on a terminal.
    pub(crate) fn text(&mut self, line: &str) -> io::Result<()> {
        self.data(&wrap(line, self.columns()))
    }

    /// Shows a progress line such as `Importing` on a terminal, until the returned value is dropped. Other output
    /// replaces it for a moment.
    pub(crate) fn progress(&self, doing: &'static str) -> Progress {
        self.progress_handle().begin(doing)
    }

    /// For showing a progress line from another place.
    pub(crate) fn progress_handle(&self) -> ProgressHandle {
        let Options { json, quiet, verbose, .. } = self.options;
        ProgressHandle((self.can_erase && !json && !quiet && !verbose).then(|| self.board.clone()))
    }

    /// Buffers data until [`Output::flush`] or until the buffer is full, for a stream of lines.
    pub(crate) fn buffer(&mut self) {
        self.stdout.buffer();
    }

    /// Writes the buffered data.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        let _line = self.board.suspend();
        self.stdout.flush()
    }

    /// Writes one line of data to standard output.
    ///
    /// # Errors
    /// As writing fails; a closed pipe is an error of kind [`io::ErrorKind::BrokenPipe`].
    pub(crate) fn data(&mut self, line: &str) -> io::Result<()> {
        let _line = self.board.suspend();
        self.stdout.line(line)
    }

    /// Writes bytes to standard output exactly as given, such as a generated script.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        let _line = self.board.suspend();
        self.stdout.bytes(bytes)
    }

    /// Writes `value` as JSON to standard output: one line in a pipe, indented on a terminal.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let text = if self.stdout_is_terminal() { json::pretty(value)? } else { json::line(value)? };
        self.data(&text)
    }

    /// Prints the result of a command: `value` as JSON with `--json`, otherwise what `human` writes.
    pub(crate) fn show(
        &mut self,
        value: &impl Serialize,
        human: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> Result<(), Failure> {
        self.show_with(|| value, human)
    }

    /// As [`Output::show`], for a value that is worth building only when it is printed.
    pub(crate) fn show_with<V: Serialize>(
        &mut self,
        value: impl FnOnce() -> V,
        human: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let printed = if self.is_json() { self.json(&value()) } else { human(self) };
        Ok(printed?)
    }

    /// As [`Output::show`], but JSON is one line on a terminal too: the command keeps running, and programs read its
    /// lines one by one.
    pub(crate) fn show_line(
        &mut self,
        value: &impl Serialize,
        human: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let printed = if self.is_json() { self.data(&json::line(value)?) } else { human(self) };
        Ok(printed?)
    }

    /// Prints what people see while the command works. With `--json` there is nothing until the result.
    pub(crate) fn live(&mut self, human: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        if self.is_json() { Ok(()) } else { human(self) }
    }

    /// Prints a line of another program: its standard output on ours, unless that has JSON, and the rest on standard
    /// error.
    fn relayed(&mut self, line: &str, is_error: bool) -> io::Result<()> {
        let _line = self.board.suspend();
        if is_error || self.options.json { self.stderr.line(line) } else { self.stdout.line(line) }
    }

    /// Prints a status line on standard error, unless `--quiet` or `--json` is set.
    ///
    /// # Errors
    /// Never for a closed pipe: it is not read, which is no reason to stop.
    pub(crate) fn status(&mut self, line: &str) -> io::Result<()> {
        if self.options.quiet || self.options.json {
            return Ok(());
        }
        let _line = self.board.suspend();
        // A terminal shows both streams, so their order must be kept.
        self.stdout.flush()?;
        ignore_broken_pipe(self.stderr.line(&wrap(line, self.stderr.columns())))
    }

    /// Prints a warning on standard error, also with `--json`.
    ///
    /// # Errors
    /// As writing fails, unless the reader has gone.
    pub(crate) fn warning(&mut self, line: &str) -> io::Result<()> {
        if self.options.quiet {
            return Ok(());
        }
        let _line = self.board.suspend();
        self.stdout.flush()?;
        ignore_broken_pipe(self.stderr.line(&wrap(line, self.stderr.columns())))
    }

    /// Reports why the command failed, on standard error: `error:` and `hint:` lines, or one JSON line.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        if !failure.is_unreported() {
            return;
        }
        let lines = if self.options.json { vec![failure.to_json()] } else { failure.to_lines() };
        let _line = self.board.suspend();
        for line in lines {
            // An error of this cannot be reported anywhere.
            let _ = match self.options.json {
                true => self.stderr.line(&line),
                false => self.stderr.line(&wrap(&line, self.stderr.columns())),
            };
        }
    }
}

fn ignore_broken_pipe(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
