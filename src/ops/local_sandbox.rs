//! A sandbox on this machine: finding one that runs, or running one inside this process.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::host::dirs;
use crate::host::env::Env;
use crate::net::{self, BaseUrl, Trust};
use crate::output::{Exit, Failure};
use crate::sandbox::{self, Bound, Place, RateLimit, Settings, Store, StoreError};

/// As `/_sandbox` answers (ours).
const NAME: &str = "cstar-sandbox";
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// A sandbox inside this process. It ends when this is dropped or stopped.
#[derive(Debug)]
pub(crate) struct LocalSandbox {
    base_url: String,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl LocalSandbox {
    /// Starts one at `port` with the state at `place`; 0 picks a free port.
    pub(crate) async fn start(port: u16, settings: Settings, place: &Place) -> Result<Self, Failure> {
        let bound = bind(port).await?;
        let store = open(place, settings.history)?;
        let base_url = bound.base_url();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(sandbox::serve(bound, settings, store, async move {
            let _ = stopped.await;
        }));
        Ok(Self { base_url, stop: Some(stop), task })
    }

    /// Its address.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Ends it and waits until it has ended.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        let _ = self.task.await;
    }
}

/// The directory that a sandbox uses unless told otherwise.
///
/// # Errors
/// When no directory is known.
pub(crate) fn directory(env: &Env) -> Result<PathBuf, Failure> {
    dirs::config(env).map(|config| config.join("sandbox")).ok_or_else(|| {
        Failure::usage("there is no place for the sandbox's state: no home directory is known")
            .hint("set CSTAR_HOME, or name a directory with --data-dir, or run with --ephemeral")
    })
}

/// Opens the state at `place`, for a sandbox that keeps `history` events of each environment.
pub(crate) fn open(place: &Place, history: usize) -> Result<Store, Failure> {
    sandbox::open(place, history).map_err(|error| unusable(&error))
}

/// The failure for a state that cannot be used, with what to do about it.
pub(crate) fn unusable(error: &StoreError) -> Failure {
    let failure = Failure::failed(format!("could not use the sandbox's state: {error}"));
    match error {
        StoreError::InUse(_) => failure
            .hint("stop that sandbox, or use another directory with --data-dir, or none with --ephemeral"),
        StoreError::Newer { .. } => failure.hint("update cstar, or name another directory with --data-dir"),
        StoreError::NotOurs(_) => failure.hint("name another directory with --data-dir"),
        StoreError::Corrupt { .. } => failure.hint("begin a new one with: cstar sandbox reset"),
        StoreError::File { .. } | StoreError::Sql { .. } => failure,
    }
}

/// Binds the sandbox's port, with a word on what to do when it is taken.
pub(crate) async fn bind(port: u16) -> Result<Bound, Failure> {
    sandbox::bind(port).await.map_err(|error| {
        let failure = Failure::failed(format!("could not listen on 127.0.0.1:{port}: {error}"));
        if error.kind() == io::ErrorKind::AddrInUse {
            failure.hint("a sandbox may be running there already; name another port, or 0 for a free one")
        } else {
            failure
        }
    })
}

/// The limit that a command-line number stands for.
pub(crate) fn rate_limit(per_hour: Option<u32>) -> RateLimit {
    match per_hour {
        None => RateLimit::Documented,
        Some(0) => RateLimit::Off,
        Some(limit) => RateLimit::PerHour(limit),
    }
}

/// Whether a sandbox answers at `base`.
///
/// # Errors
/// When something answers that is no sandbox: it must not be sent a key.
pub(crate) async fn answers(base: &BaseUrl) -> Result<bool, Failure> {
    let client = net::cstar_client(base, &Trust::default())
        .map_err(|error| Failure::failed(format!("could not {error}")))?;
    let request = client.get(base.join("/_sandbox")).timeout(PROBE_TIMEOUT);
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) if error.is_connect() => return Ok(false),
        Err(error) => return Err(not_a_sandbox(base, &error.without_url().to_string())),
    };
    let value: Value = response.json().await.unwrap_or_default();
    if value.get("name").and_then(Value::as_str) == Some(NAME) {
        return Ok(true);
    }
    Err(not_a_sandbox(base, "something else answers there"))
}

fn not_a_sandbox(base: &BaseUrl, reason: &str) -> Failure {
    Failure::new(Exit::Unreachable, format!("there is no sandbox at {base}: {reason}"))
        .hint("run `cstar sandbox --port PORT` and add --base-url http://127.0.0.1:PORT to this command")
}
