//! The state of a running sandbox: settings, store, logs, and open connections.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock};

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::sandbox::caller::Environment;
use crate::sandbox::endpoint_clients::EndpointClients;
use crate::sandbox::http::capacity::BodyBudget;
use crate::sandbox::http::faults::active::Faults;
use crate::sandbox::http::keys::Keys;
use crate::sandbox::http::limits::Limiter;
use crate::sandbox::lock::locked;
use crate::sandbox::new_team::NewTeam;
use crate::sandbox::readiness::Readiness;
use crate::sandbox::request_log::entry::LogEntry;
use crate::sandbox::request_log::persist;
use crate::sandbox::request_log::ring::RequestLog;
use crate::sandbox::settings::Settings;
use crate::sandbox::snapshots::Snapshots;
use crate::sandbox::store::Store;
use crate::sandbox::store::event_log::EventLog;
use crate::sandbox::store::in_flight::InFlight;

/// One running sandbox. Test and live data are separate.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) port: u16,
    pub(crate) keys: Keys,
    pub(crate) limiter: Limiter,
    pub(crate) store: Store,
    pub(crate) faults: Arc<Faults>,
    test_requests: Arc<RequestLog>,
    live_requests: Arc<RequestLog>,
    pub(crate) in_flight: InFlight,
    pub(crate) readiness: Readiness,
    pub(crate) clients: Arc<OnceLock<Option<EndpointClients>>>,
    pub(crate) bodies: BodyBudget,
    pub(crate) snapshots: Snapshots,
    closing: watch::Sender<bool>,
    /// Counts how many times the clock was moved; wakes those who wait for a time.
    pub(crate) clock_moves: watch::Sender<u64>,
    /// Held by who moves the clock.
    pub(crate) moving: tokio::sync::Mutex<()>,
    /// Whether the request log contains bodies from now on.
    pub(crate) log_bodies: AtomicBool,
    /// Tasks that outlive their HTTP request: WebSockets and attempts on request.
    sockets: Mutex<JoinSet<()>>,
}

pub(crate) type Shared = Arc<State>;

impl State {
    #[cfg(test)]
    pub(crate) fn new(settings: Settings, port: u16) -> Self {
        let store = crate::sandbox::tools::storage::open(
            &crate::sandbox::tools::storage::StorageLocation::Memory,
            settings.history,
        )
        .unwrap();
        Self::with(settings, store, port)
    }

    pub(crate) fn with(mut settings: Settings, store: Store, port: u16) -> Self {
        settings.clock = settings.clock.movable();
        Self {
            port,
            keys: Keys::new(settings.clock.now(), store.kept_keys(), &settings.keys),
            limiter: Limiter::new(settings.rate_limit),
            faults: Arc::new(Faults::new(settings.faults.clone(), settings.fault_seed)),
            test_requests: Arc::new(persist::load(&store, Environment::Test, settings.log_limit)),
            live_requests: Arc::new(persist::load(&store, Environment::Live, settings.log_limit)),
            store,
            in_flight: InFlight::default(),
            readiness: Readiness::default(),
            clients: Arc::default(),
            bodies: BodyBudget::default(),
            snapshots: Snapshots::default(),
            closing: watch::Sender::new(false),
            clock_moves: watch::Sender::new(0),
            moving: tokio::sync::Mutex::default(),
            log_bodies: AtomicBool::new(settings.log_bodies),
            sockets: Mutex::default(),
            settings,
        }
    }

    /// A team beside `main`, with the same settings and other keys.
    pub(crate) fn beside(main: &Self, new: NewTeam, store: Store) -> Self {
        let settings = Settings { keys: new.keys, ..main.settings.clone() };
        let clients = Arc::clone(&main.clients);
        Self { clients, bodies: main.bodies.clone(), ..Self::with(settings, store, main.port) }
    }

    /// Replaces the API keys by those in the store.
    pub(crate) fn reload_keys(&self) -> rusqlite::Result<()> {
        let mut kept = Vec::new();
        for environment in Environment::ALL {
            kept.extend(self.store.read(environment, |tables| tables.keys())?);
        }
        self.keys.replace(&kept);
        Ok(())
    }

    pub(crate) fn log(&self, environment: Environment) -> &Arc<EventLog> {
        self.store.log(environment)
    }

    pub(crate) fn requests(&self, environment: Environment) -> &Arc<RequestLog> {
        match environment {
            Environment::Test => &self.test_requests,
            Environment::Live => &self.live_requests,
        }
    }

    /// Adds a request to the log of its environment, or to both logs if its key belongs to neither.
    pub(crate) fn log_request(&self, entry: LogEntry) {
        let entry = Arc::new(entry);
        for environment in Environment::ALL {
            if entry.environment.is_none_or(|only| only == environment) {
                self.requests(environment).append(Arc::clone(&entry));
            }
        }
    }

    /// Ends every open stream.
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

    /// Waits for the end of these tasks. Dropping the future ends them.
    pub(crate) async fn sockets_ended(&self) {
        let mut sockets = std::mem::take(&mut *locked(&self.sockets));
        while sockets.join_next().await.is_some() {}
    }
}
