//! `cstar sandbox import`: a state that was exported, in the place of what there is.

use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::place::{self, DataDir};
use crate::commands::Context;
use crate::host::text;
use crate::output::clean::clean;
use crate::output::{Failure, style};
use crate::sandbox::{self, Place, TransferError};

/// Replace the whole state of a sandbox by one that was exported
///
/// Everything is taken in or, when a line is wrong, nothing. No events are fired.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  cstar sandbox import state.ndjson --yes\n  cstar sandbox export --data-dir a | cstar sandbox import - --data-dir b --yes"
)]
pub(super) struct Args {
    /// What to read; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    directory: DataDir,
    /// Do not ask before what there is gets lost
    #[arg(long, short)]
    yes: bool,
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let directory = args.directory.resolve(&context.env)?;
    let shown = args.file.display().to_string();
    let lines = open(&args.file)?;
    if Place::Directory(directory.clone()).holds_something() {
        let question = format!("Replace everything in {} by {shown}?", directory.display());
        place::confirm(context, args.yes, &question, "an import").await?;
    }
    let store = place::open(&directory)?;
    let progress = context.output.progress("Importing");
    // Decoded below the progress line: a slow source keeps its first bytes waiting too.
    let imported = text::lines(progress.reading(lines, length(&args.file)))
        .map_err(|error| not_read(&args.file, &error))
        .map(|mut lines| sandbox::import(&store, &mut lines));
    drop(progress);
    let counts = imported?.map_err(|error| match error {
        TransferError::Line { .. } => Failure::usage(format!("could not import `{shown}`: {error}"))
            .hint("nothing was changed; `cstar sandbox export` writes what this reads"),
        other => Failure::failed(format!("could not import `{shown}`: {other}")),
    })?;
    if context.output.is_json() {
        return Ok(context.output.json(&json!({ "file": shown, "objects": place::counts_json(&counts) }))?);
    }
    let line = format!("{} from {}", place::counts_text(&counts), clean(&shown));
    Ok(context.output.data(&format!("{} {line}", style::good("Imported")))?)
}

/// How many bytes will come; a pipe does not say.
fn length(path: &Path) -> Option<u64> {
    path.metadata().ok().filter(Metadata::is_file).map(|file| file.len())
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if path != Path::new("-") {
        let file = File::open(path).map_err(|error| not_read(path, &error))?;
        return Ok(Box::new(BufReader::new(file)));
    }
    if io::stdin().is_terminal() {
        return Err(Failure::usage("a state is expected on standard input, which is a terminal")
            .hint("pipe it in, or name a file"));
    }
    Ok(Box::new(BufReader::new(io::stdin())))
}

fn not_read(path: &Path, error: &io::Error) -> Failure {
    let source = match path.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => format!("`{}`", path.display()),
    };
    Failure::usage(match error.kind() {
        io::ErrorKind::InvalidData => format!("{source} {error}"),
        _ => format!("could not read the state from {source}: {error}"),
    })
}
