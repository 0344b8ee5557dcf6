//! `cstar history save`: a recorded event as a fixture, without personal data.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::commands::Context;
use crate::event::{Json, neutralize_data};
use crate::history::EventState;
use crate::host::draft::Draft;
use crate::host::io_error::io_message;
use crate::host::shell::quote;
use crate::ops::history_file;
use crate::output::sanitize::{escape, sanitize};
use crate::output::{Failure, style};

/// Save the data of an event as a fixture, without personal data
///
/// The file is for `trigger --data @FILE`. Names, e-mail addresses, telephone numbers, what people wrote (titles,
/// messages, comments, notes), and metadata and custom fields are replaced by neutral values of the same shape; the same
/// original becomes the same value. Ids, times, numbers, states and links of cStar stay. Look at the file before you share
/// it: your own members may hold more. Only you can read the file.
#[derive(clap::Args, Debug)]
#[command(after_help = examples![
    "cstar history save evt_ticket_created_1774583010044 ticket.json",
    "cstar history save last urgent-ticket.json",
    "cstar trigger ticket.created --data @ticket.json",
])]
pub(super) struct Args {
    /// Id of the event, the beginning of one, or last for the newest
    #[arg(value_name = "ID")]
    id: String,
    /// File to write; - for standard output
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
    /// Keep personal data as it is
    #[arg(long)]
    keep_data: bool,
    /// Replace the file if there is one
    #[arg(long)]
    force: bool,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<(), Failure> {
    let reader = history_file::open(&context.env, &mut context.output)?;
    let event = history_file::find(&reader, &args.id)?;
    let id = event.id.as_deref().map_or_else(|| escape(&args.id), sanitize);
    if event.state == EventState::Skipped {
        return Err(Failure::failed(format!("the event `{id}` was skipped: its body was not kept")));
    }
    let event_type = event.event_type.as_deref().unwrap_or_default();
    let body = Json::parse(&event.body)
        .map_err(|_| Failure::failed(format!("the body of `{id}` is not JSON, so it cannot be a fixture")))?;
    let Some(mut data @ Json::Object(_)) = body.get("data").cloned() else {
        return Err(Failure::failed(format!("the event `{id}` has no object `data`")));
    };
    if !args.keep_data {
        neutralize_data(event_type, &mut data);
    }
    let text = data.indented() + "\n";
    if args.file.as_os_str() == "-" {
        return Ok(context.output.bytes(text.as_bytes())?);
    }
    write(&args.file, &text, args.force)?;
    let command = format!(
        "cstar trigger {} --data {}",
        sanitize(event_type),
        quote(&format!("@{}", args.file.display()))
    );
    let value =
        json!({ "id": event.id, "type": event.event_type, "file": args.file, "neutral": !args.keep_data });
    context.output.show(&value, |out| {
        out.status(&style::good(&format!("Saved {id} to {}", escape(&args.file.to_string_lossy()))))?;
        out.status(&style::dim(&format!("Use it with: {}", escape(&command))))
    })
}

fn write(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::failed(format!("`{}` exists already", path.display()))
            .hint("replace it with --force, or name another file"),
        _ => Failure::failed(format!("could not write `{}`: {}", path.display(), io_message(&error))),
    };
    // Before the draft, so that nothing is left beside the file.
    if !force && path.symlink_metadata().is_ok() {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    let mut draft = Draft::create(path).map_err(failed)?;
    draft.write_all(text.as_bytes()).map_err(failed)?;
    let done = if force { draft.finish() } else { draft.finish_if_absent() };
    done.map_err(failed)
}
