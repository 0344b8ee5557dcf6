//! `--list`: which agents start this server, from which file, and how.

use clap::ValueEnum;
use serde_json::json;

use super::client::Client;
use super::entry;
use super::install::{place, read};
use crate::commands::Context;
use crate::host::shell;
use crate::output::sanitize::{escape, sanitize};
use crate::output::table::{Column, Fit};
use crate::output::{Failure, style, table};

const COLUMNS: [Column; 4] = [
    Column::new("CLIENT", Fit::Whole),
    Column::new("STATE", Fit::Whole),
    Column::new("FILE", Fit::Whole),
    Column::new("STARTS", Fit::Truncate(20)),
];

struct Row {
    client: Client,
    file: String,
    /// The program and its arguments; `None` without an entry.
    found: Result<Option<Vec<String>>, String>,
}

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let rows =
        Client::value_variants().iter().map(|client| row(*client, context)).collect::<Result<Vec<_>, _>>()?;
    let list: Vec<_> = rows.iter().map(to_json).collect();
    context.output.show(&list, |out| {
        let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
        let lines = match out.stdout_is_terminal() {
            true => table::render(&COLUMNS, &rows, out.columns()),
            false => rows.iter().map(|row| row.join("\t")).collect(),
        };
        lines.iter().try_for_each(|line| out.data(line))?;
        out.status(&style::dim("Files of the project are those of this folder."))
    })
}

fn row(client: Client, context: &Context) -> Result<Row, Failure> {
    let file = place(client, context)?;
    let found = match read(&file) {
        Ok(text) => entry::find(client, text.as_deref().unwrap_or_default()),
        Err(failure) => Err(failure.message().to_owned()),
    };
    Ok(Row { client, file: file.display().to_string(), found })
}

fn to_json(row: &Row) -> serde_json::Value {
    let found = row.found.as_ref().ok().and_then(Option::as_deref);
    let words = found.and_then(<[String]>::split_first);
    json!({
        "client": row.client.flag(),
        "name": row.client.name(),
        "file": sanitize(&row.file),
        "installed": found.is_some(),
        "command": words.map(|(command, _)| sanitize(command)),
        "args": words.map(|(_, args)| args.iter().map(|arg| sanitize(arg)).collect::<Vec<_>>()),
        "error": row.found.as_ref().err().map(|error| sanitize(error)),
    })
}

fn cells(row: &Row) -> Vec<String> {
    let (state, starts) = match &row.found {
        Ok(Some(words)) => {
            ("installed", words.iter().map(|word| shell::quote(word)).collect::<Vec<_>>().join(" "))
        }
        Ok(None) => ("-", String::new()),
        Err(error) => ("unreadable", error.clone()),
    };
    [row.client.flag(), state.to_owned(), row.file.clone(), starts].iter().map(|cell| escape(cell)).collect()
}
