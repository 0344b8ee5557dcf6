//! A local cStar: the documented API on loopback, its state in one file or in memory, events that follow
//! from the state and events on demand.
//!
//! It shares no code with the client (`api`), so that the two cannot agree on the same mistake: its
//! shapes are held by the documented samples in its own tests.
//!
//! The road of a request is in `router`, where it may lead in `routes`, of which `openapi` makes the
//! description of all this; what every request has to pass is `guard`, `auth` and
//! `limits`; every body is written by `envelope`, every refusal is named in `error`. What there is to ask
//! for is declared in `resource` and kept in `store`, which writes an event with the change it follows from
//! (`emit`); `api_keys` says who may ask, `request_log` who did, and `faults` what goes wrong on demand.
//! Events are also fired by `trigger`; listeners read them from `log` by way of `listen`, and endpoints
//! registered as `webhooks` get them from the `dispatcher`.

mod caller;
mod delivery;
mod endpoint_clients;
mod fixtures;
mod glob;
mod http;
mod lock;
mod model;
mod openapi;
mod request_log;
mod request_meta;
mod rng;
mod server;
mod settings;
mod source;
mod state;
mod store;
mod streams;
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
    server::document::describe,
    server::{BindAddress, Bound, bind, serve},
    settings::Settings,
    store::Store,
    store::error::StoreError,
    tools::import_export::outcome::{Counts, TransferError},
    tools::import_export::{Access, export, import},
    tools::seed::{Plan, seed_store},
    tools::storage::{StorageLocation, open, reset},
};
