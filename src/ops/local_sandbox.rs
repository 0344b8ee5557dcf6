//! Finds a running sandbox on this machine, or runs one inside this process.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::account::Origin;
use crate::host::dirs;
use crate::host::env::Env;
use crate::host::io_error::io_message;
use crate::net::{self, BaseUrl, Trust};
use crate::ops::sandbox_request::SandboxRequest;
use crate::output::format::pluralize;
use crate::output::{Exit, Failure};
use crate::sandbox::{
    self, BindAddress, Bound, Settings, StartKeys, StorageLocation, Store, StoreError, Teams,
};
use crate::sandbox_info::DEFAULT_PORT;
use crate::sandbox_info::running::{self, Registration, Running};

/// The `name` in the response of `/_sandbox` (ours).
const NAME: &str = "cstar-sandbox";
/// A busy machine may need some seconds to respond.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);
/// Seeding a million tickets takes minutes.
const CONTROL_TIMEOUT: Duration = Duration::from_secs(600);

/// A sandbox inside this process. It ends when this is dropped or stopped.
#[derive(Debug)]
pub(crate) struct LocalSandbox {
    base_url: String,
    earlier_state: Option<String>,
    _entry: Option<Registration>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl LocalSandbox {
    /// Starts one at `at` with the state in `storage`; port 0 picks a free one.
    pub(crate) async fn start(
        at: BindAddress,
        settings: Settings,
        storage: &StorageLocation,
    ) -> Result<Self, Failure> {
        let bound = bind(at).await?;
        Self::serve(bound, settings, storage, None)
    }

    fn serve(
        bound: Bound,
        settings: Settings,
        storage: &StorageLocation,
        entry: Option<Registration>,
    ) -> Result<Self, Failure> {
        let since = state_created_at(storage);
        let store = sandbox::open(storage, settings.history);
        let store = store.map_err(|error| unusable(&error, "set CSTAR_HOME to another directory"))?;
        let earlier_state = since.and_then(|since| describe_state(&store, since));
        let base_url = bound.base_url();
        let (stop, stopped) = oneshot::channel::<()>();
        let teams = Teams::open(settings, store, bound.port(), storage.clone());
        let teams = teams.map_err(|error| unusable(&error, "set CSTAR_HOME to another directory"))?;
        let task = tokio::spawn(sandbox::serve(bound, teams, None, async move {
            let _ = stopped.await;
        }));
        Ok(Self { base_url, earlier_state, _entry: entry, stop: Some(stop), task })
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// A sentence about the state it found, see [`describe_state`].
    pub(crate) fn earlier_state(&self) -> Option<&str> {
        self.earlier_state.as_deref()
    }

    /// Stops it and waits until it has stopped.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        let _ = self.task.await;
    }
}

#[derive(Debug)]
pub(crate) enum FoundSandbox {
    /// Already running.
    Running(String),
    /// Started in this process.
    Started(LocalSandbox),
}

/// The sandbox of this configuration directory, started if it does not run. If the default port is taken, it gets a
/// free one: a sandbox there belongs to another directory, and its events to another job.
pub(crate) async fn find_or_start(env: &Env) -> Result<FoundSandbox, Failure> {
    let directory = directory(env)?;
    if let Some(running) = running::find(&directory) {
        return Ok(FoundSandbox::Running(running.base_url));
    }
    let bound = match sandbox::bind(BindAddress::Loopback(DEFAULT_PORT)).await {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => bind(BindAddress::Loopback(0)).await?,
        other => other.map_err(|error| cannot_bind(BindAddress::Loopback(DEFAULT_PORT), &error, ""))?,
    };
    start_in(bound, directory)
}

/// The same at a given address. Fails when a server other than a sandbox responds there, or the port cannot be used.
pub(crate) async fn find_or_start_at(env: &Env, base: &BaseUrl) -> Result<FoundSandbox, Failure> {
    if probe(base).await? {
        return Ok(FoundSandbox::Running(base.to_string()));
    }
    if !base.is_loopback() {
        let message = format!("could not reach a sandbox at {base}: nothing listens there");
        let start = format!("start it there: cstar sandbox --bind 0.0.0.0 --allow-host {}", base.host());
        return Err(Failure::new(Exit::Unreachable, message).hint(start));
    }
    let directory = directory(env)?;
    if let Some(running) = running::find(&directory) {
        // Events triggered there would not arrive at this address.
        let other = running.base_url;
        return Err(Failure::usage(format!(
            "the sandbox of `{}` runs at {other}, not at {base}",
            directory.display()
        ))
        .hint(format!("use that one with --base-url {other}, or set CSTAR_HOME for another sandbox")));
    }
    let at = BindAddress::Loopback(base.port());
    let bound = sandbox::bind(at).await.map_err(|error| {
        let free = "name another port: --base-url http://127.0.0.1:PORT";
        cannot_bind(at, &error, free)
    })?;
    start_in(bound, directory)
}

fn start_in(bound: Bound, directory: PathBuf) -> Result<FoundSandbox, Failure> {
    let storage = StorageLocation::Directory(directory.clone());
    let entry = Registration::create(&directory, &bound.base_url(), storage.directory(), None);
    let entry = entry.unwrap_or_default();
    if let (None, Some(running)) = (&entry, running::find(&directory)) {
        // Another process was faster.
        return Ok(FoundSandbox::Running(running.base_url));
    }
    LocalSandbox::serve(bound, Settings::default(), &storage, entry).map(FoundSandbox::Started)
}

/// Registers a sandbox of this process, so that commands with the same configuration or data directory find it. If
/// that cannot be written, they need its address.
pub(crate) fn register(
    env: &Env,
    storage: &StorageLocation,
    at: BindAddress,
    base_url: &str,
    keys: &StartKeys,
) -> Vec<Registration> {
    if at.is_exposed() && !BaseUrl::parse(base_url).is_ok_and(|base| base.is_loopback()) {
        return Vec::new();
    }
    let own = storage.directory();
    let mut directories = Vec::from_iter(own.map(Path::to_owned));
    directories.extend(directory(env).ok().filter(|usual| !directories.contains(usual)));
    let key = keys.generated_test_key();
    let create = |directory: &PathBuf| Registration::create(directory, base_url, own, key).ok().flatten();
    directories.iter().filter_map(create).collect()
}

/// When the state was created; `None` if there is none.
pub(crate) fn state_created_at(storage: &StorageLocation) -> Option<Timestamp> {
    let StorageLocation::Directory(directory) = storage else { return None };
    let file = storage.has_state().then(|| directory.join("sandbox.db").metadata().ok())??;
    file.created().or_else(|_| file.modified()).ok()?.try_into().ok()
}

/// Describes an earlier state, because it can surprise: yesterday's webhooks get today's events. `None` if it has
/// neither webhooks nor tickets.
pub(crate) fn describe_state(store: &Store, since: Timestamp) -> Option<String> {
    let (webhooks, tickets) = store.webhooks_and_tickets().ok().filter(|(a, b)| a + b > 0)?;
    let (webhooks, tickets) = (pluralize(webhooks, "webhook"), pluralize(tickets, "ticket"));
    Some(format!("It holds {webhooks} and {tickets}, kept since {}.", since.strftime("%Y-%m-%d")))
}

/// Sends a command about its state to a running sandbox.
pub(crate) async fn control(running: &Running, what: &str, body: &Value) -> Result<Value, Failure> {
    let request = SandboxRequest {
        method: Method::POST,
        path: what,
        query: Vec::new(),
        body: Some(body),
        timeout: CONTROL_TIMEOUT,
    };
    request.send(running).await?.map_err(|refusal| {
        let failure = refusal.failure(&format!("{what} its state"));
        match refusal.param.as_deref() {
            Some("state") => {
                failure.hint("nothing was changed; `cstar sandbox export` writes what this reads")
            }
            Some("accept_access") => {
                failure.hint("nothing was changed; if you trust the file: --accept-access")
            }
            _ => failure,
        }
    })
}

/// The slug of the team that the key of `running` is for. `origin` is where the key came from.
pub(crate) async fn team_of(running: &Running, origin: Origin) -> Result<String, Failure> {
    let request = SandboxRequest {
        method: Method::GET,
        path: "",
        query: Vec::new(),
        body: None,
        timeout: PROBE_TIMEOUT,
    };
    match request.send(running).await? {
        Ok(identity) => Ok(identity["team_slug"].as_str().unwrap_or_default().to_owned()),
        Err(_) => {
            let line = format!("the sandbox at {} has no team with the key from {origin}", running.base_url);
            let list = format!(
                "the team may be deleted; its teams are listed at {}/_sandbox/teams",
                running.base_url
            );
            Err(Failure::new(Exit::Auth, line).hint(list))
        }
    }
}

/// The directory that a sandbox uses by default.
pub(crate) fn directory(env: &Env) -> Result<PathBuf, Failure> {
    dirs::config(env).map(|config| config.join("sandbox")).ok_or_else(|| {
        Failure::usage("cannot store the sandbox's state: no home directory found").hint("set CSTAR_HOME")
    })
}

/// The failure for a state that cannot be used. `instead` says how the command can use another one.
pub(crate) fn unusable(error: &StoreError, instead: &str) -> Failure {
    let failure = Failure::failed(format!("could not use the sandbox's state: {error}"));
    match error {
        _ if error.is_full() => failure.hint(format!("free some space, or {instead}")),
        StoreError::InUse(_) => failure.hint(format!("stop that sandbox, or {instead}")),
        StoreError::Newer { .. } => failure.hint(format!("update cstar, or {instead}")),
        StoreError::Corrupt { .. } => failure.hint("delete it with: cstar sandbox reset"),
        _ => failure.hint(instead),
    }
}

/// Binds the sandbox's port, with a hint if it is taken.
pub(crate) async fn bind(at: BindAddress) -> Result<Bound, Failure> {
    let free = "a sandbox may be running there already; name another port, or 0 for a free one";
    sandbox::bind(at).await.map_err(|error| cannot_bind(at, &error, free))
}

fn cannot_bind(at: BindAddress, error: &io::Error, free: &str) -> Failure {
    let failure = Failure::failed(format!("could not listen on {at}: {}", io_message(error)));
    if error.kind() == io::ErrorKind::AddrInUse { failure.hint(free) } else { failure }
}

/// Whether a sandbox responds at `base`. Fails when another server responds, which must not get a key, or when there is
/// no response in time.
pub(crate) async fn probe(base: &BaseUrl) -> Result<bool, Failure> {
    probe_within(base, PROBE_TIMEOUT).await
}

pub(super) async fn probe_within(base: &BaseUrl, limit: Duration) -> Result<bool, Failure> {
    let client = net::api_client(base, &Trust::default())?;
    let answer = match client.get(base.join("/_sandbox")).timeout(limit).send().await {
        Err(error) if error.is_connect() => return Ok(false),
        Ok(response) => response.json::<Value>().await,
        Err(error) => Err(error),
    };
    let reason = match answer {
        Ok(value) if value.get("name").and_then(Value::as_str) == Some(NAME) => return Ok(true),
        Err(error) if error.is_timeout() => return Err(silent(base)),
        Err(error) if error.is_request() => match net::probe_protocol(&error, base).await {
            Some(cause) => format!("the server {}", cause.message()),
            None => net::error_chain::error_message(&error),
        },
        _ => "something else answers there".to_owned(),
    };
    Err(Failure::new(Exit::Unreachable, format!("there is no sandbox at {base}: {reason}"))
        .hint("run `cstar sandbox --port PORT` and add --base-url http://127.0.0.1:PORT to this command"))
}

fn silent(base: &BaseUrl) -> Failure {
    let message = format!("{base} accepted the connection, but there was no answer in time");
    let hint =
        "if a sandbox runs there, stop it and start it again; otherwise name another address with --base-url";
    Failure::new(Exit::Unreachable, message).hint(hint)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn silent_port_is_reported_in_time() {
        for begun in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let base = format!("http://{}", listener.local_addr().unwrap());
            let accepted = std::thread::spawn(move || {
                let mut stream = listener.accept().unwrap().0;
                // An answer that comes before its request is no answer.
                stream.read_exact(&mut [0; 16]).unwrap();
                stream.write_all(begun.as_bytes()).unwrap();
                stream
            });
            let base = BaseUrl::parse(&base).unwrap();
            let failure = probe_within(&base, Duration::from_secs(1)).await.unwrap_err();
            drop(accepted.join());
            let text = format!("{failure:?}");
            assert!(text.contains("accepted the connection, but there was no answer in time"), "{text}");
            assert!(!text.contains("cstar sandbox"), "{text}");
        }
    }
}
