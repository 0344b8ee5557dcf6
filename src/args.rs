//! Argument types that several commands share, each with its parser, and the global flags.

pub(crate) mod duration;
pub(crate) mod filter;
pub(crate) mod global;
pub(crate) mod header;
pub(crate) mod pattern;
pub(crate) mod secret;
pub(crate) mod shell;
pub(crate) mod target;
pub(crate) mod time_spec;
pub(crate) mod transport;
