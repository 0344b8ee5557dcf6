//! `cstar sandbox export`: the whole state as JSON lines.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::state_dir::{self, DataDir, State};
use crate::commands::Context;
use crate::host::draft::Draft;
use crate::host::io_error::io_message;
use crate::ops::local_sandbox;
use crate::output::{Failure, Output, style};
use crate::sandbox::{self, Store, TransferError};

/// Write the whole state of a sandbox as JSON lines
///
/// The first line names the format, the last one is `{"end":true,"lines":N}` with the number of lines before it: an
/// import refuses a file without it. Each other line is one object, counter, webhook or API key, in the order of
/// creation. Equal states give equal files. The sandbox may keep running. Events and deliveries are not exported.
/// Signing secrets of webhooks are, so only you can read the file. Of API keys, passwords and refresh tokens of customers
/// only hashes are exported, and of access tokens nothing.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar sandbox export state.ndjson",
    "cstar sandbox export | jq -r 'select(.kind == \"ticket\").body.title'",
])]
pub(super) struct Args {
    /// Where to write; `-` is standard output
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    #[command(flatten)]
    directory: DataDir,
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let source = match args.directory.state(context).await? {
        State::Running(running) => {
            Source::Text(local_sandbox::control(&running, "export", &json!({})).await?)
        }
        State::Kept(directory) => Source::Store(Box::new(state_dir::open_existing(&directory)?)),
    };
    if args.file == Path::new("-") {
        context.output.buffer();
        let written = source.write(&mut Stdout(&mut context.output));
        written.map_err(|error| match error {
            TransferError::Io(error) => Failure::from(error),
            other => unread(&other),
        })?;
        return Ok(context.output.flush()?);
    }
    let shown = args.file.display().to_string();
    let failed =
        |error: io::Error| Failure::failed(format!("could not write `{shown}`: {}", io_message(&error)));
    let progress = context.output.progress("Exporting");
    // Private like the source: events contain customers' data.
    let mut draft = Draft::create_or_open(&args.file).map_err(failed)?;
    let mut file = BufWriter::new(progress.writing(&mut draft));
    let counts = source.write(&mut file).map_err(|error| match error {
        TransferError::Io(error) => failed(error),
        other => unread(&other),
    })?;
    file.flush().map_err(failed)?;
    drop(file);
    draft.finish().map_err(failed)?;
    drop(progress);
    context.output.show(&json!({ "file": shown, "objects": counts }), |out| {
        let counts = state_dir::counts_text(counts.iter().map(|(kind, count)| (kind.as_str(), *count)));
        out.status(&style::dim(&crate::output::sanitize::escape(&format!("Exported {counts} to {shown}"))))
    })
}

/// Where the state comes from.
enum Source {
    Store(Box<Store>),
    /// The response of a running sandbox.
    Text(Value),
}

impl Source {
    /// Returns the number of objects of each kind.
    fn write(&self, out: &mut dyn Write) -> Result<BTreeMap<String, u64>, TransferError> {
        match self {
            Self::Store(store) => {
                let counts = sandbox::export(store, out)?;
                Ok(counts.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect())
            }
            Self::Text(answer) => {
                out.write_all(answer["state"].as_str().unwrap_or_default().as_bytes())?;
                Ok(serde_json::from_value(answer["objects"].clone()).unwrap_or_default())
            }
        }
    }
}

fn unread(error: &TransferError) -> Failure {
    Failure::failed(format!("could not export the sandbox's state: {error}"))
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
