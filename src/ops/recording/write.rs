//! Writes a recording: one line for each event, appended at once, so that a killed process leaves whole lines.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::event::{PseudonymKey, ReceivedEvent, redact_body};
use crate::host::private_fs;
use crate::output::history_json;

/// A file that only the user can read. One in which nothing was written is removed in the end.
#[derive(Debug)]
pub(crate) struct RecordingFile {
    path: PathBuf,
    file: File,
    length: u64,
}

impl Drop for RecordingFile {
    fn drop(&mut self) {
        if self.length == 0 {
            // An empty file would only be in the way of the next recording.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl RecordingFile {
    /// Creates the file. With `replace`, an old one is removed first.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] when there is one, and others of creating it.
    pub(crate) fn create(path: &Path, replace: bool) -> io::Result<Self> {
        if replace && path.symlink_metadata().is_ok_and(|file| !file.is_dir()) {
            fs::remove_file(path)?;
        }
        Ok(Self { file: private_fs::create_new(path)?, path: path.to_owned(), length: 0 })
    }

    /// Appends a line. If it cannot be written in full, nothing of it stays.
    pub(crate) fn append(&mut self, mut line: String) -> io::Result<()> {
        line.push('\n');
        match self.file.write_all(line.as_bytes()) {
            Ok(()) => {
                self.length += line.len() as u64;
                Ok(())
            }
            Err(error) => {
                // The cut line would be left out when it is read.
                let _ = self.file.set_len(self.length);
                Err(error)
            }
        }
    }
}

/// The line of an event: without secrets and signatures, and with a key also without personal data. `None` if that
/// cannot be replaced, because the body is not JSON.
pub(crate) fn recorded_line(event: &ReceivedEvent, redact: Option<&PseudonymKey>) -> Option<String> {
    let redacted = match redact {
        Some(key) => Some(redact_body(key, &event.event_type, &event.body)?),
        None => None,
    };
    let body = redacted.as_deref().map_or(&event.body[..], str::as_bytes);
    let headers: Vec<[&str; 2]> = [
        ("content-type", Some("application/json")),
        ("x-event-type", Some(event.event_type.as_str())),
        ("x-event-id", Some(event.id.as_str())),
        ("x-webhook-id", event.webhook_id.as_deref()),
        ("x-cstar-request-id", event.request_id.as_deref()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some([name, value?]))
    .collect();
    let mut line = json!({
        "received_at": history_json::time(event.received_at),
        "id": event.id,
        "type": event.event_type,
        "request_id": event.request_id,
        "webhook_id": event.webhook_id.as_deref(),
        "headers": headers,
    });
    history_json::put_body(&mut line, "body", body);
    Some(line.to_string())
}
