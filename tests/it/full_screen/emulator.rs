//! A small terminal: applies what the view writes, so that tests see what a person sees.

use std::sync::mpsc::Receiver;
use std::time::Instant;

use unicode_width::UnicodeWidthChar;

use crate::support::TIMEOUT;
use crate::support::terminal::Terminal;

pub(super) struct Emulator {
    output: Receiver<Vec<u8>>,
    /// Bytes that are not complete yet.
    pending: Vec<u8>,
    rows: Vec<Vec<char>>,
    place: (usize, usize),
    /// Another screen than the usual one is shown.
    pub(super) is_full: bool,
    pub(super) is_cursor_shown: bool,
    /// What was written to the usual screen.
    pub(super) usual: String,
    /// What was put on the clipboard, in base64.
    pub(super) copied: Vec<String>,
    /// Codes of colours that were used on the full screen.
    pub(super) colors: Vec<String>,
}

impl Emulator {
    pub(super) fn new(terminal: &mut Terminal) -> Self {
        Self {
            output: terminal.output(),
            pending: Vec::new(),
            rows: Vec::new(),
            place: (0, 0),
            is_full: false,
            is_cursor_shown: true,
            usual: String::new(),
            copied: Vec::new(),
            colors: Vec::new(),
        }
    }

    /// The full screen as lines.
    pub(super) fn text(&self) -> String {
        let lines: Vec<String> = self
            .rows
            .iter()
            .map(|row| row.iter().filter(|c| **c != '\0').collect::<String>().trim_end().to_owned())
            .collect();
        lines.join("\n")
    }

    /// Reads until `is_reached`.
    pub(super) fn wait(&mut self, what: &str, is_reached: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + TIMEOUT;
        while !is_reached(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.write(&bytes),
                Err(error) => {
                    assert!(is_reached(self), "{what}: {error}\n{}\n---\n{}", self.text(), self.usual);
                }
            }
        }
    }

    pub(super) fn wait_for(&mut self, text: &str) {
        self.wait(text, |emulator| emulator.is_full && emulator.text().contains(text));
    }

    /// Reads until the usual screen was sent this text.
    pub(super) fn wait_for_usual(&mut self, text: &str) {
        self.wait(text, |emulator| emulator.usual.contains(text));
    }

    fn write(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
        let pending = std::mem::take(&mut self.pending);
        let valid = match std::str::from_utf8(&pending) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let mut text = std::str::from_utf8(&pending[..valid]).unwrap();
        while let Some(c) = text.chars().next() {
            let rest = match text.strip_prefix('\x1b') {
                Some(sequence) => self.sequence(sequence),
                None => {
                    self.print(c);
                    Some(&text[c.len_utf8()..])
                }
            };
            match rest {
                Some(rest) => text = rest,
                None => break,
            }
        }
        self.pending = [text.as_bytes(), &pending[valid..]].concat();
    }

    /// Applies one escape sequence; `None` if it is not complete.
    fn sequence<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        if let Some(command) = text.strip_prefix(']') {
            let (command, rest) = command.split_once('\x07')?;
            self.copied.extend(command.strip_prefix("52;c;").map(str::to_owned));
            return Some(rest);
        }
        let text = match text.strip_prefix('[') {
            Some(text) => text,
            None => return (!text.is_empty()).then(|| &text[1..]),
        };
        let end = text.find(|c: char| matches!(c, '@'..='~'))?;
        let (parameters, rest) = text.split_at(end);
        match (rest.as_bytes()[0], parameters) {
            (b'H', _) => {
                let mut numbers = parameters.split(';').map(|number| number.parse().unwrap_or(1_usize));
                self.place = (numbers.next().unwrap_or(1) - 1, numbers.next().unwrap_or(1) - 1);
            }
            (b'J', "2") => self.rows.clear(),
            (b'h', "?1049") => {
                self.is_full = true;
                self.rows.clear();
            }
            (b'l', "?1049") => self.is_full = false,
            (b'h', "?25") => self.is_cursor_shown = true,
            (b'l', "?25") => self.is_cursor_shown = false,
            (b'm', codes) if self.is_full => {
                let colors = codes.split(';').filter(|code| code.len() == 2);
                self.colors.extend(colors.map(str::to_owned));
            }
            _ => {}
        }
        Some(&rest[1..])
    }

    fn print(&mut self, c: char) {
        if !self.is_full {
            return self.usual.push(c);
        }
        let (row, column) = self.place;
        let width = c.width().unwrap_or_default();
        if c == '\r' {
            self.place.1 = 0;
        } else if c == '\n' {
            self.place.0 += 1;
        } else if width > 0 {
            if self.rows.len() <= row {
                self.rows.resize(row + 1, Vec::new());
            }
            let cells = &mut self.rows[row];
            if cells.len() < column + width {
                cells.resize(column + width, ' ');
            }
            cells[column..column + width].fill('\0');
            cells[column] = c;
            self.place.1 += width;
        }
    }
}
