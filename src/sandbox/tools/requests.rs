//! `GET /_sandbox/requests`: waits for requests to the API, so that a test sees what its code under test sent (ours).
//!
//! A request is in the log once it is answered. Bodies are there while `log_bodies` is on, see `/_sandbox/settings`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::poll::{self, Poll};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::request_log::filter::{Filter, Query};
use crate::sandbox::request_log::ring::RequestLog;
use crate::sandbox::request_log::ring::follower::Follower;
use crate::sandbox::source::{Source, Step};
use crate::sandbox::state::Shared;

/// `GET /_sandbox/requests?method&status&path&since&until&after&wait&limit&environment`: oldest first.
pub(crate) async fn list(
    State(state): State<Shared>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Json<Value>, ApiError> {
    let poll = Poll::parse(&state, &headers, &uri)?;
    let filter = Filter::parse(&Query::parse(&uri)?)?;
    let log = state.requests(poll.environment);
    let mut follower = follower(log, poll.params.get("after"), filter)?;
    let mut requests = Vec::new();
    loop {
        while requests.len() < poll.limit {
            match follower.step() {
                Step::Item(entry) => requests.push(entry.to_json()),
                Step::Idle => break,
                Step::Overtaken => return Err(ApiError::listener_overtaken()),
            }
        }
        if !requests.is_empty() || !poll.wait(&state, follower.changed()).await {
            break;
        }
    }
    let cursor = follower.reached().ok_or_else(ApiError::listener_overtaken)?;
    let log_bodies = state.log_bodies.load(Ordering::Relaxed);
    Ok(Json(json!({ "requests": requests, "cursor": &*cursor, "log_bodies": log_bodies })))
}

fn follower(log: &Arc<RequestLog>, after: Option<&str>, filter: Filter) -> Result<Follower, ApiError> {
    let follower = match after {
        None => return Ok(log.follow_all(filter)),
        Some(poll::LATEST) => return Ok(log.follow(None, 0, filter)),
        Some(id) => log.follow(Some(id), 0, filter),
    };
    let unknown = || poll::unknown_cursor("the request is not in the memory of this sandbox, or no longer");
    follower.resumed.then_some(follower).ok_or_else(unknown)
}
