//! `GET /_sandbox/events`: waits for events, so that a test need not sleep (ours).
//!
//! The cursor of an answer is the id of the last event that was looked at, and not only of the last one returned. So a poll
//! that begins after it misses and repeats nothing, however many events are between two polls.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::poll::{self, Poll};
use crate::event::Filter as BodyFilter;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::source::Step;
use crate::sandbox::state::Shared;
use crate::sandbox::store::event_log::Filter;
use crate::sandbox::store::event_log::cursor::{After, Reader};
use crate::sandbox::store::event_log::entry::Logged;

/// What a poll looks for.
struct Wanted {
    types: Filter,
    /// As it is in the body, where quotes are escaped.
    containing: Option<[String; 2]>,
    body: Option<BodyFilter>,
}

impl Wanted {
    fn parse(poll: &Poll) -> Result<Self, ApiError> {
        let containing = poll.params.get("containing").map(|text| {
            let quoted = Value::from(text).to_string();
            [text.to_owned(), quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()]
        });
        let body = poll.params.get("where").map(BodyFilter::parse).transpose().map_err(|error| {
            ApiError::parameter_invalid("where", format!("The 'where' parameter is not valid: {error}."))
        })?;
        Ok(Self { types: poll.types()?, containing, body })
    }

    fn admits(&self, event: &Logged) -> bool {
        let contains = |texts: &[String; 2]| {
            let body = String::from_utf8_lossy(&event.body);
            texts.iter().any(|text| body.contains(text.as_str()))
        };
        self.containing.as_ref().is_none_or(contains)
            && self.body.as_ref().is_none_or(|filter| filter.matches(&event.body))
    }

    /// The next event that matches; `None` if there is none yet.
    fn next(&self, reader: &mut Reader) -> Result<Option<Arc<Logged>>, ApiError> {
        loop {
            match reader.step(|kind| self.types.admits(kind)) {
                Step::Item(event) if self.admits(&event) => return Ok(Some(event)),
                Step::Item(_) => {}
                Step::Idle => return Ok(None),
                Step::Overtaken => return Err(ApiError::listener_overtaken()),
            }
        }
    }
}

/// `GET /_sandbox/events?type&containing&where&after&wait&limit&environment`: oldest first.
pub(crate) async fn list(
    State(state): State<Shared>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Json<Value>, ApiError> {
    let poll = Poll::parse(&state, &headers, &uri)?;
    let wanted = Wanted::parse(&poll)?;
    let after = match poll.params.get("after") {
        None => After::Oldest,
        Some(poll::LATEST) => After::Newest,
        Some(id) => After::Id(id),
    };
    let mut reader = state.log(poll.environment).read(after).ok_or_else(|| {
        let kept = state.settings.history;
        poll::unknown_cursor(&format!(
            "the event is no longer kept (the newest {kept} are), or the state was replaced"
        ))
    })?;
    let mut events = Vec::new();
    loop {
        while events.len() < poll.limit
            && let Some(event) = wanted.next(&mut reader)?
        {
            events.push(serde_json::from_slice(&event.body).unwrap_or(Value::Null));
        }
        if !events.is_empty() || !poll.wait(&state, reader.changed()).await {
            break;
        }
    }
    let cursor = reader.id().ok_or_else(ApiError::listener_overtaken)?;
    Ok(Json(json!({ "events": events, "cursor": cursor })))
}
