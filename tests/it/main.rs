//! Integration tests: the real binary against the real sandbox, real receivers and hostile servers.
//!
//! Everything is on loopback, with ports that the system picks, in a private home. Nothing waits by
//! sleeping: a test waits for a line, a request or the end of a process, with a deadline that is only
//! reached if something is broken.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "all of this is test code; clippy detects only #[test] functions"
)]

mod account;
mod api;
mod architecture;
mod bad_input;
mod bench;
mod causes;
mod chaos;
mod check;
mod ci_jobs;
mod cli;
#[cfg(unix)]
mod clients;
mod completions;
mod delivery;
// The servers are shell scripts and wait for signals.
#[cfg(unix)]
mod dev;
mod dispatcher;
mod doctor;
mod exec;
mod expect;
mod faults;
mod filters;
#[cfg(unix)]
mod full_output;
mod full_screen;
mod golden;
mod history;
mod hostile;
mod identity;
mod init;
mod inspector;
// `listen` reads single keys on Unix only.
#[cfg(unix)]
mod keypress;
mod keys;
mod leftover;
mod logs;
mod man_pages;
mod mcp;
#[cfg(target_os = "linux")]
mod namespaces;
#[cfg(unix)]
mod nginx;
#[cfg(unix)]
mod npm;
mod open;
mod outage;
mod own_files;
mod packaging;
mod payloads;
#[cfg(unix)]
mod progress;
mod proxied;
// Under Wine a `listen` cannot be interrupted, so its webhook stays.
#[cfg(unix)]
mod public_url;
mod purity;
#[cfg(target_os = "linux")]
mod randomness;
mod reach;
mod receivers;
mod recording;
mod resources;
mod resume;
mod safety;
mod sandbox;
mod scenario;
#[cfg(unix)]
mod screens;
mod secrets;
#[cfg(unix)]
mod silent_server;
// Other systems have other messages for the same errors.
#[cfg(target_os = "linux")]
mod snapshots;
mod status;
mod stdin_eof;
mod support;
mod tour;
mod trigger;
mod types;
mod unanswered;
#[cfg(target_os = "linux")]
mod user_ci;
mod verify;
mod webhooks;
