//! Tests of the sandbox over real sockets: a small client, and one file per subject.

mod api_keys;
mod changes;
mod client;
mod cors;
mod customer_auth;
mod errors;
mod guard;
mod library;
mod listen;
mod openapi;
mod requests;
mod resources;
mod server;
mod socket;
mod teams;
mod test_api;
mod trigger;
mod webhooks;
