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

mod api_keys;
mod auth;
mod control;
mod cors;
mod crowd;
mod dispatcher;
mod draw;
mod emit;
mod envelope;
mod error;
mod faults;
mod glob;
mod guard;
mod idempotency;
mod limits;
mod listen;
mod log;
mod openapi;
mod place;
mod request_log;
mod resource;
mod router;
mod routes;
mod running;
mod seed;
mod server;
mod state;
mod store;
mod team;
mod transfer;
mod trigger;
mod version;
mod webhooks;
mod whoami;

#[cfg(any(test, fuzzing))]
#[path = "sandbox/tests/fuzz.rs"]
pub(crate) mod fuzz;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) use self::guard::IMPORT_LIMIT;
#[cfg(test)]
pub(crate) use self::team::{PUBLISHABLE_LIVE_KEY, PUBLISHABLE_TEST_KEY, SECRET_LIVE_KEY};

pub(crate) use self::{
    api_keys::StartKeys,
    cors::is_origin,
    faults::Rule as FaultRule,
    limits::RateLimit,
    openapi::describe,
    place::{Place, open, reset},
    running::{Registration, Running, running_in},
    seed::{Plan, plant},
    server::{BindAddress, Bound, DEFAULT_PORT, bind, serve},
    state::Settings,
    store::{Store, StoreError},
    team::{Environment, PUBLIC_KEYS, SECRET_TEST_KEY, TEAM_ID, TEAM_SLUG},
    transfer::{Access, Counts, TransferError, export, import},
};

/// Locks, also after a panic elsewhere: what the sandbox keeps behind locks is whole at every step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
