//! The parts of HTTP that every request meets: who may ask, how much, and how an answer looks. Nothing here
//! reads the state of a running sandbox as a whole; `server` puts the parts in order.

pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod capacity;
pub(crate) mod cors;
pub(crate) mod envelope;
pub(crate) mod error;
pub(crate) mod faults;
pub(crate) mod guard;
pub(crate) mod idempotency;
pub(crate) mod keys;
pub(crate) mod limits;
pub(crate) mod query;
pub(crate) mod version;
