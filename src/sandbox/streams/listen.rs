//! `GET …/webhooks/listen` and `GET …/realtime`: the event streams (the path of the first is documented, that of
//! the second and all frames are ours: contract section 3).
//!
//! The body is pulled: hyper asks for the next frame when the socket can take it, so a listener that
//! does not read holds one frame and a position in the log, nothing else.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;

use super::feed::{Feed, Frame};
use super::socket;
use crate::event::Pattern;
use crate::host::random;
use crate::sandbox::caller::Caller;
use crate::sandbox::http::auth;
use crate::sandbox::http::envelope::Call;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::source::Source;
use crate::sandbox::state::Shared;
use crate::sandbox::store::event_log::Filter;
use crate::sandbox::store::event_log::cursor::Cursor;
use crate::sandbox::store::event_log::entry::Logged;
use crate::sandbox::team::Team;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Asks proxies not to buffer the stream.
const NO_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

const HEARTBEAT: Bytes = Bytes::from_static(b": heartbeat\n\n");

/// Opens a stream of the caller's environment, as a WebSocket if the request asks for one.
pub(crate) async fn listen(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    request: Request,
) -> Result<Response, ApiError> {
    let socket = socket::is_wanted(request.headers());
    let feed = open(&state, &call, &request, socket, Audience::Receiver)?;
    if socket { socket::upgrade(&state, request, feed) } else { Ok(event_stream(feed, event_block)) }
}

/// Opens the stream of watchers: the same events, by server-sent events only (documented for the
/// SDK's realtime client), and no signing secret, since nothing is verified.
pub(crate) async fn realtime(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    request: Request,
) -> Result<Response, ApiError> {
    let feed = open(&state, &call, &request, false, Audience::Watcher)?;
    Ok(event_stream(feed, event_block))
}

/// Who reads the stream.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Audience {
    /// Forwards events and signs them, so it gets the secret.
    Receiver,
    Watcher,
}

fn open(
    state: &Shared,
    call: &Call,
    request: &Request,
    socket: bool,
    audience: Audience,
) -> Result<Feed<Cursor>, ApiError> {
    auth::require_secret(call.caller)?;
    let query = query_of(request.uri())?;
    let filter = filter_of(&query)?;
    let last_event_id = request.headers().get(LAST_EVENT_ID).map(|id| String::from_utf8_lossy(id.as_bytes()));
    // browsers cannot set headers of a WebSocket: it sends the id in the query
    let in_query =
        query.iter().find(|(name, _)| socket && name == "last_event_id").map(|(_, id)| id.as_str());
    let last_event_id = in_query.or(last_event_id.as_deref()).filter(|id| !id.is_empty());
    // watched before the first frame, so that no revocation is missed
    let revoked = state.keys.watch(call.caller.key).ok_or_else(ApiError::invalid_api_key)?;
    let cursor = state.log(call.caller.environment).join(last_event_id, filter);
    let session = session(&cursor, (call.caller, state.store.team()), state.settings.heartbeat, audience);
    let fault_request = request.extensions().get().cloned();
    Ok(Feed::new(state, call, fault_request, session, cursor, revoked))
}

/// ours: the first frame, the same in both transports.
fn session(
    cursor: &Cursor,
    (caller, team): (Caller, &Team),
    heartbeat: Duration,
    audience: Audience,
) -> Frame<Arc<Logged>> {
    let start = cursor.start();
    let mut members = vec![("session_id", format!("lst_{}", random::alphanumeric::<12>()).into())];
    if audience == Audience::Receiver {
        members.push(("webhook_id", caller.environment.listener_webhook_id().into()));
        members.push(("secret", team.signing_secret(caller.environment).into()));
    }
    members.push(("resumed", start.resumed.into()));
    members.push(("heartbeat_seconds", heartbeat.as_secs().max(1).into()));
    let members = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Frame::Session { id: start.id.clone(), members }
}

/// A feed as server-sent events; `write` formats an item.
pub(crate) fn event_stream<S: Source>(feed: Feed<S>, write: fn(S::Item) -> Bytes) -> Response {
    let frames = stream::unfold(feed, move |mut feed| async move {
        let block = match feed.next().await? {
            Frame::Session { id, members } => {
                Ok(format!("id: {id}\nevent: session\ndata: {}\n\n", Value::Object(members)).into())
            }
            Frame::Item(item) => Ok(write(item)),
            Frame::Error(error) => Ok(format!("event: error\ndata: {error}\n\n").into()),
            Frame::Heartbeat => Ok(HEARTBEAT),
            Frame::Cut => {
                // an error discards what is not written yet, but everything before the cut has to arrive
                tokio::task::yield_now().await;
                Err(io::Error::from(io::ErrorKind::ConnectionAborted))
            }
        };
        Some((block, feed))
    });
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store"), (NO_BUFFERING, "no")];
    (StatusCode::OK, headers, Body::from_stream(frames)).into_response()
}

fn query_of(uri: &Uri) -> Result<Vec<(String, String)>, ApiError> {
    let Query(query) = Query::try_from_uri(uri)
        .map_err(|_| ApiError::parameter_invalid("types", "The query string cannot be read."))?;
    Ok(query)
}

/// `types=ticket.*,customer.created`; without it, everything.
fn filter_of(query: &[(String, String)]) -> Result<Filter, ApiError> {
    let types = query.iter().filter(|(name, _)| name == "types");
    let patterns = types.flat_map(|(_, list)| list.split(',')).map(str::trim).filter(|one| !one.is_empty());
    let parsed: Result<Vec<_>, _> = patterns.map(Pattern::parse).collect();
    let bad =
        |error| ApiError::parameter_invalid("types", format!("The 'types' parameter is not valid: {error}"));
    parsed.map(Filter::new).map_err(bad)
}

fn event_block(event: Arc<Logged>) -> Bytes {
    event.frame.clone()
}
