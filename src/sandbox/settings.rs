//! The settings of a sandbox, and their defaults.

use std::time::Duration;

use crate::host::clock::Clock;
use crate::net::AllowedHost;
use crate::sandbox::http::capacity;
use crate::sandbox::http::faults::rule::Rule;
use crate::sandbox::http::keys::StartKeys;
use crate::sandbox::http::limits::RateLimit;

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How long an event stream may be silent before a heartbeat.
    pub(crate) heartbeat: Duration,
    /// How many events each environment keeps for listeners that resume.
    pub(crate) history: usize,
    pub(crate) rate_limit: RateLimit,
    /// Origins of web pages that may call the API, such as `http://localhost:5173`.
    pub(crate) cors_origins: Vec<String>,
    /// Hosts other than loopback: the sandbox answers to them, and webhooks may use plain http to reach them.
    pub(crate) allow_hosts: Vec<AllowedHost>,
    pub(crate) keys: StartKeys,
    /// The time of ids, timestamps, rate limits and expiries.
    pub(crate) clock: Clock,
    /// How many entries the request log of each environment keeps.
    pub(crate) log_limit: usize,
    /// Whether the request log contains bodies.
    pub(crate) log_bodies: bool,
    /// The faults at the start, and the seed of their randomness.
    pub(crate) faults: Vec<Rule>,
    pub(crate) fault_seed: u64,
    /// Multiplies the delays between the attempts of a delivery, and the overlap of secrets.
    pub(crate) time_scale: f64,
    /// How long a webhook may take to respond.
    pub(crate) delivery_timeout: Duration,
    /// The most connections; other clients wait.
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
