//! A local cStar: the documented API on loopback, its state in a file or in memory, and the events that follow from
//! changes of the state.
//!
//! It shares no code with the client (`api`), or both could agree on the same mistake. The documented samples
//! check its shapes, in its own tests.
//!
//! From the bottom up: `store` keeps the state, and writes each event with the change that causes it. `http` has
//! the parts that every request meets. `request_log` records requests. `state` holds all of that for one running
//! sandbox. On it build `model` (the resources of the API), `delivery` (webhooks), `streams` (listeners) and
//! `tools` (seed, import, export, and the API for tests). `openapi` describes them, and `server` puts them together.

mod caller;
mod delivery;
mod endpoint_clients;
mod fixtures;
mod glob;
mod http;
mod letter_counter;
mod lock;
pub(crate) mod model;
mod new_team;
mod openapi;
mod readiness;
mod request_log;
mod request_meta;
mod rng;
mod server;
mod settings;
mod snapshots;
mod source;
mod state;
mod store;
mod streams;
mod team;
mod tools;

#[cfg(any(test, fuzzing))]
#[path = "sandbox/tests/fuzz.rs"]
pub(crate) mod fuzz;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    caller::Environment,
    http::cors::is_origin,
    http::faults::rule::Rule as FaultRule,
    http::guard::IMPORT_LIMIT,
    http::keys::StartKeys,
    http::limits::RateLimit,
    server::document::{describe, operations},
    server::starting::answer_starting,
    server::team_handlers::view as team_view,
    server::teams::Teams,
    server::{BindAddress, Bound, bind, serve},
    settings::Settings,
    store::Store,
    store::error::StoreError,
    tools::import_export::outcome::{Counts, TransferError},
    tools::import_export::{Access, export, import, is_untouched},
    tools::seed::{Plan, seed_store},
    tools::snapshots::is_name as is_snapshot_name,
    tools::storage::{StorageLocation, open, reset},
};
