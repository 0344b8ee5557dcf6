//! The configuration of a subscription, and the default limits.

use std::time::Duration;

use reqwest::header::HeaderMap;

use crate::host::clock::Clock;
use crate::stream::backoff::DEFAULT_CEILING;
use crate::stream::transport::Transport;

/// For the connection and the headers of the response.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// The largest event, in bytes.
const MAX_EVENT_BYTES: usize = 16 * 1024 * 1024;

/// The heartbeat interval of a server that sends none.
const DEFAULT_HEARTBEAT: Duration = Duration::from_secs(15);

/// A long outage is reported this often.
const OUTAGE_INTERVAL: Duration = Duration::from_secs(30);

/// For one message, without pauses of the consumer: 16 MiB at a little over 1 Mbit/s.
const MESSAGE_TIMEOUT: Duration = Duration::from_secs(120);

/// The time between the response and the session of an event stream before a WebSocket is tried.
const SESSION_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Clone, Debug)]
pub(crate) struct StreamConfig {
    /// A client without redirects and read timeout.
    pub(crate) http: reqwest::Client,
    /// The listen endpoint, without a query.
    pub(crate) url: reqwest::Url,
    /// Authorization (marked sensitive), version and user agent.
    pub(crate) headers: HeaderMap,
    /// Patterns of event types; none means all.
    pub(crate) types: Vec<String>,
    /// The id to resume after.
    pub(crate) cursor: Option<String>,
    pub(crate) transport: Transport,
    /// For [`Transport::Auto`]: how long an event stream may take to open its session.
    pub(crate) session_timeout: Duration,
    /// The longest wait between attempts, unless the server asks for more.
    pub(crate) backoff_ceiling: Duration,
    /// How often a long outage is reported.
    pub(crate) outage_interval: Duration,
    /// Events larger than this are reported and skipped.
    pub(crate) max_event_bytes: usize,
    /// For one message, from its first byte to its last.
    pub(crate) message_timeout: Duration,
    /// The heartbeat interval until a session has another.
    pub(crate) heartbeat: Duration,
    /// For the connection and the headers of the response together.
    pub(crate) connect_timeout: Duration,
    /// The source of receive times.
    pub(crate) clock: Clock,
}

impl StreamConfig {
    /// A subscription to all new events at `url`, with the default limits.
    pub(crate) fn new(http: reqwest::Client, url: reqwest::Url, headers: HeaderMap, clock: Clock) -> Self {
        Self {
            http,
            url,
            headers,
            types: Vec::new(),
            cursor: None,
            transport: Transport::default(),
            session_timeout: SESSION_TIMEOUT,
            backoff_ceiling: DEFAULT_CEILING,
            outage_interval: OUTAGE_INTERVAL,
            max_event_bytes: MAX_EVENT_BYTES,
            message_timeout: MESSAGE_TIMEOUT,
            heartbeat: DEFAULT_HEARTBEAT,
            connect_timeout: CONNECT_TIMEOUT,
            clock,
        }
    }
}
