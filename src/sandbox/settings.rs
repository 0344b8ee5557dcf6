//! How a sandbox behaves, and the defaults.

use std::time::Duration;

use crate::host::clock::Clock;
use crate::net::AllowedHost;
use crate::sandbox::http::capacity;
use crate::sandbox::http::faults::rule::Rule;
use crate::sandbox::http::keys::StartKeys;
use crate::sandbox::http::limits::RateLimit;

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
            connections: capacity::most_connections(),
        }
    }
}
