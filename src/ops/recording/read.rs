//! Reads the events of a file one by one. The file may be larger than memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;

use serde_json::Value;

use super::har::{self, ArchivedRequest};
use super::line::{self, RecordedEvent};
use crate::host::io_error::io_message;
use crate::output::Failure;
use crate::output::format::count;
use crate::output::sanitize::sanitize;
use crate::stream::dedup::RecentIds;

/// Bytes of a line: the largest event with every byte escaped.
const LONGEST: u64 = 128 * 1024 * 1024;
/// Event ids of an archive that are remembered, because it has an entry for each attempt.
const IDS_REMEMBERED: usize = 100_000;

/// What a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) events: u64,
    /// The number of the last line, if its end is missing: whatever wrote it was interrupted.
    pub(crate) cut_line: Option<u64>,
}

/// Calls `each` with every event until it breaks.
///
/// # Errors
/// When the file cannot be read, or is not a recording; the line is named.
pub(crate) fn read(
    path: &Path,
    each: &mut dyn FnMut(RecordedEvent) -> ControlFlow<()>,
) -> Result<Checked, Failure> {
    let failed = |error: &io::Error| {
        Failure::usage(format!("cannot read `{}`: {}", path.display(), io_message(error)))
    };
    let file = File::open(path).map_err(|error| failed(&error))?;
    let mut source = BufReader::with_capacity(256 * 1024, file);
    let start = source.fill_buf().map_err(|error| failed(&error))?;
    let start = start.strip_prefix("\u{feff}".as_bytes()).unwrap_or(start);
    match is_archive(start) {
        true => archive(path, source, each),
        false => lines(path, source, each, failed),
    }
}

/// Whether a file that begins like this is an HTTP archive: an object whose first member is `log`.
fn is_archive(start: &[u8]) -> bool {
    let inner = start.trim_ascii_start().strip_prefix(b"{");
    inner.is_some_and(|inner| inner.trim_ascii_start().starts_with(b"\"log\""))
}

fn lines(
    path: &Path,
    mut source: impl BufRead,
    each: &mut dyn FnMut(RecordedEvent) -> ControlFlow<()>,
    failed: impl Fn(&io::Error) -> Failure,
) -> Result<Checked, Failure> {
    let (mut checked, mut buffer) = (Checked::default(), Vec::new());
    for number in 1.. {
        buffer.clear();
        let read = source.by_ref().take(LONGEST).read_until(b'\n', &mut buffer);
        if read.map_err(|error| failed(&error))? == 0 {
            break;
        }
        let bad = |reason: &str| {
            Failure::usage(format!("{}:{}: {}", path.display(), number, sanitize(reason)))
                .hint("nothing was sent; a line is an event of `listen --record` or `history export --jsonl`")
        };
        let is_whole = buffer.ends_with(b"\n");
        if !is_whole && buffer.len() as u64 == LONGEST {
            return Err(bad(&format!("the line is longer than {} MiB", count(LONGEST / 1024 / 1024))));
        }
        let text = buffer.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&buffer).trim_ascii();
        if text.is_empty() {
            continue;
        }
        match line::parse(text) {
            Ok(None) => {}
            Ok(Some(event)) => {
                checked.events += 1;
                if each(event).is_break() {
                    break;
                }
            }
            Err(line) if line.is_cut && !is_whole => checked.cut_line = Some(number),
            Err(line) => return Err(bad(&line.reason)),
        }
    }
    Ok(checked)
}

fn archive(
    path: &Path,
    mut source: impl BufRead,
    each: &mut dyn FnMut(RecordedEvent) -> ControlFlow<()>,
) -> Result<Checked, Failure> {
    let (mut checked, mut seen) = (Checked::default(), RecentIds::new(IDS_REMEMBERED));
    if source.fill_buf().is_ok_and(|start| start.starts_with("\u{feff}".as_bytes())) {
        source.consume("\u{feff}".len());
    }
    let read = har::entries(source, &mut |entry: &Value| match event(entry) {
        // One of several attempts, or to several targets.
        Some(event) if seen.insert(&event.id) => {
            checked.events += 1;
            each(event)
        }
        _ => ControlFlow::Continue(()),
    });
    let broken = |reason: String| Failure::usage(reason).hint("nothing was sent");
    match read {
        Ok(true) => Ok(checked),
        Ok(false) => Err(broken(format!("the HAR `{}` has no list `log.entries`", path.display()))),
        Err(error) => Err(broken(format!(
            "{}:{}: the HAR is not valid: {}",
            path.display(),
            error.line(),
            sanitize(&error.to_string())
        ))),
    }
}

/// The event that an entry delivers; `None` for other requests. Id and type may be in the body only.
fn event(entry: &Value) -> Option<RecordedEvent> {
    let request = ArchivedRequest::from_entry(entry)?;
    let is_post = entry.pointer("/request/method").and_then(Value::as_str).is_none_or(|name| name == "POST");
    if !is_post || request.body.is_empty() {
        return None;
    }
    let parsed: Option<Value> = match (&request.event_id, &request.event_type) {
        (Some(_), Some(_)) => None,
        _ => serde_json::from_slice(&request.body).ok(),
    };
    let member = |name: &str| parsed.as_ref()?.get(name)?.as_str().map(str::to_owned);
    Some(RecordedEvent {
        request_id: request.header("x-cstar-request-id").map(str::to_owned),
        webhook_id: request.header("x-webhook-id").map(str::to_owned),
        id: request.event_id.or_else(|| member("id"))?,
        event_type: request.event_type.or_else(|| member("type"))?,
        at: request.started_at,
        body: request.body.into(),
    })
}
