//! What every command gets: flags, environment, clock and output, and the account in force.

use std::sync::Arc;

use crate::Secret;
use crate::account::{Account, Origin, webhook_secret};
use crate::api::Client;
use crate::args::filter;
use crate::args::global::GlobalArgs;
use crate::event::Filter;
use crate::host::clock::Clock;
use crate::host::env::Env;
use crate::net::{self, BaseUrl};
use crate::ops::session::Session;
use crate::output::sanitize::{escape, sanitize};
use crate::output::{Failure, Output, style};
use crate::secret::oddity;

/// What every command gets.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) global: GlobalArgs,
    pub(crate) env: Env,
    pub(crate) clock: Clock,
    pub(crate) output: Output,
}

impl Context {
    pub(crate) fn new(global: GlobalArgs, env: Env) -> Self {
        let output = Output::from_process(global.output_options(), &env);
        Self { global, env, clock: Clock::System, output }
    }

    /// A second handle on the same streams, for a thread that prints.
    pub(crate) fn another_output(&self) -> Output {
        Output::from_process(self.global.output_options(), &self.env)
    }

    /// The account in force. Risks are reported on standard error.
    pub(crate) fn account(&mut self) -> Result<Account, Failure> {
        let account = Account::resolve(&self.global.account_options(), &self.env)?;
        self.warn_about(&account)?;
        Ok(account)
    }

    /// Warns about risks of sending this key to this server. Call it before the key is sent.
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
        if let Some(file) = account.sandbox.as_ref().and_then(|sandbox| sandbox.file.as_deref()) {
            let line = format!("{} chose the sandbox at {}", file.display(), account.base);
            self.output.status(&style::dim(&sanitize(&line)))?;
        }
        for warning in warnings(account) {
            self.output.status(&style::warn(&sanitize(&warning)))?;
        }
        Ok(())
    }

    /// Warns about filters that may be mistyped.
    pub(crate) fn remark_on(&mut self, filters: &[Filter]) -> Result<(), Failure> {
        for remark in filter::remarks(filters) {
            self.output.status(&style::warn(&escape(&remark)))?;
        }
        Ok(())
    }

    /// Warns about the server alone, for `login`, which prints its own warnings about the key.
    pub(crate) fn warn_about_host(&mut self, base: &BaseUrl) -> Result<(), Failure> {
        if let Some(warning) = look_alike(base) {
            self.output.status(&style::warn(&sanitize(&warning)))?;
        }
        Ok(())
    }

    /// The signing secret of the flag or the environment. One that looks mistyped is used with a warning, because the
    /// receiver may have the same typing error in its configuration.
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

    /// The account in force, accepted by the API.
    pub(crate) async fn session(&mut self) -> Result<Session, Failure> {
        let account = self.account()?;
        self.session_for(account).await
    }

    /// `account`, accepted by the API.
    pub(crate) async fn session_for(&self, account: Account) -> Result<Session, Failure> {
        let client = self.client_for(&account)?;
        Ok(Session::open(account, client).await?)
    }

    /// A client for the account in force.
    pub(crate) fn client(&mut self) -> Result<Client, Failure> {
        let account = self.account()?;
        self.client_for(&account)
    }

    /// A client for `account` that shows on a terminal what it waits for.
    pub(crate) fn client_for(&self, account: &Account) -> Result<Client, Failure> {
        let progress = self.output.progress_handle();
        let show =
            move |base: &BaseUrl| Box::new(progress.begin(format!("Waiting for {base}"))) as Box<dyn Send>;
        Ok(Client::new(account)?.with_wait_notice(Arc::new(show)))
    }
}

/// Risks to know before a key leaves this machine.
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
