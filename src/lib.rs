//! `cstar`: the developer CLI for cStar, and the webhook half of it as a library.

mod account;
mod api;
#[doc(hidden)]
pub mod app;
mod cli;
mod commands;
pub mod event;
mod forward;
mod host;
mod net;
mod ops;
mod output;
mod sandbox;
mod secret;
pub mod signature;
mod stream;

use secret::Secret;
