//! A file with types: written again only if it changes, never over a file that something else wrote.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::json;

use crate::commands::Context;
use crate::host::io_error::io_message;
use crate::host::shell::quote;
use crate::output::format::pluralize;
use crate::output::sanitize::escape;
use crate::output::{Failure, style};

/// What every generated file has near its beginning.
const GENERATED_BY: &str = "enerated by `cstar types ";
const BEGINNING: usize = 1_000;

pub(super) struct TypesFile<'a> {
    pub(super) path: &'a Path,
    /// What it should contain.
    pub(super) text: &'a str,
    /// The command line that writes it, without the file.
    pub(super) command: &'a str,
    pub(super) event_types: usize,
}

impl TypesFile<'_> {
    /// Fails if the file is not what would be written.
    pub(super) fn check(&self, context: &mut Context) -> Result<(), Failure> {
        let shown = shown(self.path);
        let rewrite = format!("{} --output {}", self.command, quote(&shown));
        match self.read()? {
            Some(found) if self.is_same(&found) => {
                let value = json!({ "file": shown, "up_to_date": true, "events": self.event_types });
                context
                    .output
                    .show(&value, |out| out.status(&style::good(&format!("`{shown}` is up to date"))))?;
                Ok(())
            }
            Some(_) => Err(Failure::failed(format!("`{shown}` is out of date"))
                .hint(format!("write it again: {rewrite}"))),
            None => {
                Err(Failure::failed(format!("there is no file `{shown}`"))
                    .hint(format!("write it: {rewrite}")))
            }
        }
    }

    pub(super) fn write(&self, context: &mut Context) -> Result<(), Failure> {
        let shown = shown(self.path);
        let found = self.read()?;
        let is_same = found.as_deref().is_some_and(|found| self.is_same(found));
        if let Some(found) = &found
            && !found.is_empty()
            && !is_generated(found)
        {
            let failure = Failure::failed(format!("`{shown}` was not written by `cstar types`"));
            return Err(failure.hint("name another file, or delete this one"));
        }
        if !is_same {
            fs::write(self.path, self.text).map_err(|error| {
                Failure::failed(format!("could not write `{shown}`: {}", io_message(&error)))
            })?;
        }
        let value = json!({ "file": shown, "changed": !is_same, "events": self.event_types });
        let types = pluralize(self.event_types as u64, "event type");
        let line = match is_same {
            true => format!("`{shown}` is up to date: {types}"),
            false => format!("Wrote {types} to {shown}"),
        };
        context.output.show(&value, |out| out.status(&style::good(&line)))
    }

    fn read(&self) -> Result<Option<Vec<u8>>, Failure> {
        match fs::read(self.path) {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => {
                let shown = shown(self.path);
                Err(Failure::failed(format!("could not read `{shown}`: {}", io_message(&error))))
            }
        }
    }

    /// Git may have changed the line ends.
    fn is_same(&self, found: &[u8]) -> bool {
        std::str::from_utf8(found).is_ok_and(|found| found.replace("\r\n", "\n") == self.text)
    }
}

fn is_generated(found: &[u8]) -> bool {
    let beginning = found.get(..BEGINNING).unwrap_or(found);
    String::from_utf8_lossy(beginning).contains(GENERATED_BY)
}

/// A path for messages.
fn shown(path: &Path) -> String {
    escape(&path.to_string_lossy())
}
