//! The sandbox's description of itself: an OpenAPI 3.1 document, made of the routes that are served and of
//! the tables of fields and filters that are served from.
//!
//! There is one file for each group of operations. What is new in a group is one entry in `routes` and one
//! function here; schemas register themselves by their name.

pub(crate) mod about;
pub(crate) mod api_keys;
pub(crate) mod components;
pub(crate) mod control;
pub(crate) mod envelopes;
pub(crate) mod events;
pub(crate) mod faults;
pub(crate) mod fields;
pub(crate) mod library;
pub(crate) mod operation;
pub(crate) mod refusals;
pub(crate) mod request_log;
pub(crate) mod resources;
pub(crate) mod schema;
pub(crate) mod webhooks;
