//! `cstar history export`: events as JSON lines or HAR, for other tools.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::selection::Selection;
use crate::commands::Context;
use crate::history::EventExport;
use crate::host::draft::Draft;
use crate::host::io_error::io_message;
use crate::ops::copy_as::har;
use crate::ops::history_file;
use crate::output::format::pluralize;
use crate::output::history_json;
use crate::output::{Failure, Output, json, style};

/// Export events as JSON lines or as an HTTP archive (HAR)
#[derive(clap::Args, Debug)]
#[command(group(clap::ArgGroup::new("format").required(true).args(["jsonl", "har"])), after_help = examples![
    "cstar history export --har delivery.har --status failed",
    "cstar history export --jsonl --since 1h | jq -r .body",
])]
pub(super) struct Args {
    /// One event per line: its body, deliveries, attempts and answers
    #[arg(long, value_name = "FILE|-", num_args = 0..=1, default_missing_value = "-")]
    jsonl: Option<PathBuf>,
    /// HAR 1.2, one entry per attempt, which browsers and proxies can open
    #[arg(long, value_name = "FILE|-", num_args = 0..=1, default_missing_value = "-")]
    har: Option<PathBuf>,
    #[command(flatten)]
    selection: Selection,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let reader = history_file::open(&context.env, &mut context.output)?;
    let filter = args.selection.filter(context, None)?;
    let events = reader.export(&filter)?;
    let Some(path) = args.har.as_deref().or(args.jsonl.as_deref()) else { return Ok(()) };
    let is_har = args.har.is_some();
    if path == Path::new("-") {
        context.output.buffer();
        write(&mut Stdout(&mut context.output), events, is_har)?;
        return Ok(context.output.flush()?);
    }
    let failed = |error: io::Error| {
        Failure::failed(format!("could not write `{}`: {}", path.display(), io_message(&error)))
    };
    let progress = context.output.progress("Exporting");
    // Private like the source: events contain customers' data.
    let mut draft = Draft::create_or_open(path).map_err(failed)?;
    let mut file = BufWriter::new(progress.writing(&mut draft));
    let count = write(&mut file, events, is_har).map_err(|error| error.in_file(failed))?;
    file.flush().map_err(failed)?;
    drop(file);
    draft.finish().map_err(failed)?;
    drop(progress);
    let line = format!("Exported {} to {}", pluralize(count, "event"), path.display());
    Ok(context.output.status(&style::dim(&line))?)
}

/// Why an export ended early.
enum Broken {
    Writing(io::Error),
    Reading(Failure),
}

impl Broken {
    fn in_file(self, failed: impl Fn(io::Error) -> Failure) -> Failure {
        match self {
            Self::Writing(error) => failed(error),
            Self::Reading(failure) => failure,
        }
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Writing(error)
    }
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        broken.in_file(Self::from)
    }
}

/// Writes event by event, so that the whole history is never in memory. Returns the number of events.
fn write(out: &mut impl Write, events: EventExport<'_>, is_har: bool) -> Result<u64, Broken> {
    let (mut count, mut first) = (0, true);
    if is_har {
        out.write_all(har::start()?.as_bytes())?;
    }
    for event in events {
        let event = event.map_err(|error| Broken::Reading(error.into()))?;
        count += 1;
        if !is_har {
            writeln!(out, "{}", json::line(&history_json::detail(&event))?)?;
            continue;
        }
        for entry in har::entries(&event) {
            let comma = if first { "\n" } else { ",\n" };
            write!(out, "{comma}{}", json::line(&entry)?)?;
            first = false;
        }
    }
    if is_har {
        writeln!(out, "{}", har::END)?;
    }
    Ok(count)
}

/// Standard output as a writer.
struct Stdout<'a>(&'a mut Output);

impl Write for Stdout<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.bytes(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
