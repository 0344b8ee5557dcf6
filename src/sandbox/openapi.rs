//! The OpenAPI 3.1 document of the sandbox, built from its routes and its tables of fields and filters.
//!
//! Each group of operations has a file. A new operation needs one entry in `routes` and one function here; schemas
//! register themselves by their name.

pub(crate) mod about;
pub(crate) mod ai;
pub(crate) mod analytics;
pub(crate) mod api_keys;
pub(crate) mod audit_log;
pub(crate) mod automations;
pub(crate) mod billing;
pub(crate) mod bulk;
pub(crate) mod community;
pub(crate) mod components;
pub(crate) mod control;
pub(crate) mod customer_auth;
pub(crate) mod deliveries;
pub(crate) mod envelopes;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod faults;
pub(crate) mod fields;
pub(crate) mod game;
pub(crate) mod import;
pub(crate) mod library;
pub(crate) mod notifications;
pub(crate) mod operation;
pub(crate) mod refusals;
pub(crate) mod request_log;
pub(crate) mod resources;
pub(crate) mod schema;
pub(crate) mod search;
pub(crate) mod snapshots;
pub(crate) mod tags;
pub(crate) mod teams;
pub(crate) mod test_api;
pub(crate) mod unpublished;
pub(crate) mod views;
pub(crate) mod webhooks;
