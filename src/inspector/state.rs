//! What the routes share: settings, token, and bounded access to the history.

use std::path::PathBuf;
use std::sync::Arc;

use axum::http::StatusCode;
use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use super::error::ApiError;
use super::hub::Hub;
use super::kept_lists::KeptLists;
use super::look_ups::LookUps;
use super::settings::InspectorSettings;
use crate::Secret;
use crate::account::{inspector_token, stored_inspector_token};
use crate::history::{self, HistoryReader, Interrupt, RunScope};
use crate::host::dirs;
use crate::host::random::{self, NoRandomness};
use crate::ops::session::Session;

pub(super) type Shared = Arc<Inspector>;

/// How many requests read the disk at once. Others wait, so that a page that asks a lot has no more threads.
const READERS: usize = 4;

/// How many requests send events at once. They have a limit of their own: a target may take ten seconds for each.
const SENDERS: usize = 4;

/// The most open streams.
const STREAMS: usize = 32;

/// See the module.
pub(crate) struct Inspector {
    pub(super) settings: InspectorSettings,
    token: Secret,
    readers: Arc<Semaphore>,
    senders: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    pub(super) session: Mutex<Option<Session>>,
    /// Signing secrets by whose events they sign, and the key in force.
    pub(super) secrets: Mutex<Vec<((RunScope, String), Secret)>>,
    /// Addresses at which a sandbox has answered.
    pub(super) sandboxes: Mutex<Vec<String>>,
    pub(super) hub: Hub,
    pub(super) look_ups: LookUps,
    /// Shared with the threads that read.
    pub(super) lists: Arc<KeptLists>,
}

impl std::fmt::Debug for Inspector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inspector").finish_non_exhaustive()
    }
}

impl Inspector {
    /// Reads or makes the token. Opens neither the history nor the network.
    pub(crate) fn new(settings: InspectorSettings) -> Result<Arc<Self>, NoRandomness> {
        let token = token(&settings)?;
        let hub = Hub::new(history::default_path(&settings.env));
        Ok(Arc::new(Self {
            settings,
            token,
            readers: Arc::new(Semaphore::new(READERS)),
            senders: Arc::new(Semaphore::new(SENDERS)),
            streams: Arc::new(Semaphore::new(STREAMS)),
            session: Mutex::default(),
            secrets: Mutex::default(),
            sandboxes: Mutex::default(),
            hub,
            look_ups: LookUps::default(),
            lists: Arc::default(),
        }))
    }

    /// Ends the streams, so that the server that they belong to can end.
    pub(crate) fn close(&self) {
        self.hub.close();
    }

    pub(crate) fn token(&self) -> &Secret {
        &self.token
    }

    /// The address of the page at this origin, with the token in its fragment, which browsers do not send.
    pub(crate) fn url(&self, origin: &str) -> String {
        format!("{origin}/_inspector/#token={}", self.token.expose())
    }

    /// Held by an open stream. Their number is limited, because each is a connection that stays.
    pub(super) fn stream_permit(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        Arc::clone(&self.streams).try_acquire_owned().map_err(|_| {
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, format!("there are {STREAMS} open streams"))
                .hint("close other pages of the inspector")
        })
    }

    pub(super) fn now(&self) -> Timestamp {
        self.settings.clock.now()
    }

    pub(super) fn history_path(&self) -> Result<PathBuf, ApiError> {
        history::default_path(&self.settings.env).ok_or_else(|| {
            ApiError::internal("there is no history: no home directory was found").hint("set CSTAR_HOME")
        })
    }

    /// Reads the history on a thread that may block. A missing file is an empty history. The read stops when the client
    /// leaves, as a page does with each letter that is typed in its search.
    pub(super) async fn history<T, R>(self: &Arc<Self>, read: R) -> Result<T, ApiError>
    where
        T: Send + 'static,
        R: FnOnce(&HistoryReader) -> Result<T, ApiError> + Send + 'static,
    {
        let path = self.history_path()?;
        let interrupt = Interrupt::default();
        let _at_end = InterruptedAtEnd(interrupt.clone());
        self.blocking(move || read(&HistoryReader::open_until(&path, interrupt)?)).await
    }

    /// Runs `work`, which writes the history and sends, on a thread that may block: opening the file can wait for
    /// another process, and must not delay other requests.
    pub(super) async fn sending<T, W, F>(self: &Arc<Self>, work: W) -> Result<T, ApiError>
    where
        T: Send + 'static,
        W: FnOnce() -> F + Send + 'static,
        F: Future<Output = Result<T, ApiError>>,
    {
        let permit = Arc::clone(&self.senders).acquire_owned().await;
        let runtime = Handle::current();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            runtime.block_on(work())
        });
        done.await.unwrap_or_else(|_| Err(ApiError::internal("sending failed (a bug)")))
    }

    /// Runs `work` on a thread that may block.
    pub(super) async fn blocking<T, W>(self: &Arc<Self>, work: W) -> Result<T, ApiError>
    where
        T: Send + 'static,
        W: FnOnce() -> Result<T, ApiError> + Send + 'static,
    {
        let permit = Arc::clone(&self.readers).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.unwrap_or_else(|_| Err(ApiError::internal("reading failed (a bug)")))
    }
}

/// Stops the read when the request is dropped. A read that has ended is not affected.
struct InterruptedAtEnd(Interrupt);

impl Drop for InterruptedAtEnd {
    fn drop(&mut self) {
        self.0.interrupt();
    }
}

/// The stored token, so that an open page survives a restart. One that is only known to this process is fine too.
fn token(settings: &InspectorSettings) -> Result<Secret, NoRandomness> {
    let config = dirs::config(&settings.env);
    let stored = match settings.is_ephemeral {
        true => stored_inspector_token(config.as_deref()).ok().flatten(),
        false => inspector_token(config.as_deref()).ok(),
    };
    stored.map_or_else(|| random::secret::<32>().map(Secret::new), Ok)
}
