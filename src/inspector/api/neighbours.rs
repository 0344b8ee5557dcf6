//! The events before and after one: of the same resource, and of the same type.

use serde_json::{Value, json};

use crate::history::{Direction, EventDetail, EventKey, HistoryReader};
use crate::inspector::error::ApiError;
use crate::inspector::summary::{LARGEST_READ, resource};

/// How many events are looked at in each direction.
const LOOK_AROUND: usize = 2_000;

/// `{key, id, type}` of each, if there is one.
#[derive(Default)]
pub(super) struct Neighbours {
    pub(super) previous: Option<Value>,
    pub(super) next: Option<Value>,
    pub(super) previous_of_type: Option<Value>,
}

pub(super) fn neighbours(reader: &HistoryReader, event: &EventDetail) -> Result<Neighbours, ApiError> {
    let Some(event_type) = event.event_type.as_deref() else { return Ok(Neighbours::default()) };
    let own = resource(Some(event_type), &event.body);
    let find = |direction, matches: &dyn Fn(&str, &[u8]) -> bool| {
        let found = reader.nearest((event.key, direction), (LOOK_AROUND, LARGEST_READ), matches)?;
        found.map(|key| brief(reader, key)).transpose().map(Option::flatten)
    };
    // Most bodies do not contain the id, which is found out faster than what they are about. An escaped id is possible.
    let id =
        own.as_deref().and_then(|own| own.split_once(':')).map(|(_, id)| memchr::memmem::Finder::new(id));
    let may_be_same = |body: &[u8]| {
        id.as_ref().is_some_and(|id| id.find(body).is_some() || memchr::memchr(b'\\', body).is_some())
    };
    let is_same = |other: &str, body: &[u8]| may_be_same(body) && resource(Some(other), body) == own;
    Ok(Neighbours {
        previous: find(Direction::Before, &is_same)?,
        next: find(Direction::After, &is_same)?,
        previous_of_type: find(Direction::Before, &|other, _| other == event_type)?,
    })
}

fn brief(reader: &HistoryReader, key: EventKey) -> Result<Option<Value>, ApiError> {
    let found = reader.summaries(&[key])?;
    Ok(found.first().map(|event| json!({ "key": event.key.0, "id": event.id, "type": event.event_type })))
}
