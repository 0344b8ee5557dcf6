//! What automations need to know about a change: the events that it fired, and the automation that is acting.

use serde_json::Value;

/// An event that may start automations.
#[derive(Debug)]
pub(crate) struct Fired {
    pub(crate) event_type: String,
    pub(crate) data: Value,
}

/// The automation that makes the current changes.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub(crate) id: String,
    pub(crate) name: String,
}

#[derive(Debug, Default)]
pub(crate) struct Reactions {
    pub(crate) fired: Vec<Fired>,
    pub(crate) cause: Option<Cause>,
}
