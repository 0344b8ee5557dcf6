//! The full-screen view of `listen`: state, keys and drawing. What it shows is read, sent and copied by the command.
//!
//! ```text
//! Message ─> run ─> App (pure) ─> draw ─> ratatui ─> AnsiBackend ─> terminal
//!                    └ Effect ─> the command
//! ```

mod app;
mod backend;
mod detail;
mod document;
mod draw;
mod help;
mod keymap;
mod keys;
mod layout;
mod list;
mod phase;
mod request;
mod row;
mod run;
#[cfg(test)]
mod samples;
mod screen;
mod status;
mod text;
mod theme;
mod tree;

pub(crate) use app::App;
pub(crate) use detail::EventView;
pub(crate) use keys::KeyDecoder;
pub(crate) use phase::{leave, resume, suspend};
pub(crate) use request::{Effect, ListQuery, Loaded};
pub(crate) use run::{Controller, Message, start};
pub(crate) use theme::Theme;
