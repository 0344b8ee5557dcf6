//! Waits for the first attempts for an event that was fired on request.

use std::time::Duration;

use serde_json::Value;

use super::webhooks::view;
use crate::sandbox::caller::Environment;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::state::Shared;
use crate::sandbox::store::attempts::Attempt;

/// How long the response to a test event waits for the endpoints (ours).
const FIRST_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);

/// The outcomes of the first attempts for an event, as far as they end within a short time.
pub(crate) async fn first_attempts(
    state: &Shared,
    environment: Environment,
    event_id: &str,
) -> Result<Vec<Value>, ApiError> {
    let mut ended = state.in_flight.ended();
    let deadline = tokio::time::Instant::now() + FIRST_ATTEMPT_TIMEOUT;
    loop {
        ended.borrow_and_update();
        let (outcomes, is_complete) = first_outcomes(state, environment, event_id)?;
        if is_complete || tokio::time::timeout_at(deadline, ended.changed()).await.is_err() {
            return Ok(outcomes);
        }
    }
}

fn first_outcomes(
    state: &Shared,
    environment: Environment,
    event_id: &str,
) -> Result<(Vec<Value>, bool), ApiError> {
    state.store.read(environment, |tables| {
        let found = tables.deliveries_of(event_id)?;
        let mut outcomes = Vec::new();
        for (webhook, delivery) in &found {
            let first: Option<Attempt> = tables.attempts(delivery.seq)?.into_iter().next();
            outcomes.extend(first.map(|attempt| view::outcome(webhook, delivery, Some(&attempt))));
        }
        let is_complete = outcomes.len() == found.len();
        Ok((outcomes, is_complete))
    })
}
