//! `cstar mcp-server` through the real binary, by raw lines of the protocol.

mod api;
mod client;
mod debug;
mod eras;
mod flood;
mod http;
mod install;
mod official;
// The record is compared as the tour is, which needs a Unix shell.
#[cfg(unix)]
mod session;
mod tools;
