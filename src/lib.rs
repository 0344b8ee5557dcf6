//! `cstar` is the developer CLI for [cStar](https://www.cstar.help), a customer-support platform: it brings
//! webhook events to a server on localhost, signed as in production, and carries a local cStar with it.
//!
//! As a library it offers what a webhook receiver needs, and nothing else:
//!
//! - [`signature`]: sign and verify the `X-Signature` header, and find out why one does not match;
//! - [`event`]: the envelope with its exact bytes, the documented event types, patterns and samples.
//!
//! # The house
//!
//! The rest of this page is the map of the program, for those who change it. One room per concern; data
//! flows one way.
//!
//! ```text
//! main.rs      arguments in, exit code out
//! app          composition root: parse, dispatch; the one place where an error becomes an exit code
//! cli          the command tree, global flags, argument types (target, header, pattern, duration)
//! commands     one file per command: Args and run; session, confirm and input are shared by them
//! ops          use cases with more than one front end
//! mcp          the same for agents: tools, resources and prompts over the Model Context Protocol
//! output       the only owner of stdout and stderr: streams, styles, tables, JSON, cleaning, failures
//! forward      the engine of listen: plan, queue, request (sign), attempt, policy; emits Activity
//! history      the journal of events and attempts (SQLite): written by listen, read by history, why, replay
//! stream       the event stream over SSE or WebSocket: decode, watch, reconnect, resume
//! api          the REST client: one send, envelope, errors, retries, one file per resource
//! sandbox      the local cStar: routes and their OpenAPI document, guard, auth, keys, limits, idempotency,
//!              resources, webhooks and their dispatcher, store, event log, streams, request log, faults
//! account      API key, base URL and signing secret, each with its origin; profiles, keychain, project files
//! net          the only place where an HTTP client is built, one kind for cStar, one for local targets, and
//!              where connections are served
//! host         the only reader of environment, clock, randomness, directories and signals; private files, locks
//! event        pure: envelope, catalogue, patterns, templates
//! signature    pure: sign, verify, explain
//! ```
//!
//! Who may call whom:
//!
//! ```text
//! main > app > cli > commands > { output, ops, mcp, forward, account } > { stream, api, sandbox, history } > net > host
//! event and signature are the ground; they know nothing of the rest
//! ```
//!
//! `tests/it/architecture.rs` holds the exact table against the code. Three rules matter most:
//! `forward`, `stream`, `api`, `mcp` and `sandbox` never see the terminal, they emit values and return errors;
//! `sandbox` shares nothing with `api`, or server and client would prove each other; commands do not
//! import each other.
//!
//! # The main road
//!
//! ```text
//! argv > cli > commands::listen > forward::Plan
//! cStar =SSE/WS=> stream (decode, reconnect, resume) > forward (order, sign, deliver) => your server
//!                                                      ├ Activity > output (lines or NDJSON)
//!                                                      └ every attempt > history
//! ```
//!
//! Every step is bounded: 64 items between `stream` and `forward`, 1,000 events or 16 MiB waiting for
//! delivery, 1,024 activities waiting to be drawn. Past that the stream is simply not read, and the server
//! keeps what is to come; while a target is down, bodies wait in the history instead.
//!
//! # What is documented and what is ours
//!
//! cStar documents the path of the listen stream but not its frames; those, and a few members of other
//! shapes, are our decision. Each such place says `documented` or `ours` in a comment, and stands in one
//! file only, so that it can be corrected in one edit: frames in `stream/frame.rs` and `sandbox/listen.rs`,
//! delivery headers in `forward/request.rs`, error bodies in `api/error.rs` and `sandbox/error.rs`.

mod account;
mod api;
#[doc(hidden)]
pub mod app;
mod cli;
mod commands;
pub mod event;
mod forward;
mod history;
mod host;
mod mcp;
mod net;
mod numbers;
mod ops;
mod output;
mod sandbox;
mod secret;
pub mod signature;
mod stream;

/// Compiles the code that agents are given.
#[cfg(doctest)]
#[doc = include_str!("mcp/guides/rust.md")]
struct GuideForRust;

#[cfg(any(test, fuzzing))]
#[path = "tests/fuzzing.rs"]
#[doc(hidden)]
pub mod fuzzing;

use secret::Secret;
