//! `…/logs` and `…/logs/stream`: the request log (paths and shapes ours).
//!
//! Every request below `/api/v1` and `/api/library` has an entry, also one that failed. The entries
//! of test and live keys are separate, like their data; a request without a valid key is in both logs.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::HeaderName;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::feed::{Feed, Frame};
use super::listen::event_stream;
use crate::host::random;
use crate::sandbox::http::auth;
use crate::sandbox::http::envelope::{self, Call, Rendered};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::request_log::builder;
use crate::sandbox::request_log::entry::LogEntry;
use crate::sandbox::request_log::filter::{Filter, LogReader, Query};
use crate::sandbox::request_log::persist::StoreArchive;
use crate::sandbox::request_log::ring::CAPACITY;
use crate::sandbox::request_log::ring::follower::Follower;
use crate::sandbox::state::Shared;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The default page size.
pub(crate) const DEFAULT_LIMIT: usize = 50;
/// The largest page (as documented for other lists).
pub(crate) const MAX_LIMIT: usize = 100;

/// `GET …/logs?method&status&path&since&until&limit&after`: newest first. The next page is requested
/// with `after`, the id of the last entry of this one.
pub(crate) async fn list(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    request: Request,
) -> Result<Rendered, ApiError> {
    auth::require_secret(call.caller)?;
    let query = Query::parse(request.uri())?;
    let filter = filter(&query, &call, &request)?;
    let limit = query.number("limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    let log = state.requests(call.caller.environment);
    let archive = StoreArchive(&state.store, call.caller.environment);
    let page = log.list(&archive, &filter, query.text("after"), limit).ok_or_else(|| {
        ApiError::parameter_invalid("after", "The 'after' parameter names no request in the log.")
    })?;
    let after = page.entries.last().filter(|_| page.has_more).map(|entry| Arc::clone(&entry.id));
    let pagination = json!({ "total": page.total, "pageSize": limit, "hasMore": page.has_more, "after": after.as_deref() });
    let entries: Vec<Value> = page.entries.iter().map(|entry| entry.to_json()).collect();
    Ok(envelope::part(entries, pagination, &call.meta))
}

/// `GET …/logs/stream`: new entries, as an event stream with the frames of the listen stream. It
/// starts with the newest `last` entries (default none), or after `Last-Event-ID`.
pub(crate) async fn stream(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    request: Request,
) -> Result<Response, ApiError> {
    auth::require_secret(call.caller)?;
    let query = Query::parse(request.uri())?;
    let filter = filter(&query, &call, &request)?;
    let last = query.number("last", 0..=CAPACITY)?.unwrap_or_default();
    let last_id = request.headers().get(LAST_EVENT_ID).map(|id| String::from_utf8_lossy(id.as_bytes()));
    let last_id = last_id.as_deref().filter(|id| !id.is_empty());
    // watched before the first frame, so that no revocation is missed
    let revoked = state.keys.watch(call.caller.key).ok_or_else(ApiError::invalid_api_key)?;
    let follower = state.requests(call.caller.environment).follow(last_id, last, filter);
    let session = session(&follower, &state);
    let fault_request = request.extensions().get().cloned();
    Ok(event_stream(Feed::new(&state, &call, fault_request, session, follower, revoked), block))
}

/// The filter of a request. A `logs --tail` does not see its own requests.
fn filter(query: &Query, call: &Call, request: &Request) -> Result<Filter, ApiError> {
    let reader =
        LogReader { request_id: Arc::clone(&call.meta.request_id), tail: builder::tail(request.headers()) };
    let mut filter = Filter::parse(query)?;
    filter.reader = Some(reader);
    Ok(filter)
}

/// ours: the first frame of the listen stream, without the members for deliveries.
fn session(follower: &Follower, state: &crate::sandbox::state::State) -> Frame<Arc<LogEntry>> {
    let members: Map<String, Value> = [
        ("session_id", format!("lst_{}", random::alphanumeric::<12>()).into()),
        ("resumed", follower.resumed.into()),
        ("heartbeat_seconds", state.settings.heartbeat.as_secs().max(1).into()),
    ]
    .into_iter()
    .map(|(name, value): (_, Value)| (name.to_owned(), value))
    .collect();
    Frame::Session { id: follower.id.to_string(), members }
}

fn block(entry: Arc<LogEntry>) -> Bytes {
    format!("id: {}\nevent: log\ndata: {}\n\n", entry.id, entry.to_json()).into()
}
