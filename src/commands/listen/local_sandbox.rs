//! The sandbox of `listen`: found, or run inside this process.

use crate::account::{Account, SandboxChoice};
use crate::commands::Context;
use crate::net::BaseUrl;
use crate::ops::local_sandbox::{self, FoundSandbox, LocalSandbox};
use crate::output::{Failure, style};

/// Starts the sandbox unless it runs, and points `account` at it.
pub(super) async fn start_sandbox_if_none(
    context: &mut Context,
    account: &mut Account,
    choice: &SandboxChoice,
) -> Result<Option<LocalSandbox>, Failure> {
    let found = match choice.is_named {
        true => {
            let _waiting = context.output.progress_handle().begin(format!("Waiting for {}", account.base));
            local_sandbox::find_or_start_at(&context.env, &account.base).await?
        }
        false => local_sandbox::find_or_start(&context.env).await?,
    };
    let (base_url, local) = match found {
        FoundSandbox::Running(base_url) => (base_url, None),
        FoundSandbox::Started(local) => (local.base_url().to_owned(), Some(local)),
    };
    // Plain http to another machine was allowed when the account was resolved.
    account.base = BaseUrl::parse_stored(&base_url).map_err(|error| Failure::failed(error.to_string()))?;
    if local.is_some() {
        let line = format!("No sandbox was running: started one at {base_url} for this run.");
        context.output.status(&style::dim(&line))?;
    }
    if let Some(state) = local.as_ref().and_then(LocalSandbox::earlier_state) {
        let line = format!("{state} To reset it: cstar sandbox reset");
        context.output.status(&style::dim(&line))?;
    }
    Ok(local)
}
