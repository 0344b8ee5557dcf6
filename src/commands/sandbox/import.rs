//! `cstar sandbox import`: replaces the state with an exported one.

use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::state_dir::{self, DataDir, State};
use crate::commands::{Context, confirm};
use crate::host::io_error::io_message;
use crate::host::text;
use crate::ops::local_sandbox;
use crate::output::sanitize::escape;
use crate::output::{Failure, style};
use crate::sandbox::{self, Access, Counts, StorageLocation, Store, TransferError};
use crate::sandbox_info::running::Running;

/// Replace the state of a sandbox with an exported one
///
/// Imports everything or, if a line is invalid, nothing. No events are fired. Webhooks to other machines, API keys, and
/// passwords and sessions of customers are imported only if you agree: they give others access, or send them events. A
/// running sandbox uses the new state immediately.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar sandbox import state.ndjson --yes",
    "cstar sandbox import state.ndjson --yes --accept-access",
    "cstar sandbox export --data-dir a | cstar sandbox import - --data-dir b --yes",
])]
pub(super) struct Args {
    /// What to read; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    directory: DataDir,
    /// Import API keys, logins and webhooks to other machines without asking
    #[arg(long)]
    accept_access: bool,
    /// Replace the present state without confirmation
    #[arg(long, short)]
    yes: bool,
}

pub(super) async fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let state = args.directory.state(context).await?;
    let shown = args.file.display().to_string();
    let lines = open(&args.file)?;
    let has_state = match &state {
        State::Running(_) => true,
        State::Kept(directory) => StorageLocation::Directory(directory.clone()).has_state(),
    };
    if has_state {
        let question = format!("Replace everything in {} with {shown}?", state.describe());
        state_dir::confirm(context, args.yes, &question, "an import").await?;
    }
    let access = if args.accept_access { Access::Accepted } else { Access::Denied };
    let directory = match &state {
        State::Running(running) => return import_into(context, running, lines, access, args).await,
        State::Kept(directory) => directory,
    };
    let store = state_dir::open(directory)?;
    let counts = match import(context, &store, lines, args, access)? {
        Err(TransferError::Access(access))
            if args.file != Path::new("-") && !args.yes && confirm::is_possible(context) =>
        {
            let question = format!("It contains {}. Import that too?", access.join(", "));
            state_dir::confirm(context, false, &question, "taking over access").await?;
            import(context, &store, open(&args.file)?, args, Access::Accepted)?
        }
        other => other,
    };
    let counts = match counts {
        Ok(counts) => counts,
        Err(error) => {
            drop(store);
            if !has_state {
                // The next import would find a state and ask whether to replace it.
                sandbox::reset(directory).map_err(|error| state_dir::unusable(&error))?;
            }
            return Err(refused(error, &shown));
        }
    };
    context.output.show(&json!({ "file": shown, "objects": state_dir::counts_json(&counts) }), |out| {
        let counts = state_dir::counts_text(counts.iter().map(|(kind, count)| (*kind, *count)));
        out.text(&format!("{} {counts} from {}", style::good("Imported"), escape(&shown)))
    })
}

fn import(
    context: &Context,
    store: &Store,
    lines: Box<dyn BufRead>,
    args: &Args,
    access: Access,
) -> Result<Result<Counts, TransferError>, Failure> {
    let progress = context.output.progress("Importing");
    // Decoded inside the progress line, because a slow source also delays the first bytes.
    let mut lines = text::reader(progress.reading(lines, length(&args.file)))
        .map_err(|error| not_read(&args.file, &error))?;
    Ok(sandbox::import(store, &mut lines, access))
}

/// Sends the state to the running sandbox.
async fn import_into(
    context: &mut Context,
    running: &Running,
    lines: Box<dyn BufRead>,
    access: Access,
    args: &Args,
) -> Result<(), Failure> {
    let shown = args.file.display().to_string();
    let mut state = String::new();
    let most = sandbox::IMPORT_LIMIT as u64;
    let read = text::reader(lines).and_then(|lines| lines.take(most + 1).read_to_string(&mut state));
    read.map_err(|error| not_read(&args.file, &error))?;
    if state.len() as u64 > most {
        return Err(Failure::usage(format!(
            "could not import `{shown}`: a running sandbox accepts at most {} MiB",
            most / 1024 / 1024
        ))
        .hint("stop the sandbox first: then the size is not limited"));
    }
    let body = json!({ "state": state, "accept_access": access == Access::Accepted });
    let answer = local_sandbox::control(running, "import", &body).await?;
    context.output.show(&json!({ "file": shown, "objects": answer["objects"] }), |out| {
        let line = format!("{} into the sandbox at {}", escape(&shown), escape(&running.base_url));
        out.text(&format!("{} {line}", style::good("Imported")))
    })
}

pub(super) fn refused(error: TransferError, shown: &str) -> Failure {
    match error {
        TransferError::Line { .. } => Failure::usage(format!("could not import `{shown}`: {error}"))
            .hint("nothing was changed; `cstar sandbox export` writes what this reads"),
        TransferError::Access(_) => Failure::usage(format!("could not import `{shown}`: {error}"))
            .hint("nothing was changed; if you trust the file: --accept-access"),
        other => Failure::failed(format!("could not import `{shown}`: {other}")),
    }
}

/// The size of the input; unknown for a pipe.
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

/// Opens a state for a reader that shows no progress.
pub(super) fn decoded(path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    text::reader(open(path)?).map_err(|error| not_read(path, &error))
}

fn not_read(path: &Path, error: &io::Error) -> Failure {
    let source = match path.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => format!("`{}`", path.display()),
    };
    Failure::usage(match error.kind() {
        io::ErrorKind::InvalidData => format!("{source} {error}"),
        _ => format!("could not read the state from {source}: {}", io_message(error)),
    })
}
