//! The stream of what is new, as server-sent events. It can be resumed with `Last-Event-ID`.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, broadcast, watch};

use crate::history::{EventFilter, EventKey};
use crate::inspector::error::ApiError;
use crate::inspector::hub::{Kind, MOST_AT_ONCE, Message, added, reset};
use crate::inspector::query::Query;
use crate::inspector::route::Route;
use crate::inspector::state::Shared;

/// A client that missed more has to list the events again.
const MOST_MISSED: usize = 1_000;
const HEARTBEAT: Duration = Duration::from_secs(15);

pub(super) fn routes() -> Vec<Route> {
    let query = &[("after", "integer", "Begin after the event with this key, as with Last-Event-ID")];
    let route = Route::get("/_inspector/stream", open).query(query);
    vec![route.named("followEvents", "Follow new and changed events").content("text/event-stream")]
}

struct Feed {
    ready: VecDeque<Message>,
    live: broadcast::Receiver<Message>,
    closed: watch::Receiver<bool>,
    /// The newest event that was sent or known.
    position: EventKey,
    _permit: OwnedSemaphorePermit,
}

async fn open(
    State(inspector): State<Shared>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(raw.as_deref(), &["after"])?;
    let in_header = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let after = in_header.or(query.number("after")?).map(EventKey);
    let permit = inspector.stream_permit()?;
    // Before the missed events are read, so that none is lost in between.
    let live = inspector.hub.subscribe().await;
    let (ready, position) = match after {
        Some(after) => missed(&inspector, after).await?,
        None => (VecDeque::new(), EventKey::default()),
    };
    let closed = inspector.hub.closed();
    let feed = Feed { ready, live, closed, position, _permit: permit };
    let first = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"retry: 1000\n\n"))]);
    let rest = stream::unfold(feed, async |mut feed| Some((Ok(feed.next().await?), feed)));
    let body = Body::from_stream(futures_util::StreamExt::chain(first, rest));
    let kind = [(header::CONTENT_TYPE, "text/event-stream")];
    Ok((StatusCode::OK, kind, [("x-accel-buffering", "no")], body).into_response())
}

/// The events after `after`, in messages, and the newest of them.
async fn missed(inspector: &Shared, after: EventKey) -> Result<(VecDeque<Message>, EventKey), ApiError> {
    inspector
        .history(move |reader| {
            let newest = EventFilter { limit: Some(1), ..EventFilter::default() };
            let newest = reader.keys(&newest)?.first().copied().unwrap_or_default();
            let missed = EventFilter {
                after: Some(after),
                oldest_first: true,
                limit: Some(MOST_MISSED + 1),
                ..EventFilter::default()
            };
            let keys = reader.keys(&missed)?;
            // A key that does not exist yet is that of another file.
            if keys.len() > MOST_MISSED || after > newest {
                return Ok((VecDeque::from([reset(newest)]), newest));
            }
            let mut messages = VecDeque::new();
            for keys in keys.chunks(MOST_AT_ONCE) {
                messages.extend(added(reader, keys)?);
            }
            Ok((messages, newest))
        })
        .await
}

impl Feed {
    /// The next piece; `None` when the server stops.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(message) = self.ready.pop_front() {
            return Some(message.text);
        }
        loop {
            let heartbeat = tokio::time::sleep(HEARTBEAT);
            let message = tokio::select! {
                received = self.live.recv() => match received {
                    Ok(message) => message,
                    // The client reads too slowly: what it missed is in the file.
                    Err(broadcast::error::RecvError::Lagged(_)) => reset(self.position),
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
                () = heartbeat => return Some(Bytes::from_static(b": \n\n")),
                _ = self.closed.wait_for(|closed| *closed) => return None,
            };
            match message.kind {
                // It was among the missed ones.
                Kind::Added if message.newest <= self.position => continue,
                Kind::Added | Kind::Reset => self.position = message.newest,
                Kind::Updated => {}
            }
            return Some(message.text);
        }
    }
}
