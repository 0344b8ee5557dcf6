//! Adds this server to the configuration of an agent or removes it, after confirmation, and changes nothing else.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::client::Client;
use super::config::{self, Start};
use super::entry::{self, Rest};
use crate::commands::Context;
use crate::commands::confirm::{Question, confirm};
use crate::host::draft::Draft;
use crate::host::io_error::io_message;
use crate::host::{paths, permissions, private_fs};
use crate::mcp::ToolFilter;
use crate::output::prompt;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, style};

const LARGEST: u64 = 16 * 1024 * 1024;

/// Prints the snippet on standard output, and where it belongs on standard error.
pub(super) fn print(
    context: &mut Context,
    client: Client,
    filter: &ToolFilter,
    lockdown: bool,
) -> Result<(), Failure> {
    let start = Start::new(context, filter, lockdown);
    let snippet = entry::put(client, &start, "").map_err(Failure::failed)?;
    context.output.data(snippet.trim_end())?;
    let place = match client {
        Client::Claude => &format!("{}; or run: claude mcp add cstar -- {}", client.place(), start.line()),
        _ => client.place(),
    };
    context.output.status(&style::dim(&format!("For {}: {place}.", client.name())))?;
    config::no_key(context)
}

pub(super) async fn run(
    context: &mut Context,
    client: Client,
    (filter, lockdown): (&ToolFilter, bool),
    yes: bool,
) -> Result<(), Failure> {
    let file = place(client, context)?;
    let start = Start::new(context, filter, lockdown);
    let before = read(&file)?;
    let after = entry::put(client, &start, before.as_deref().unwrap_or_default()).map_err(|fault| {
        let hint = format!("add it yourself: cstar mcp-server --print-config {}", client.flag());
        Failure::failed(format!("could not edit {}: {fault}", file.display())).hint(hint)
    })?;
    let shown = sanitize(&file.display().to_string());
    if before.as_deref() == Some(after.as_str()) {
        context.output.text(&format!("{}  {shown} has it already", style::good("Unchanged")))?;
        return Ok(());
    }
    if !yes {
        ask(context, client, &shown, &after, before.is_some()).await?;
    }
    write(&file, &after)
        .map_err(|error| Failure::failed(format!("could not write {shown}: {}", io_message(&error))))?;
    context.output.text(&format!("{}  {shown}", style::good("Written")))?;
    context.output.status(&style::dim(&format!("Restart {} to see it.", client.name())))?;
    config::no_key(context)
}

/// Removes this server from the configuration of an agent.
pub(super) async fn remove(context: &mut Context, client: Client, yes: bool) -> Result<(), Failure> {
    let file = place(client, context)?;
    let before = read(&file)?;
    let shown = sanitize(&file.display().to_string());
    let rest = entry::take(client, before.as_deref().unwrap_or_default()).map_err(|fault| {
        let hint = format!("remove `{}` from it yourself", config::NAME);
        Failure::failed(format!("could not edit {shown}: {fault}")).hint(hint)
    })?;
    let text = match &rest {
        Rest::Same => {
            return Ok(context
                .output
                .text(&format!("{}  {shown} does not have it", style::good("Unchanged")))?);
        }
        Rest::Text(_) => {
            format!("Remove `{}` from {shown}? Everything else in it stays as it is.", config::NAME)
        }
        Rest::Nothing => format!("Remove {shown}?"),
    };
    if !yes {
        let hint =
            format!("to remove it without asking: cstar mcp-server --uninstall {} --yes", client.flag());
        let question = Question { text: &text, action: &format!("changing {shown}"), hint: &hint };
        confirm(context, &question).await?;
    }
    match rest {
        Rest::Text(text) => write(&file, &text),
        _ => fs::remove_file(&file),
    }
    .map_err(|error| Failure::failed(format!("could not change {shown}: {}", io_message(&error))))?;
    context.output.text(&format!("{}  from {shown}", style::good("Removed")))?;
    Ok(context.output.status(&style::dim(&format!("Restart {} to stop it there.", client.name())))?)
}

/// The file of an agent.
pub(super) fn place(client: Client, context: &Context) -> Result<PathBuf, Failure> {
    let here = std::env::current_dir().map_err(|error| {
        Failure::failed(format!("could not find the current directory: {}", io_message(&error)))
    })?;
    let none = || {
        Failure::usage("no home directory found").hint(if cfg!(windows) {
            "set USERPROFILE"
        } else {
            "set HOME"
        })
    };
    let file = client.file(&here, &context.env).ok_or_else(none)?;
    // A link to a file kept elsewhere stays a link.
    Ok(paths::canonical(&file).unwrap_or(file))
}

/// The text of a file; `None` if there is none.
pub(super) fn read(file: &Path) -> Result<Option<String>, Failure> {
    let read = permissions::open_followed(file).and_then(|(opened, access)| match access.is_regular_file {
        true => private_fs::read_text(opened, LARGEST),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")),
    });
    match read {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(Failure::failed(format!("could not read {}: {}", file.display(), io_message(&error))))
        }
    }
}

async fn ask(
    context: &mut Context,
    client: Client,
    file: &str,
    after: &str,
    exists: bool,
) -> Result<(), Failure> {
    let hint = format!("to write {file} without asking: cstar mcp-server --install {} --yes", client.flag());
    if prompt::is_possible() && !context.output.is_json() {
        context.output.status(&style::dim(after.trim_end()))?;
    }
    let how = if exists { "Change" } else { "Make" };
    let text = format!("{how} {file} to this? Everything else in it stays as it is.");
    let question = Question { text: &text, action: &format!("writing {file}"), hint: &hint };
    confirm(context, &question).await.map(drop)
}

/// Atomic, so that it is never half written.
fn write(file: &Path, text: &str) -> io::Result<()> {
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut draft = Draft::create(file)?;
    draft.copy_mode()?;
    draft.write_all(text.as_bytes())?;
    draft.finish()
}
