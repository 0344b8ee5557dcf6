//! The Model Context Protocol server: what the commands can do, as tools for an agent, with the event
//! catalogue and guides as resources and two prompts.
//!
//! ```text
//! client ─ stdio │ HTTP ─> transport (places, batches) ─> rmcp ─> Server ─> Tool ─> Backend ─> api, stream, history
//! ```
//!
//! The room never sees the terminal: it is handed the streams of the protocol, and everything it has to
//! say goes into answers. Three rules hold for every tool, in one place each:
//!
//! - arguments are checked against the schema that the client was shown ([`arguments`]);
//! - a failure is a result that says what to do next, never the end of the server ([`result`]);
//! - text from elsewhere is cleaned, bounded and marked as data ([`untrusted`]).

mod admission;
mod arguments;
mod backend;
mod completion;
mod guides;
mod http;
mod jsonrpc;
mod line_reader;
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
pub(crate) use tools::{ToolFilter, names};
pub(crate) use transport::serve;
