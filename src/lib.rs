//! Receive webhooks of [cStar](https://www.cstar.help), a customer-support platform. This is the library of the
//! `cstar` command line. It offers what a webhook receiver needs, and nothing else:
//!
//! - [`signature`]: sign and verify the `X-Signature` header, and find out why one does not match;
//! - [`event`]: the envelope with its exact bytes, the documented event types, patterns and samples.
//!
//! ```
//! use cstar::signature::{Verifier, sign};
//!
//! let body = br#"{"id":"evt_1","type":"ticket.created","data":{}}"#;
//! let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
//! let header = sign(body, "whsec_test", i64::try_from(now)?);
//!
//! let event = Verifier::new("whsec_test").construct_event(body.to_vec(), Some(&header))?;
//! assert_eq!(event.event_type(), "ticket.created");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything else in this crate belongs to the command line: `cstar help` describes it, and
//! `.github/CONTRIBUTING.md` in the repository is the map of its source.

mod account;
mod api;
#[doc(hidden)]
pub mod app;
mod args;
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
mod topics;

/// Compiles the code that agents are given.
#[cfg(doctest)]
#[doc = include_str!("mcp/guides/rust.md")]
struct GuideForRust;

#[cfg(any(test, fuzzing))]
#[path = "tests/fuzzing.rs"]
#[doc(hidden)]
pub mod fuzzing;

use secret::Secret;
