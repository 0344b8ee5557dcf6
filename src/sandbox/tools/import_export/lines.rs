//! Reads and writes the lines of an export, with its header and its end mark. Their meaning is in the other files.

use std::io::{self, BufRead, Write};

use serde_json::{Map, Value, json};

use super::outcome::TransferError;

const FORMAT: &str = "cstar-sandbox";
const VERSION: u64 = 3;
/// The last version without an end mark.
const WITHOUT_END: u64 = 2;
/// The last version without webhooks and keys: an import of it keeps the existing ones.
const WITHOUT_ACCESS: u64 = 1;
/// More than the largest object that the API accepts.
pub(crate) const MAX_LINE: usize = 8 * 1024 * 1024;

pub(crate) struct Writer<'a> {
    out: &'a mut dyn Write,
    lines: u64,
}

impl<'a> Writer<'a> {
    pub(crate) fn begin(out: &'a mut dyn Write) -> io::Result<Self> {
        let mut writer = Self { out, lines: 0 };
        writer.line(&json!({ "format": FORMAT, "version": VERSION }))?;
        Ok(writer)
    }

    pub(crate) fn line(&mut self, line: &Value) -> io::Result<()> {
        self.lines += 1;
        writeln!(self.out, "{line}")
    }

    pub(crate) fn end(self) -> io::Result<()> {
        writeln!(self.out, "{}", json!({ "end": true, "lines": self.lines }))
    }
}

/// A line between the header and the end mark.
pub(crate) struct Record {
    pub(crate) members: Map<String, Value>,
    pub(crate) number: u64,
    pub(crate) bytes: usize,
}

/// Reads all versions of the format.
pub(crate) struct Reader<'a> {
    source: &'a mut dyn BufRead,
    line: Vec<u8>,
    number: u64,
    version: u64,
}

impl<'a> Reader<'a> {
    pub(crate) fn begin(source: &'a mut dyn BufRead) -> Result<Self, TransferError> {
        let mut reader = Self { source, line: Vec::new(), number: 0, version: 0 };
        let Some(head) = reader.record()? else {
            reader.number = 1;
            return Err(reader.fail("there is nothing in it"));
        };
        reader.version = check_head(&head.members).map_err(|reason| reader.fail(reason))?;
        Ok(reader)
    }

    /// Whether the format has webhooks and keys.
    pub(crate) fn has_access(&self) -> bool {
        self.version > WITHOUT_ACCESS
    }

    /// The next line, or `None` at the end. Fails when the line cannot be read, or the end mark is missing or has a
    /// different number of lines.
    pub(crate) fn next(&mut self) -> Result<Option<Record>, TransferError> {
        let has_end = self.version > WITHOUT_END;
        let Some(record) = self.record()? else {
            return match has_end {
                true => Err(self.fail("the end mark after this line is missing: the file was cut off")),
                false => Ok(None),
            };
        };
        if !has_end || !record.members.contains_key("end") {
            return Ok(Some(record));
        }
        let (before, counted) = (record.number - 1, record.members.get("lines").and_then(Value::as_u64));
        if counted != Some(before) {
            let counted = counted.map_or_else(|| "no".to_owned(), |lines| lines.to_string());
            return Err(
                self.fail(format!("the end mark counts {counted} lines, but {before} come before it"))
            );
        }
        while self.read()? {
            if !self.line.trim_ascii().is_empty() {
                return Err(self.fail("this line comes after the end mark"));
            }
        }
        Ok(None)
    }

    fn record(&mut self) -> Result<Option<Record>, TransferError> {
        if !self.read()? {
            return Ok(None);
        }
        let text = std::str::from_utf8(&self.line)
            .map_err(|_| self.fail("this is not UTF-8 text; save it as UTF-8"))?;
        match serde_json::from_str(text) {
            Ok(Value::Object(members)) => {
                Ok(Some(Record { members, number: self.number, bytes: self.line.len() }))
            }
            Ok(_) => Err(self.fail("not a JSON object")),
            Err(error) if error.is_eof() && self.is_cut() => {
                Err(self.fail("the file ends in the middle of this line: it was cut off"))
            }
            Err(error) => Err(self.fail(not_json(&error))),
        }
    }

    /// Whether the current line is the last one and has no line feed.
    fn is_cut(&self) -> bool {
        self.line.len() < MAX_LINE && !self.line.ends_with(b"\n")
    }

    fn read(&mut self) -> io::Result<bool> {
        self.line.clear();
        let mut bounded = io::Read::take(&mut *self.source, MAX_LINE as u64);
        let is_there = bounded.read_until(b'\n', &mut self.line)? > 0;
        self.number += u64::from(is_there);
        Ok(is_there)
    }

    fn fail(&self, reason: impl Into<String>) -> TransferError {
        TransferError::Line { line: self.number, reason: reason.into() }
    }
}

/// Without the line number of serde, which counts from this line.
fn not_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    if error.is_eof() {
        format!("not JSON: {reason}")
    } else {
        format!("not JSON: {reason} at column {}", error.column())
    }
}

/// Returns the version.
fn check_head(head: &Map<String, Value>) -> Result<u64, String> {
    if head.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err("this is not an export of a sandbox".to_owned());
    }
    match head.get("version").and_then(Value::as_u64) {
        Some(version @ WITHOUT_ACCESS..=VERSION) => Ok(version),
        Some(found) => Err(format!("format {found} is not supported, only up to {VERSION}; update cstar")),
        None => Err("the format has no version".to_owned()),
    }
}
