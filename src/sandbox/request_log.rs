//! The request log: one entry for each request below `/api/v1` and `/api/library`, refusals included, as a ring in
//! memory and a table in the store. It does not serve them; `streams/logs.rs` does.

pub(crate) mod builder;
pub(crate) mod columns;
pub(crate) mod entry;
pub(crate) mod filter;
pub(crate) mod in_text;
pub(crate) mod persist;
pub(crate) mod redact;
pub(crate) mod ring;
