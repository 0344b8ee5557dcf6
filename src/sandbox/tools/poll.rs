//! What the long polls below `/_sandbox` share: their parameters, the environment, and how long they wait (ours).

use std::time::Duration;

use axum::http::{HeaderMap, Uri};
use tokio::time::Instant;

use crate::event::Pattern;
use crate::sandbox::caller::Environment;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::http::query::{Params, number};
use crate::sandbox::http::{auth, duration};
use crate::sandbox::state::State;
use crate::sandbox::store::event_log::Filter;

/// The longest wait.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The largest answer.
pub(crate) const MAX_LIMIT: u64 = 1_000;
/// The usual one.
pub(crate) const DEFAULT_LIMIT: u64 = 100;
/// `after=latest`: only what happens from now on.
pub(crate) const LATEST: &str = "latest";

/// A long poll: a request that waits for what it asks for.
#[derive(Debug)]
pub(crate) struct Poll {
    pub(crate) params: Params,
    pub(crate) environment: Environment,
    /// The maximum number of items in the answer.
    pub(crate) limit: usize,
    deadline: Instant,
}

impl Poll {
    /// Reads `environment`, `wait` and `limit`.
    pub(crate) fn parse(state: &State, headers: &HeaderMap, uri: &Uri) -> Result<Self, ApiError> {
        let params = Params::parse(uri)?;
        let environment = environment(state, headers, &params)?;
        let limit = number(&params, "limit", 1, MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
        let deadline = Instant::now() + wait(&params)?;
        Ok(Self { params, environment, limit: usize::try_from(limit).unwrap_or(usize::MAX), deadline })
    }

    /// `type`: event types and patterns, separated by commas.
    pub(crate) fn types(&self) -> Result<Filter, ApiError> {
        let list = self.params.get("type").unwrap_or_default().split(',');
        let patterns = list.map(str::trim).filter(|one| !one.is_empty()).map(Pattern::parse);
        patterns.collect::<Result<Vec<_>, _>>().map(Filter::new).map_err(|error| {
            ApiError::parameter_invalid("type", format!("The 'type' parameter is not valid: {error}"))
        })
    }

    /// Waits for `news`; returns whether to look again. Not if the time is over, or the sandbox stops.
    pub(crate) async fn wait(&self, state: &State, news: impl Future<Output = ()>) -> bool {
        let mut closing = state.closing();
        if *closing.borrow_and_update() {
            return false;
        }
        tokio::select! {
            () = news => true,
            _ = closing.changed() => false,
            () = tokio::time::sleep_until(self.deadline) => false,
        }
    }
}

/// The error for an `after` that is unknown, and `why` that may be.
pub(crate) fn unknown_cursor(why: &str) -> ApiError {
    let message =
        format!("The 'after' parameter names no place in the log: {why}. Begin again with 'latest'.");
    ApiError::parameter_invalid("after", message)
}

/// That of the query, or of the key, or test. A key is not needed, but must not be a wrong one.
fn environment(state: &State, headers: &HeaderMap, params: &Params) -> Result<Environment, ApiError> {
    let of_key = auth::bearer(headers).map(|_| auth::authenticate(&state.keys, headers)).transpose();
    let of_key = of_key.map_err(|_| {
        let message =
            "The API key is not one of this sandbox. Leave it out, or name the 'environment' without it.";
        ApiError::parameter_invalid("environment", message)
    })?;
    match params.get("environment") {
        None => Ok(of_key.map_or(Environment::Test, |caller| caller.environment)),
        Some(name) => Environment::parse(name).ok_or_else(|| {
            let message = "The 'environment' parameter must be 'test' or 'live'.";
            ApiError::parameter_invalid("environment", message)
        }),
    }
}

fn wait(params: &Params) -> Result<Duration, ApiError> {
    let Some(text) = params.get("wait") else { return Ok(Duration::ZERO) };
    duration::parse(text).filter(|wait| *wait <= LONGEST_WAIT).ok_or_else(|| {
        let longest = LONGEST_WAIT.as_secs();
        let message = format!(
            "The 'wait' parameter must be a time with its unit, such as 500ms or 10s, up to {longest}s."
        );
        ApiError::parameter_invalid("wait", message)
    })
}
