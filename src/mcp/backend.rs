//! What the tools work with: the account, resolved again for every call, a client for it, and the history.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;

use super::shared_streams::SharedStreams;
use crate::Secret;
use crate::account::{Account, webhook_secret};
use crate::api::Client;
use crate::history::HistoryReader;
use crate::host::clock::Clock;
use crate::host::env::Env;
use crate::ops::history_file;
use crate::ops::session::{Session, is_same_key};
use crate::output::{Exit, Failure};
use crate::stream::subscription::{StreamItem, subscribe};

/// Finds the account in force. It may change while the server runs: somebody logs in.
pub(crate) type FindAccount = Arc<dyn Fn() -> Result<Account, Failure> + Send + Sync>;

/// Reads a target as the command line does. The command line is not known here.
pub(crate) type ParseTarget = fn(&str) -> Result<Url, String>;

/// For everything that a call asks of the API: clients give a call up after 60 s.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// How long a listen session may take to say its secret.
const SESSION_WAIT: Duration = Duration::from_secs(10);

/// What the tools work with.
pub(crate) struct Backend {
    find: FindAccount,
    parse_target: ParseTarget,
    env: Env,
    clock: Clock,
    connected: Mutex<Option<Session>>,
    /// Held by the call that asks whose the key is; others wait for its answer.
    lookup: tokio::sync::Mutex<LastFailure>,
    /// How often that request has failed.
    failures: AtomicU64,
    /// Of the calls that wait for an event.
    pub(super) streams: SharedStreams,
}

/// How the last question whose a key is has failed.
#[derive(Default)]
struct LastFailure(Option<(Account, Failure)>);

impl Backend {
    /// Nothing is looked up yet: a server starts without account and network.
    pub(crate) fn new(find: FindAccount, parse_target: ParseTarget, env: Env, clock: Clock) -> Self {
        Self {
            find,
            parse_target,
            env,
            clock,
            connected: Mutex::new(None),
            lookup: tokio::sync::Mutex::default(),
            failures: AtomicU64::new(0),
            streams: SharedStreams::default(),
        }
    }

    /// A target as the command line takes it, or what is wrong with it.
    pub(super) fn parse_target(&self, text: &str) -> Result<Url, String> {
        (self.parse_target)(text)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// The account in force. A keychain can be slow to answer, so it is queried on a thread of its own.
    pub(super) async fn account(&self) -> Result<Account, Failure> {
        let find = Arc::clone(&self.find);
        let found = tokio::task::spawn_blocking(move || find()).await;
        found.unwrap_or_else(|_| Err(Failure::new(Exit::Bug, "looking for the key has a defect")))
    }

    /// A client for the account in force, and whose it is. The team is requested once per key, also when many calls
    /// begin at the same time: they wait for one answer, and share its failure. Each later call asks again.
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

    /// The client that is connected already, if it is for `account`. Each call has all of its time.
    fn known(&self, account: &Account) -> Option<Session> {
        let known = self.lock().clone().filter(|known| known.is_for(account))?;
        Some(Session { client: known.client.with_time_limit(CALL_TIMEOUT), ..known })
    }

    /// Forgets the client: its key was refused.
    pub(super) fn forget_session(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Session>> {
        self.connected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn history_path(&self) -> Result<PathBuf, Failure> {
        history_file::needed_path(&self.env)
    }

    /// The history of this machine. A missing one reads as empty.
    pub(super) fn history(&self) -> Result<HistoryReader, Failure> {
        HistoryReader::open(&self.history_path()?).map_err(history_file::unreadable)
    }

    /// The signing secret of the environment.
    pub(super) fn env_secret(&self) -> Option<Secret> {
        webhook_secret(None, &self.env).map(|(secret, _)| secret)
    }

    /// The secret that `listen` signs with unless another is given: that of the session, which only the
    /// server knows.
    pub(super) async fn session_secret(&self) -> Result<Option<Secret>, Failure> {
        let connected = self.connect().await?;
        let mut stream = subscribe(connected.event_stream(self.clock()));
        let session = async {
            while let Some(item) = stream.recv().await {
                match item {
                    StreamItem::Connected(session) => return session.secret,
                    StreamItem::Refused(_) => return None,
                    _ => {}
                }
            }
            None
        };
        Ok(tokio::time::timeout(SESSION_WAIT, session).await.unwrap_or_default())
    }
}
