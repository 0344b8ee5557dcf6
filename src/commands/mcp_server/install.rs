//! Adds this server to the configuration of an agent, after confirmation, and changes nothing else.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::config::{self, Client, Start};
use super::jsonc;
use crate::commands::Context;
use crate::commands::confirm::{Question, confirm};
use crate::host::draft::Draft;
use crate::host::io_error::io_message;
use crate::host::{dirs, paths, permissions, private_fs};
use crate::mcp::ToolFilter;
use crate::output::prompt;
use crate::output::sanitize::sanitize;
use crate::output::{Failure, style};

const LARGEST: u64 = 16 * 1024 * 1024;

pub(super) async fn run(
    context: &mut Context,
    client: Client,
    (filter, lockdown): (&ToolFilter, bool),
    yes: bool,
) -> Result<(), Failure> {
    let file = place(client, context)?;
    let start = Start::new(context, filter, lockdown);
    let before = read(&file)?;
    let after = edited(client, &start, before.as_deref()).map_err(|fault| {
        let hint = format!("add it yourself: cstar mcp-server --print-config {}", flag(client));
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

fn flag(client: Client) -> String {
    use clap::ValueEnum;
    client.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn place(client: Client, context: &Context) -> Result<PathBuf, Failure> {
    let here = std::env::current_dir().map_err(|error| {
        Failure::failed(format!("could not find the current directory: {}", io_message(&error)))
    })?;
    let home = dirs::home(&context.env);
    let none = || {
        Failure::usage("no home directory found").hint(if cfg!(windows) {
            "set USERPROFILE"
        } else {
            "set HOME"
        })
    };
    let file = client.file(&here, home).ok_or_else(none)?;
    // A link to a file kept elsewhere stays a link.
    Ok(paths::canonical(&file).unwrap_or(file))
}

fn read(file: &Path) -> Result<Option<String>, Failure> {
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

/// The file with this server added.
fn edited(client: Client, start: &Start, before: Option<&str>) -> Result<String, String> {
    match (client.servers(), before) {
        (Some(servers), Some(text)) if !text.trim().is_empty() => {
            jsonc::put(text, servers, "cstar", &start.member(client))
        }
        _ => Ok(start.file(client)),
    }
}

async fn ask(
    context: &mut Context,
    client: Client,
    file: &str,
    after: &str,
    exists: bool,
) -> Result<(), Failure> {
    let hint = format!("to write {file} without asking: cstar mcp-server --install {} --yes", flag(client));
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
