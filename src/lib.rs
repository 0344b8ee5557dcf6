//! Receive webhooks of [cStar](https://www.cstar.help), a customer-support platform. This is the library of the
//! `cstar` command line. It offers what a webhook receiver needs, and nothing else:
//!
//! - [`signature`]: sign and verify the `X-Signature` header, and find out why one does not match;
//! - [`identity`]: sign the identity of a customer for the chat widget, and find out why a signature does not match;
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
//! A receiver needs the library alone, which has few dependencies without the default feature `cli`:
//!
//! ```toml
//! cstar = { version = "0.1", default-features = false }
//! ```
//!
//! Everything else in this crate belongs to the command line: `cstar help` describes it, and
//! `.github/CONTRIBUTING.md` in the repository is the map of its source.

#[cfg(feature = "cli")]
mod account;
#[cfg(feature = "cli")]
mod api;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod app;
#[cfg(feature = "cli")]
mod args;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod commands;
pub mod event;
#[cfg(feature = "cli")]
mod forward;
#[cfg(feature = "cli")]
mod history;
#[cfg(feature = "cli")]
mod host;
pub mod identity;
#[cfg(feature = "cli")]
mod inspector;
#[cfg(feature = "cli")]
mod mcp;
#[cfg(feature = "cli")]
mod net;
mod numbers;
#[cfg(feature = "cli")]
mod ops;
#[cfg(feature = "cli")]
mod output;
#[cfg(feature = "cli")]
mod sandbox;
#[cfg(feature = "cli")]
mod sandbox_info;
#[cfg(feature = "cli")]
mod secret;
pub mod signature;
#[cfg(feature = "cli")]
mod stream;
#[cfg(feature = "cli")]
mod topics;
#[cfg(feature = "cli")]
mod typegen;

/// Compiles the code that agents are given.
#[cfg(all(doctest, feature = "cli"))]
#[doc = include_str!("mcp/guides/rust.md")]
struct GuideForRust;

#[cfg(all(feature = "cli", any(test, fuzzing)))]
#[path = "tests/fuzzing.rs"]
#[doc(hidden)]
pub mod fuzzing;

#[cfg(feature = "cli")]
use secret::Secret;
