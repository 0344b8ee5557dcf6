//! The Model Context Protocol server: what the commands can do, as tools for an agent, with the event
//! catalogue and guides as resources and two prompts.
//!
//! ```text
//! client ─ stdio │ HTTP ─> transport (slots, batches) ─> rmcp ─> Server ─> Tool ─> Backend ─> api, stream, history
//! ```
//!
//! The module never uses the terminal: the streams of the protocol are passed in, and every message goes into a
//! result. Three rules apply to every tool, each in one place:
//!
//! - arguments are checked against the published schema ([`arguments`]);
//! - a failure is a result with a next step, and never ends the server ([`result`]);
//! - foreign text is sanitized, shortened and marked as data ([`untrusted`]).

mod admission;
mod arguments;
mod backend;
mod completion;
mod guides;
mod http;
mod jsonrpc;
mod line_reader;
mod lockdown;
mod message_queue;
mod post;
mod prompts;
mod resources;
mod result;
mod schema;
mod server;
mod shared_streams;
mod tool;
mod tools;
mod transport;
mod untrusted;

pub(crate) use backend::Backend;
pub(crate) use http::{HttpServer, serve_http};
pub(crate) use tools::{NAMES, TOOLSETS, ToolFilter};
pub(crate) use transport::serve;
