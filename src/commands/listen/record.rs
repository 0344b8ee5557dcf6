//! `--record`: appends every event that arrives to a file, on its way to the engine.

use std::io;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::Secret;
use crate::commands::Context;
use crate::event::{Filter, Pattern, PseudonymKey, ReceivedEvent};
use crate::forward::Plan;
use crate::host::io_error::io_message;
use crate::host::random;
use crate::ops::recording::{RecordingFile, recorded_line};
use crate::output::format::pluralize;
use crate::output::{Failure, Output, style};
use crate::stream::dedup::RecentIds;
use crate::stream::subscription::StreamItem;

/// Event ids that are remembered: a webhook may deliver an event again.
const IDS_REMEMBERED: usize = 10_000;

#[derive(clap::Args, Debug, Default)]
pub(crate) struct RecordArgs {
    /// Append each event to this new file as a line of JSON, for `cstar trigger --play`; only you can read it
    #[arg(long, value_name = "FILE", conflicts_with = "print_secret")]
    record: Option<PathBuf>,
    /// In the file of --record, replace personal data by pseudonyms of the same shape
    #[arg(long, requires = "record")]
    redact: bool,
    /// Make the same pseudonyms as other recordings with this text [default: random, so that no other has them]
    #[arg(long, value_name = "TEXT", requires = "redact", value_parser = salt)]
    redact_salt: Option<Secret>,
    /// Replace the file of --record if there is one
    #[arg(long, requires = "record")]
    force: bool,
}

fn salt(text: &str) -> Result<Secret, String> {
    match text.is_empty() {
        true => Err("it must not be empty".to_owned()),
        false => Ok(Secret::new(text)),
    }
}

/// An open file, and what goes into it.
pub(super) struct Recording {
    path: PathBuf,
    file: RecordingFile,
    key: Option<PseudonymKey>,
}

impl RecordArgs {
    /// Creates the file, before anything connects.
    pub(super) fn open(&self) -> Result<Option<Recording>, Failure> {
        let Some(path) = &self.record else { return Ok(None) };
        let file = RecordingFile::create(path, self.force).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Failure::failed(format!("`{}` exists already", path.display()))
                .hint("replace it with --force, or name another file"),
            _ => failed(path, &error),
        })?;
        let key = match (&self.redact_salt, self.redact) {
            (Some(salt), _) => Some(PseudonymKey::new(salt.expose().as_bytes())),
            (None, true) => Some(PseudonymKey::new(&random::bytes::<32>())),
            (None, false) => None,
        };
        Ok(Some(Recording { path: path.clone(), file, key }))
    }
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::failed(format!("could not write `{}`: {}", path.display(), io_message(error)))
}

/// A recording that is being written.
pub(super) struct RunningRecording {
    path: PathBuf,
    writer: JoinHandle<Written>,
}

/// What came of it.
#[derive(Debug, Default)]
struct Written {
    events: u64,
    /// Events whose personal data could not be replaced.
    left_out: u64,
    broken: Option<io::Error>,
}

impl Recording {
    /// Records what passes, and hands it on. An error is printed at once on `output`, if there is one.
    pub(super) fn start(
        self,
        plan: &Plan,
        passing: &mut mpsc::Receiver<StreamItem>,
        mut output: Option<Output>,
    ) -> RunningRecording {
        // Small, so that it does not add to the events in memory.
        let (sender, passed) = mpsc::channel(1);
        let mut items = std::mem::replace(passing, passed);
        let filters = (plan.filter.clone(), plan.body_filters.clone());
        let Self { path, file, key } = self;
        let mut writer =
            Writer { file, key, filters, seen: RecentIds::new(IDS_REMEMBERED), written: Written::default() };
        let shown = path.clone();
        let task = tokio::spawn(async move {
            loop {
                let item = tokio::select! {
                    item = items.recv() => item,
                    () = sender.closed() => None,
                };
                let Some(item) = item else { return writer.written };
                if let (Some(error), Some(output)) = (writer.item(&item), &mut output) {
                    let line = format!("{}. The run continues.", failed(&shown, error).message());
                    // The run does not depend on it.
                    let _ = output.warning(&style::warn(&line));
                }
                if sender.send(item).await.is_err() {
                    return writer.written;
                }
            }
        });
        RunningRecording { path, writer: task }
    }
}

struct Writer {
    file: RecordingFile,
    key: Option<PseudonymKey>,
    filters: (Vec<Pattern>, Vec<Filter>),
    seen: RecentIds,
    written: Written,
}

impl Writer {
    /// Records the event of an item. Returns the error that ends the recording.
    fn item(&mut self, item: &StreamItem) -> Option<&io::Error> {
        let event = match item {
            StreamItem::Event(event) => event,
            StreamItem::Delivery(delivery) => &delivery.event,
            _ => return None,
        };
        if self.written.broken.is_some() || !self.wants(event) || !self.seen.insert(&event.id) {
            return None;
        }
        let Some(line) = recorded_line(event, self.key.as_ref()) else {
            self.written.left_out += 1;
            return None;
        };
        match self.file.append(line) {
            Ok(()) => self.written.events += 1,
            Err(error) => self.written.broken = Some(error),
        }
        self.written.broken.as_ref()
    }

    /// Whether `--events` and `--filter` select it.
    fn wants(&self, event: &ReceivedEvent) -> bool {
        let (patterns, filters) = &self.filters;
        let is_wanted = patterns.is_empty() || patterns.iter().any(|one| one.matches(&event.event_type));
        is_wanted && filters.iter().all(|filter| filter.matches(&event.body))
    }
}

impl RunningRecording {
    /// Waits for the last line, and reports what was recorded.
    async fn finish(self, context: &mut Context) -> Result<(), Failure> {
        let written = self.writer.await.unwrap_or_default();
        let path = self.path.display();
        if written.left_out > 0 {
            let events = pluralize(written.left_out, "event");
            let line =
                format!("{events} left out of `{path}`: the body is not JSON, so nothing could be redacted.");
            context.output.status(&style::warn(&line))?;
        }
        let events = pluralize(written.events, "event");
        match written.broken {
            Some(error) => Err(Failure::failed(format!(
                "the recording `{path}` ends after {events}: {}",
                io_message(&error)
            ))),
            // The empty file is gone.
            None if written.events == 0 => Ok(context
                .output
                .status(&style::dim(&format!("No event was recorded, so {path} was not kept")))?),
            None => Ok(context.output.status(&style::dim(&format!("Recorded {events} to {path}")))?),
        }
    }
}

/// Waits for the last line of a recording, if there is one.
pub(super) async fn finish(
    recording: Option<RunningRecording>,
    context: &mut Context,
) -> Result<(), Failure> {
    match recording {
        Some(recording) => recording.finish(context).await,
        None => Ok(()),
    }
}
