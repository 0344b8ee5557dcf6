//! One file per command: what it takes (`Args`) and what it does (`run`). Commands never import each
//! other: a use case that two of them share is in `ops`, and what commands alone need is in `confirm`, `input`
//! and `session`.

pub(crate) mod artifacts;
pub(crate) mod complete;
pub(crate) mod completion;
mod confirm;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod events;
pub(crate) mod help;
pub(crate) mod history;
mod input;
pub(crate) mod keys;
pub(crate) mod listen;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod logs;
pub(crate) mod mcp_server;
pub(crate) mod profiles;
pub(crate) mod replay;
pub(crate) mod sandbox;
mod session;
pub(crate) mod sign;
pub(crate) mod status;
pub(crate) mod trigger;
pub(crate) mod verify;
pub(crate) mod webhooks;
pub(crate) mod why;

#[cfg(any(test, fuzzing))]
pub(crate) use mcp_server::fuzz::agent_config;

use std::sync::Arc;

use crate::Secret;
use crate::account::{Account, Origin, webhook_secret};
use crate::api::Client;
use crate::cli::Global;
use crate::host::clock::Clock;
use crate::host::env::Env;
use crate::net::{self, BaseUrl};
use crate::output::sanitize::sanitize;
use crate::output::{Failure, Options, Output, style};
use crate::secret::oddity;

/// What every command may use.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) env: Env,
    pub(crate) clock: Clock,
    pub(crate) output: Output,
}

impl Context {
    /// The context of this process.
    pub(crate) fn new(global: Global, env: Env) -> Self {
        let output = Output::from_process(output_options(&global), &env);
        Self { global, env, clock: Clock::System, output }
    }

    /// A second handle on the same streams, for a thread that writes by itself.
    pub(crate) fn another_output(&self) -> Output {
        Output::from_process(output_options(&self.global), &self.env)
    }

    /// The key and address in force. What is risky about them is reported on standard error.
    pub(crate) fn account(&mut self) -> Result<Account, Failure> {
        let account = Account::resolve(&self.global.account_options(), &self.env)?;
        self.warn_about(&account)?;
        Ok(account)
    }

    /// Tells what is risky about sending this key to this address. To be called before it is sent.
    pub(crate) fn warn_about(&mut self, account: &Account) -> Result<(), Failure> {
        if let Some(chosen) = &account.chosen {
            let line = format!(
                "{} chose profile {}: {}, {} data",
                chosen.file.display(),
                chosen.profile,
                chosen.team,
                chosen.environment
            );
            self.output.status(&style::dim(&sanitize(&line)))?;
        }
        for warning in warnings(account) {
            self.output.status(&style::warn(&sanitize(&warning)))?;
        }
        Ok(())
    }

    /// The same about the address alone, for a command that has more to say about the key.
    pub(crate) fn warn_about_host(&mut self, base: &BaseUrl) -> Result<(), Failure> {
        if let Some(warning) = look_alike(base) {
            self.output.status(&style::warn(&sanitize(&warning)))?;
        }
        Ok(())
    }

    /// The signing secret that the user named. One that looks mistyped is used as it is, with a warning: a
    /// receiver may well have the same mistake in its own configuration.
    pub(crate) fn signing_secret(
        &mut self,
        flag: Option<&Secret>,
    ) -> Result<Option<(Secret, Origin)>, Failure> {
        let Some((secret, origin)) = webhook_secret(flag, &self.env) else { return Ok(None) };
        if let Some(oddity) = oddity(secret.expose()) {
            let line = format!("Warning: the signing secret from {origin} {oddity}. It is used as it is.");
            self.output.warning(&style::warn(&line))?;
        }
        Ok(Some((secret, origin)))
    }

    /// A client for the account in force.
    pub(crate) fn client(&mut self) -> Result<Client, Failure> {
        let account = self.account()?;
        self.client_for(&account)
    }

    /// A client for `account`, which shows on a terminal what it waits for.
    pub(crate) fn client_for(&self, account: &Account) -> Result<Client, Failure> {
        let progress_handle = self.output.progress_handle();
        let show = move |base: &BaseUrl| {
            Box::new(progress_handle.begin(format!("Waiting for {base}"))) as Box<dyn Send>
        };
        Ok(Client::new(account)?.with_wait_notice(Arc::new(show)))
    }
}

/// What the user should know before a key leaves this machine.
fn warnings(account: &Account) -> Vec<String> {
    let mut warnings = Vec::from_iter(look_alike(&account.base));
    if account.base.is_loopback() {
        return warnings;
    }
    if matches!(account.origin, Origin::Flag("--api-key")) {
        warnings.push(
            "Other users of this machine can see the key in --api-key; CSTAR_API_KEY is safer.".to_owned(),
        );
    }
    warnings
}

fn look_alike(base: &BaseUrl) -> Option<String> {
    let host = base.host();
    let resembles = !base.is_loopback() && net::resembles_cstar(host);
    let shown = net::unicode_name(host).map(|name| format!(" ({name})")).unwrap_or_default();
    resembles.then(|| {
        format!(
            "Warning: {host}{shown} is not cStar, though its name looks like it. Your key is sent to {host}."
        )
    })
}

/// What the global flags say about output.
pub(crate) fn output_options(global: &Global) -> Options {
    Options { json: global.json, quiet: global.quiet, no_color: global.no_color, verbose: global.verbose > 0 }
}
