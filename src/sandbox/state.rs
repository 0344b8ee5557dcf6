//! What a running sandbox is: its settings, its store, and who is connected.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::api_keys::{Keys, StartKeys};
use super::crowd::{self, BodyRoom};
use super::dispatcher::Dispatcher;
use super::faults::{Faults, Rule};
use super::limits::{Limiter, RateLimit};
use super::locked;
use super::log::EventLog;
use super::request_log::{self, RequestLog};
use super::store::{ENVIRONMENTS, Store};
use super::team::Environment;
use crate::host::clock::Clock;
use crate::net::AllowedHost;

/// How a sandbox behaves.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How long an event stream may be silent before a comment says that it lives.
    pub(crate) heartbeat: Duration,
    /// How many events each environment's log keeps for listeners that resume.
    pub(crate) history: usize,
    /// The hourly budget of each key.
    pub(crate) rate_limit: RateLimit,
    /// Origins of web pages that may ask, such as `http://localhost:5173`.
    pub(crate) cors_origins: Vec<String>,
    /// Hosts beyond loopback by which it may be called, and to which webhooks may be sent over plain http.
    pub(crate) allow_hosts: Vec<AllowedHost>,
    /// The four keys to begin with.
    pub(crate) keys: StartKeys,
    /// Tells the time in ids, timestamps, windows and expiries.
    pub(crate) clock: Clock,
    /// How many lines each environment's request log keeps.
    pub(crate) log_limit: usize,
    /// Whether the request log keeps bodies too.
    pub(crate) log_bodies: bool,
    /// What goes wrong from the start, and the seed of its chance.
    pub(crate) faults: Vec<Rule>,
    pub(crate) fault_seed: u64,
    /// What the waits between the attempts of a delivery are multiplied with, and the overlap of secrets.
    pub(crate) time_scale: f64,
    /// How long an endpoint may take to answer.
    pub(crate) delivery_timeout: Duration,
    /// How many clients may be connected at once; others wait.
    pub(crate) connections: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(15),
            history: 10_000,
            rate_limit: RateLimit::Documented,
            cors_origins: Vec::new(),
            allow_hosts: Vec::new(),
            keys: StartKeys::Public,
            clock: Clock::System,
            log_limit: 10_000,
            log_bodies: false,
            faults: Vec::new(),
            fault_seed: 0,
            time_scale: 1.0,
            // documented
            delivery_timeout: Duration::from_secs(10),
            connections: crowd::most_connections(),
        }
    }
}

/// One running sandbox. Test and live data are apart from the start.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    /// The port that the OpenAPI document names.
    pub(crate) port: u16,
    pub(crate) keys: Keys,
    pub(crate) limiter: Limiter,
    pub(crate) store: Store,
    pub(crate) faults: Arc<Faults>,
    test_requests: Arc<RequestLog>,
    live_requests: Arc<RequestLog>,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) bodies: BodyRoom,
    closing: watch::Sender<bool>,
    /// Connections that have left HTTP behind.
    sockets: Mutex<JoinSet<()>>,
}

/// The state as every handler holds it.
pub(crate) type Shared = Arc<State>;

impl State {
    /// An empty sandbox on `port`.
    #[cfg(test)]
    pub(crate) fn new(settings: Settings, port: u16) -> Self {
        let store = super::place::open(&super::place::Place::Memory, settings.history).unwrap();
        Self::with(settings, store, port)
    }

    /// A sandbox on `port` with the state in `store`.
    pub(crate) fn with(settings: Settings, store: Store, port: u16) -> Self {
        Self {
            port,
            keys: Keys::new(settings.clock.now(), store.kept_keys(), &settings.keys),
            limiter: Limiter::new(settings.rate_limit),
            faults: Arc::new(Faults::new(settings.faults.clone(), settings.fault_seed)),
            test_requests: Arc::new(request_log::load(&store, Environment::Test, settings.log_limit)),
            live_requests: Arc::new(request_log::load(&store, Environment::Live, settings.log_limit)),
            store,
            dispatcher: Dispatcher::default(),
            bodies: BodyRoom::default(),
            closing: watch::Sender::new(false),
            sockets: Mutex::default(),
            settings,
        }
    }

    /// Takes the API keys that the store keeps in the place of those it kept before.
    pub(crate) fn reload_keys(&self) -> rusqlite::Result<()> {
        let mut kept = Vec::new();
        for environment in ENVIRONMENTS {
            kept.extend(self.store.read(environment, |tables| tables.keys())?);
        }
        self.keys.replace(&kept);
        Ok(())
    }

    /// The event log of one environment.
    pub(crate) fn log(&self, environment: Environment) -> &Arc<EventLog> {
        self.store.log(environment)
    }

    /// The request log of one environment.
    pub(crate) fn requests(&self, environment: Environment) -> &Arc<RequestLog> {
        match environment {
            Environment::Test => &self.test_requests,
            Environment::Live => &self.live_requests,
        }
    }

    /// Tells every open stream to end.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Turns true once, when the sandbox shuts down.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }
    /// Runs what outlives the HTTP part of its connection.
    pub(crate) fn spawn(&self, socket: impl Future<Output = ()> + Send + 'static) {
        let mut sockets = locked(&self.sockets);
        while sockets.try_join_next().is_some() {}
        sockets.spawn(socket);
    }

    /// Waits until all of these are over. Dropping the future ends them.
    pub(crate) async fn sockets_ended(&self) {
        let mut sockets = std::mem::take(&mut *locked(&self.sockets));
        while sockets.join_next().await.is_some() {}
    }
}
