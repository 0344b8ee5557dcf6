//! `GET …/webhooks/listen`: the event stream (path documented, frames ours: contract section 3).
//!
//! The body is pulled: hyper asks for the next frame when the socket has room, so a listener that
//! does not read holds one frame and a position in the log, nothing else.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::Instant;

use super::auth;
use super::envelope::{self, Call};
use super::error::ApiError;
use super::log::{Cursor, Entry, Filter, Step};
use super::state::Shared;
use super::team::Caller;
use crate::event::Pattern;
use crate::host::random;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Asks proxies not to collect the stream.
const NO_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

const HEARTBEAT: Bytes = Bytes::from_static(b": heartbeat\n\n");

/// Opens a stream of the caller's environment.
pub(crate) async fn listen(
    State(state): State<Shared>,
    Extension(call): Extension<Call>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    auth::require_secret(call.caller)?;
    let filter = filter_of(&uri)?;
    let last_event_id = headers.get(LAST_EVENT_ID).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let last_event_id = last_event_id.as_deref().filter(|id| !id.is_empty());
    let cursor = state.log(call.caller.environment).join(last_event_id, filter);
    let heartbeat = state.settings.heartbeat;
    let feed = Feed {
        opening: Some(session_frame(&cursor, call.caller, heartbeat)),
        cursor,
        closing: state.closing(),
        heartbeat,
        silent_until: Instant::now() + heartbeat,
        request_id: call.stamp.request_id,
        ended: false,
    };
    let frames = stream::unfold(feed, |mut feed| async move {
        feed.next().await.map(|frame| (Ok::<_, Infallible>(frame), feed))
    });
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store"), (NO_BUFFERING, "no")];
    Ok((StatusCode::OK, headers, Body::from_stream(frames)).into_response())
}

/// `types=ticket.*,customer.created`; without it, everything.
fn filter_of(uri: &Uri) -> Result<Filter, ApiError> {
    let Query(query) = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|_| ApiError::parameter_invalid("types", "The query string cannot be read."))?;
    let types = query.iter().filter(|(name, _)| name == "types");
    let patterns = types.flat_map(|(_, list)| list.split(',')).map(str::trim).filter(|one| !one.is_empty());
    let parsed: Result<Vec<_>, _> = patterns.map(Pattern::parse).collect();
    let bad =
        |error| ApiError::parameter_invalid("types", format!("The 'types' parameter is not valid: {error}"));
    parsed.map(Filter::new).map_err(bad)
}

/// An open stream.
struct Feed {
    opening: Option<Bytes>,
    cursor: Cursor,
    closing: watch::Receiver<bool>,
    heartbeat: Duration,
    silent_until: Instant,
    request_id: Arc<str>,
    ended: bool,
}

impl Feed {
    /// The next frame; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        if self.ended {
            return None;
        }
        let frame = match self.opening.take() {
            Some(frame) => frame,
            None => self.awaited().await?,
        };
        self.silent_until = Instant::now() + self.heartbeat;
        Some(frame)
    }

    async fn awaited(&mut self) -> Option<Bytes> {
        loop {
            if *self.closing.borrow() {
                return None;
            }
            match self.cursor.step() {
                Step::Event(entry) => return Some(event_frame(&entry)),
                Step::Overtaken => {
                    self.ended = true;
                    return Some(error_frame(&ApiError::listener_overtaken(), &self.request_id));
                }
                Step::Idle => {}
            }
            tokio::select! {
                () = self.cursor.changed() => {}
                _ = self.closing.changed() => {}
                () = tokio::time::sleep_until(self.silent_until) => return Some(HEARTBEAT),
            }
        }
    }
}

/// The id line is ours to set: a listener cut off before its first event resumes where it began, and
/// one cut off during a replay where the replay began.
fn session_frame(cursor: &Cursor, caller: Caller, heartbeat: Duration) -> Bytes {
    let start = cursor.start();
    let data = json!({
        "session_id": format!("lst_{}", random::alphanumeric::<12>()),
        "webhook_id": caller.environment.listener_webhook_id(),
        "secret": caller.environment.signing_secret(),
        "resumed": start.resumed,
        "heartbeat_seconds": heartbeat.as_secs().max(1),
    });
    format!("id: {}\nevent: session\ndata: {data}\n\n", start.id).into()
}

/// `data` is byte for byte the body to forward, which is one line; plain clients skip `request-id`.
fn event_frame(entry: &Entry) -> Bytes {
    let head = format!("id: {}\nevent: {}\nrequest-id: {}\ndata: ", entry.id, entry.kind, entry.request_id);
    [head.as_bytes(), &entry.body, b"\n\n"].concat().into()
}

fn error_frame(error: &ApiError, request_id: &str) -> Bytes {
    format!("event: error\ndata: {}\n\n", envelope::error_object(error, request_id)).into()
}
