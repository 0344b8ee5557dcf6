//! `cstar mcp-server` by raw lines of the protocol.

mod api;
mod batches;
pub(crate) mod client;
mod clients;
mod conformance;
mod debug;
mod eras;
mod flood;
// Links a folder of packages.
#[cfg(unix)]
mod guides;
mod http;
mod install;
mod official;
// The recorded session is compared as the tour is, which needs a Unix shell.
#[cfg(unix)]
mod session;
#[cfg(unix)]
mod signals;
mod tools;
mod unread;
mod work;
