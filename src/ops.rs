//! Use cases that commands and the MCP server share.

pub(crate) mod api_operations;
pub(crate) mod bench;
pub(crate) mod copy_as;
pub(crate) mod documented_pages;
pub(crate) mod history_file;
pub(crate) mod local_sandbox;
pub(crate) mod recording;
pub(crate) mod replay;
pub(crate) mod sandbox_request;
pub(crate) mod scenario;
pub(crate) mod session;
pub(crate) mod session_secret;
pub(crate) mod status;
pub(crate) mod stream_errors;
pub(crate) mod team_secret;
pub(crate) mod trigger;
pub(crate) mod why;
