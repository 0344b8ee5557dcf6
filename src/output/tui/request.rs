//! What the view asks the command for, and the answers.

use super::detail::EventView;
use crate::history::{EventKey, EventState, EventSummary};

/// Which events are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListQuery {
    /// Empty for every event.
    pub(crate) search: String,
    pub(crate) state: Option<EventState>,
}

/// What the view asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    List(ListQuery),
    Rows(Vec<EventKey>),
    Open(EventKey),
    Replay(EventKey),
    Copy(EventKey),
    TogglePause,
    Quit,
}

/// What was read from the history.
#[derive(Debug)]
pub(crate) enum Loaded {
    /// All events of the query, oldest first.
    List(ListQuery, Vec<EventKey>),
    /// Newer events of the query, and events that have changed.
    Changed {
        query: ListQuery,
        added: Vec<EventKey>,
        updated: Vec<EventKey>,
    },
    Rows(Vec<EventKey>, Vec<EventSummary>),
    /// `None` if it was removed.
    Event(EventKey, Option<Box<EventView>>),
}
