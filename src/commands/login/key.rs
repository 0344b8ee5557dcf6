//! The sources of the key for `login`: a flag, a pipe, the older tool's file, or a prompt.

use std::io::{self, IsTerminal, Read};

use secrecy::zeroize::Zeroizing;

use crate::account::{LegacyKey, Origin, ProfileStore};
use crate::commands::Context;
use crate::host::io_error::io_message;
use crate::host::text;
use crate::output::prompt::Prompt;
use crate::output::{Exit, Failure, style};
use crate::{Secret, sandbox_info};

pub(super) const OLDER_TOOL: Origin = Origin::Input("the older tool's file");
/// The argument for standard input.
const STDIN: &str = "-";
const LONGEST: u64 = 4096;

pub(super) struct KeyInput {
    pub(super) key: Secret,
    pub(super) origin: Origin,
}

/// Where the key comes from.
pub(super) enum KeySource {
    Given(KeyInput),
    /// A prompt, and the key of the older tool.
    Ask(Prompt, Option<LegacyKey>),
}

/// Chooses the source, and reads the key unless it comes from a prompt.
pub(super) fn source(context: &mut Context, store: &ProfileStore) -> Result<KeySource, Failure> {
    let given = |key, origin| Ok(KeySource::Given(KeyInput { key, origin }));
    let piped = match &context.global.api_key {
        Some(key) if key.expose() == STDIN => true,
        Some(key) => return given(key.clone(), Origin::Flag("--api-key")),
        None if context.global.sandbox => {
            return given(Secret::new(sandbox_info::SECRET_TEST_KEY), Origin::Flag("--sandbox"));
        }
        None => false,
    };
    let older = if piped || store.has_imported() { None } else { LegacyKey::find(&context.env) };
    if io::stdin().is_terminal() {
        let instead = "pipe the key into: cstar login --api-key -";
        return Ok(KeySource::Ask(Prompt::new(instead)?, older));
    }
    if let Some(older) = older {
        let line = format!(
            "An older tool stores the key {} in {}; on a terminal, cstar login offers to import it.",
            older.key.masked(),
            older.path.display()
        );
        context.output.status(&style::dim(&line))?;
    }
    given(read_stdin()?, Origin::Input("standard input"))
}

fn read_stdin() -> Result<Secret, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = io::stdin().take(LONGEST).read_to_end(&mut bytes);
    read.map_err(|error| {
        Failure::usage(format!("could not read the API key from standard input: {}", io_message(&error)))
    })?;
    let text =
        text::decode(&bytes).map_err(|why| Failure::usage(format!("the API key on standard input {why}")))?;
    let text = Zeroizing::new(text);
    // Only the line feed that `echo` adds is removed.
    let key = text.strip_suffix('\n').unwrap_or(&text);
    let key = Secret::new(key.strip_suffix('\r').unwrap_or(key));
    if key.expose().is_empty() {
        return Err(Failure::new(Exit::Auth, "there is no API key on standard input")
            .hint("pipe it in, such as: cstar login < key.txt; on a terminal, cstar login asks for it"));
    }
    Ok(key)
}

/// Prompts for the key. Offers the key of the older tool first, if there is one.
pub(super) async fn ask(prompt: &mut Prompt, older: Option<LegacyKey>) -> Result<KeyInput, Failure> {
    if let Some(older) = older {
        let question = format!("Use the key {} of {}?", older.key.masked(), older.path.display());
        if prompt.confirm(&question).await? {
            return Ok(KeyInput { key: older.key.secret().clone(), origin: OLDER_TOOL });
        }
    }
    let key = prompt.secret("API key, from Settings → Team → API Keys (not shown)").await?;
    Ok(KeyInput { key, origin: Origin::Input("the prompt") })
}
