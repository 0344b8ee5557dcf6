//! The settings of one run: what to forward, where and how.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use reqwest::Url;

use super::chaos::Chaos;
use super::command::TargetCommand;
use super::details::WantedDetails;
use super::endpoint::Endpoint;
use super::secret_source::SecretSource;
use super::summary::TargetInfo;
use crate::Secret;
use crate::event::{Filter, Pattern};
use crate::net::TargetClient;

/// Why an event is skipped that does not match `--events`.
pub(crate) const NOT_AMONG_EVENTS: &str = "not among --events";
/// Why an event is skipped that does not match a `--filter`; the expression follows.
pub(crate) const NOT_MATCHED: &str = "does not match --filter";
/// Why an event is skipped that no target accepts.
pub(crate) const NO_ROUTE: &str = "no route wants it";

/// Where a delivery goes.
#[derive(Clone, Debug)]
pub(crate) enum Destination {
    Url(Url),
    Command(Arc<TargetCommand>),
}

/// A destination, and what is delivered to it.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) to: Destination,
    /// Only events that match one of these; empty means all.
    pub(crate) patterns: Vec<Pattern>,
}

impl Target {
    /// Whether events of this type are delivered here.
    pub(crate) fn wants(&self, event_type: &str) -> bool {
        self.patterns.is_empty() || self.patterns.iter().any(|pattern| pattern.matches(event_type))
    }

    /// The URL without credentials, or the name of the command.
    pub(crate) fn display_url(&self) -> String {
        let mut url = match &self.to {
            Destination::Url(url) => url.clone(),
            Destination::Command(command) => return command.name().to_string(),
        };
        // Both fail only for URLs that cannot have credentials.
        let _ = url.set_password(None);
        let _ = url.set_username("");
        url.to_string()
    }

    pub(super) fn endpoint(&self, client: &TargetClient) -> Endpoint {
        match &self.to {
            Destination::Url(url) => client.endpoint(url).into(),
            Destination::Command(command) => Endpoint::Command(Arc::clone(command)),
        }
    }

    pub(super) fn is_https(&self) -> bool {
        matches!(&self.to, Destination::Url(url) if url.scheme() == "https")
    }

    /// Whether both are at the same server, or run the same command.
    pub(crate) fn shares_server(&self, other: &Self) -> bool {
        match (&self.to, &other.to) {
            (Destination::Url(url), Destination::Url(other)) => url.origin() == other.origin(),
            (Destination::Command(command), Destination::Command(other)) => command.name() == other.name(),
            _ => false,
        }
    }

    pub(crate) fn info(&self) -> TargetInfo {
        let events = self.patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect();
        TargetInfo { url: self.display_url(), events }
    }
}

/// Where the signing secret comes from.
pub(crate) enum SecretChoice {
    /// From a flag or the environment.
    Given(Secret, SecretSource),
    /// From the session, or generated if the session has none.
    Session(Box<dyn Fn() -> Result<Secret, String> + Send + Sync>),
}

/// The settings of one run of the engine.
pub(crate) struct Plan {
    /// Without one, events are only shown.
    pub(crate) targets: Vec<Target>,
    /// `--events`: events that match none of these are skipped; empty means all.
    pub(crate) filter: Vec<Pattern>,
    /// `--filter`: events whose body does not meet all of these are skipped.
    pub(crate) body_filters: Vec<Filter>,
    /// `--header`, added to every delivery.
    pub(crate) headers: Arc<HeaderMap>,
    /// Per attempt; `None` waits forever.
    pub(crate) timeout: Option<Duration>,
    /// Attempts after the first.
    pub(crate) retries: u32,
    /// The most deliveries in flight per target.
    pub(crate) concurrency: usize,
    /// One delivery at a time per target, in the order of the stream.
    pub(crate) ordered: bool,
    /// Skip certificate checks of local targets.
    pub(crate) insecure: bool,
    /// Stop after this many events.
    pub(crate) count: Option<u64>,
    /// Stop after this time.
    pub(crate) run_for: Option<Duration>,
    pub(crate) secret: SecretChoice,
    /// `--chaos`: what is done to deliveries on purpose.
    pub(crate) chaos: Option<Arc<Chaos>>,
    /// What activities carry in addition.
    pub(crate) details: WantedDetails,
}

impl Plan {
    /// Whether events are only received, recorded and shown.
    pub(crate) fn delivers_nothing(&self) -> bool {
        self.targets.is_empty()
    }

    /// The event patterns to subscribe to; empty means all. Without `--events` these are the patterns of the
    /// routes, unless a target accepts all events.
    pub(crate) fn subscription(&self) -> Vec<String> {
        let patterns: Vec<&Pattern> = if !self.filter.is_empty() {
            self.filter.iter().collect()
        } else if self.targets.iter().any(|target| target.patterns.is_empty()) {
            Vec::new()
        } else {
            self.targets.iter().flat_map(|target| &target.patterns).collect()
        };
        let mut names: Vec<String> = patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Whether `--events` includes this type.
    pub(crate) fn wants(&self, event_type: &str) -> bool {
        self.filter.is_empty() || self.filter.iter().any(|pattern| pattern.matches(event_type))
    }

    /// The first `--filter` that the body does not match.
    pub(crate) fn mismatch(&self, body: &[u8]) -> Option<&Filter> {
        self.body_filters.iter().find(|filter| !filter.matches(body))
    }
}
