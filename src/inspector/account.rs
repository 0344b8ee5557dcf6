//! The account in force: its session with the API, its signing secret, and whether it is a sandbox of this machine.

use std::sync::Arc;
use std::time::Duration;

use super::error::ApiError;
use super::state::{Inspector, Shared};
use crate::Secret;
use crate::account::{Account, webhook_secret};
use crate::history::RunScope;
use crate::ops::local_sandbox;
use crate::ops::replay;
use crate::ops::session::Session;
use crate::output::Failure;

/// Clients of the page do not wait longer for the API.
const API_TIMEOUT: Duration = Duration::from_secs(15);

impl Inspector {
    /// The account in force. It can change while the page is open, by a login. A keychain may be slow.
    pub(super) async fn account(self: &Shared) -> Result<Account, ApiError> {
        let shared = Shared::clone(self);
        let found = self.blocking(move || {
            Account::resolve(&shared.settings.options, &shared.settings.env)
                .map_err(|error| Failure::from(error).into())
        });
        found.await
    }

    /// The account with its team, which is requested once for each key.
    pub(super) async fn session(self: &Shared) -> Result<Session, ApiError> {
        let account = self.account().await?;
        let mut known = self.session.lock().await;
        if let Some(session) = known.as_ref().filter(|session| session.is_for(&account)) {
            return Ok(session.clone());
        }
        let client = crate::api::Client::new(&account).map_err(Failure::from)?.with_time_limit(API_TIMEOUT);
        let session = Session::open(account, client).await.map_err(Failure::from)?;
        *known = Some(session.clone());
        Ok(session)
    }

    /// The secret that `listen` and `replay` would sign events of `scope` with.
    pub(super) async fn secret(self: &Shared, scope: &RunScope) -> Result<Secret, ApiError> {
        let settings = &self.settings;
        if let Some((secret, _)) = webhook_secret(settings.secret.as_ref(), &settings.env) {
            return Ok(secret);
        }
        let (shared, of) = (Shared::clone(self), scope.clone());
        let resolve = move || {
            let settings = &shared.settings;
            replay::account_of(&of, &settings.options, &settings.env).map_err(ApiError::from)
        };
        let account = self.blocking(resolve).await?;
        let id = (scope.clone(), account.key.masked());
        let mut known = self.secrets.lock().await;
        if let Some((_, secret)) = known.iter().find(|(of, _)| *of == id) {
            return Ok(secret.clone());
        }
        let with = (&settings.options, &settings.env, settings.clock.clone());
        let secret = replay::secret_of(account, scope, with).await?;
        known.push((id, secret.clone()));
        Ok(secret)
    }

    /// The account, if it is that of a sandbox on this machine and its key is for test data.
    pub(super) async fn sandbox(self: &Shared) -> Option<Account> {
        let account = self.account().await.ok()?;
        if !account.base.is_loopback() || account.key.environment() != "test" {
            return None;
        }
        if account.sandbox.is_some() {
            return Some(account);
        }
        let base = account.base.to_string();
        let mut known = self.sandboxes.lock().await;
        if known.contains(&base) {
            return Some(account);
        }
        // Another server must not get a key that was meant for it alone.
        let is_sandbox = local_sandbox::probe(&account.base).await.unwrap_or(false);
        is_sandbox.then(|| known.push(base))?;
        Some(account)
    }

    /// The scope of events that this account would receive.
    pub(super) async fn scope(self: &Arc<Self>) -> Result<RunScope, ApiError> {
        let account = self.account().await?;
        Ok(RunScope {
            base_url: account.base.to_string(),
            team_id: None,
            environment: Some(account.key.environment().to_owned()),
        })
    }
}
