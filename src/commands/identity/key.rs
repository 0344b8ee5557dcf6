//! The key of the chat widget: from a file, the environment, a flag or a prompt.

use std::path::{Path, PathBuf};

use crate::Secret;
use crate::args::secret;
use crate::commands::{Context, input};
use crate::host::env::names;
use crate::output::prompt::{self, Prompt};
use crate::output::{Failure, style};
use crate::secret::oddity;

#[derive(clap::Args, Debug)]
pub(super) struct KeyArgs {
    /// File with the key of the chat widget; - for standard input. One line break at its end is ignored
    #[arg(long, value_name = "FILE|-")]
    key_file: Option<PathBuf>,
    /// Key of the chat widget; other users of this machine can see it [env: CSTAR_IDENTITY_KEY]
    #[arg(long, value_name = "KEY", value_parser = secret::parse_key, conflicts_with = "key_file")]
    key: Option<Secret>,
}

impl KeyArgs {
    /// The key, and where it is from.
    pub(super) async fn read(
        &self,
        context: &mut Context,
        stdin_is_taken: bool,
    ) -> Result<(Secret, String), Failure> {
        let (key, origin) = self.find(context, stdin_is_taken).await?;
        if let Some(oddity) = oddity(key.expose()) {
            let line = format!("Warning: the key from {origin} {oddity}. It is used as it is.");
            context.output.warning(&style::warn(&line))?;
        }
        Ok((key, origin))
    }

    async fn find(&self, context: &mut Context, stdin_is_taken: bool) -> Result<(Secret, String), Failure> {
        if let Some(path) = &self.key_file {
            if stdin_is_taken && path.as_os_str() == "-" {
                return Err(Failure::usage("the key and the customer cannot both come from standard input")
                    .hint("name a file for one of them, or set CSTAR_IDENTITY_KEY"));
            }
            return Ok((from_file(path)?, format!("`{}`", path.display())));
        }
        if let Some(key) = &self.key {
            let line = "Other users of this machine can see the key in --key; CSTAR_IDENTITY_KEY is safer.";
            context.output.status(&style::warn(line))?;
            return Ok((key.clone(), "--key".to_owned()));
        }
        let set = context.env.secret(names::IDENTITY_KEY).filter(|key| !key.expose().trim().is_empty());
        if let Some(key) = set {
            return Ok((key.clone(), names::IDENTITY_KEY.to_owned()));
        }
        if stdin_is_taken || !prompt::is_possible() {
            return Err(Failure::usage("there is no identity key").hint(
                "set CSTAR_IDENTITY_KEY to the Production or Test key of the chat widget, or use --key-file",
            ));
        }
        let mut prompt = Prompt::new("set CSTAR_IDENTITY_KEY")?;
        let key = prompt.secret("Key of the chat widget (sk_live_… or sk_test_…)").await?;
        if key.expose().is_empty() {
            return Err(Failure::usage("no key was entered"));
        }
        Ok((key, "the prompt".to_owned()))
    }
}

/// The key in a file, without one line break at its end, which editors add.
pub(super) fn from_file(path: &Path) -> Result<Secret, Failure> {
    let bytes = input::read(path, "the key")?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::usage(format!("the key in `{}` is not UTF-8 text", path.display())))?;
    let key = text.strip_suffix("\r\n").or(text.strip_suffix('\n')).unwrap_or(&text);
    if key.trim().is_empty() {
        return Err(Failure::usage(format!("there is no key in `{}`", path.display())));
    }
    Ok(Secret::new(key))
}
