//! The parts of HTTP that every request needs: authentication, limits, errors and the envelope. Nothing here depends on
//! the state of a running sandbox; `server` puts the parts in order.

pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod capacity;
pub(crate) mod cors;
pub(crate) mod duration;
pub(crate) mod envelope;
pub(crate) mod error;
pub(crate) mod faults;
pub(crate) mod guard;
pub(crate) mod idempotency;
pub(crate) mod keys;
pub(crate) mod limits;
pub(crate) mod query;
pub(crate) mod version;
