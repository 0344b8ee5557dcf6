//! The inspector: a page for the browser and its JSON API, which agents use too. It shows the history and the sandbox,
//! and delivers again. It serves three commands: `listen --ui`, `sandbox` and `ui`.
//!
//! ```text
//! browser, agent ─> guard (Host, Origin, token) ─> routes ─> history file, ops (replay, trigger), sandbox
//! ```
//!
//! It reads the history file like every other process and never touches the engine, so that a page that is slow, stuck
//! or closed means nothing to `listen`. It is never served beyond loopback.

mod account;
mod api;
mod assets;
mod changed;
mod cookie;
mod error;
mod guard;
mod hub;
mod input;
mod kept_lists;
mod look_ups;
mod openapi;
mod query;
mod route;
mod server;
mod settings;
mod state;
mod summary;

pub(crate) use server::{InspectorServer, router};
pub(crate) use settings::{InspectorSettings, Mode, Parsers};
pub(crate) use state::Inspector;
