//! What the tools share: the account, which is resolved for every call, a client for it, and the history.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;

use super::shared_streams::SharedStreams;
use crate::Secret;
use crate::account::{Account, AccountOptions, webhook_secret};
use crate::api::Client;
use crate::history::{HistoryReader, RunScope};
use crate::host::clock::Clock;
use crate::host::env::{Env, names};
use crate::ops::history_file;
use crate::ops::session::{Session, is_same_key};
use crate::ops::session_secret::{SessionSecret, secret_of};
use crate::ops::team_secret::team_secret;
use crate::output::{Exit, Failure};

/// Resolves the account in force. It can change while the server runs, for example by a login.
pub(crate) type FindAccount = Arc<dyn Fn() -> Result<Account, Failure> + Send + Sync>;

/// Parses a target like the command line, which this module must not import.
pub(crate) type ParseTarget = fn(&str) -> Result<Url, String>;

/// The time for all API requests of one call. Clients cancel a call after 60 s.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// See the module.
pub(crate) struct Backend {
    find: FindAccount,
    parse_target: ParseTarget,
    env: Env,
    clock: Clock,
    /// Whether texts of customers are withheld.
    pub(super) is_locked_down: bool,
    connected: Mutex<Option<Session>>,
    /// Locked by the call that requests the team of the key; other calls wait for its result.
    lookup: tokio::sync::Mutex<LastFailure>,
    /// How many of these requests have failed.
    failures: AtomicU64,
    /// The streams of calls that wait for events.
    pub(super) streams: SharedStreams,
}

/// The last failed request for the team of a key.
#[derive(Default)]
struct LastFailure(Option<(Account, Failure)>);

impl Backend {
    /// Resolves nothing yet: the server starts without an account or network.
    pub(crate) fn new(find: FindAccount, parse_target: ParseTarget, env: Env, clock: Clock) -> Self {
        Self {
            find,
            parse_target,
            env,
            clock,
            is_locked_down: false,
            connected: Mutex::new(None),
            lookup: tokio::sync::Mutex::default(),
            failures: AtomicU64::new(0),
            streams: SharedStreams::default(),
        }
    }

    /// Withholds the texts of customers, if `lockdown`.
    #[must_use]
    pub(crate) fn locked_down(self, lockdown: bool) -> Self {
        Self { is_locked_down: lockdown, ..self }
    }

    /// Parses a target, or returns what is wrong with it.
    pub(super) fn parse_target(&self, text: &str) -> Result<Url, String> {
        (self.parse_target)(text)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// The account in force. A keychain can be slow, so this runs on a thread of its own.
    pub(super) async fn account(&self) -> Result<Account, Failure> {
        let find = Arc::clone(&self.find);
        let found = tokio::task::spawn_blocking(move || find()).await;
        found.unwrap_or_else(|_| Err(Failure::new(Exit::Bug, "looking up the key failed (a bug)")))
    }

    /// A client for the account in force, and its team. The team is requested once per key, also by concurrent calls:
    /// they wait for one request and share its failure. After a failure the next call tries again.
    pub(super) async fn connect(&self) -> Result<Session, Failure> {
        let account = self.account().await?;
        if let Some(known) = self.known(&account) {
            return Ok(known);
        }
        let before = self.failures.load(Ordering::SeqCst);
        let mut last_failure = self.lookup.lock().await;
        if let Some(known) = self.known(&account) {
            return Ok(known);
        }
        if self.failures.load(Ordering::SeqCst) > before
            && let Some((_, failure)) = last_failure.0.as_ref().filter(|(of, _)| is_same_key(of, &account))
        {
            return Err(failure.clone());
        }
        match self.look_up(&account).await {
            Ok(connected) => {
                *self.lock() = Some(connected.clone());
                Ok(connected)
            }
            Err(failure) => {
                last_failure.0 = Some((account, failure.clone()));
                self.failures.fetch_add(1, Ordering::SeqCst);
                Err(failure)
            }
        }
    }

    async fn look_up(&self, account: &Account) -> Result<Session, Failure> {
        let client = Client::new(account)?.with_time_limit(CALL_TIMEOUT);
        let identity = client.whoami().await?;
        Ok(Session { account: account.clone(), client, identity })
    }

    /// The existing session, if it is for `account`, with a fresh time limit.
    fn known(&self, account: &Account) -> Option<Session> {
        let known = self.lock().clone().filter(|known| known.is_for(account))?;
        Some(Session { client: known.client.with_time_limit(CALL_TIMEOUT), ..known })
    }

    /// Drops the session, because its key was rejected.
    pub(super) fn forget_session(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Session>> {
        self.connected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn history_path(&self) -> Result<PathBuf, Failure> {
        history_file::needed_path(&self.env)
    }

    /// The history of this machine; empty if there is none.
    pub(super) fn history(&self) -> Result<HistoryReader, Failure> {
        HistoryReader::open(&self.history_path()?).map_err(Failure::from)
    }

    /// The signing secret in the environment.
    pub(super) fn env_secret(&self) -> Option<Secret> {
        webhook_secret(None, &self.env).map(|(secret, _)| secret)
    }

    /// The key of the chat widget in the environment.
    pub(super) fn env_identity_key(&self) -> Option<Secret> {
        self.env.secret(names::IDENTITY_KEY).cloned()
    }

    /// The secret of a team of a sandbox on this machine.
    pub(super) async fn team_secret(&self, scope: &RunScope) -> Option<Secret> {
        team_secret(scope, &AccountOptions::default(), &self.env).await
    }

    /// The secret with which `listen` signs by default: that of its session, or the one of this machine.
    pub(super) async fn session_secret(&self) -> Result<SessionSecret, Failure> {
        secret_of(&self.connect().await?, &self.env, self.clock()).await
    }
}
