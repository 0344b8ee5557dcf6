//! One file per command: its flags (`Args`) and what it does (`run`). Commands never import each other: what two of
//! them share is in `ops`, or in `context`, `confirm` and `input`.

/// The end of a help page: examples, then a note.
macro_rules! examples {
    ($($example:literal),+ $(; $($note:literal),+)? $(,)?) => {
        concat!("Examples:", $("\n  ", $example,)+ $("\n\n", $($note),+)?)
    };
}

pub(crate) mod api;
pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod complete;
pub(crate) mod completion;
mod confirm;
pub(crate) mod context;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod events;
pub(crate) mod guard;
pub(crate) mod help;
pub(crate) mod history;
pub(crate) mod identity;
pub(crate) mod init;
mod input;
mod inspector;
pub(crate) mod keys;
pub(crate) mod listen;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod logs;
pub(crate) mod mcp_server;
pub(crate) mod open;
pub(crate) mod profiles;
pub(crate) mod replay;
pub(crate) mod resources;
pub(crate) mod runtime;
pub(crate) mod sandbox;
pub(crate) mod sign;
pub(crate) mod status;
pub(crate) mod trigger;
pub(crate) mod types;
pub(crate) mod ui;
pub(crate) mod verify;
pub(crate) mod webhooks;
pub(crate) mod why;

pub(crate) use context::Context;
#[cfg(any(test, fuzzing))]
pub(crate) use mcp_server::fuzz::agent_config;
