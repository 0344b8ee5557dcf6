//! The sandbox over real sockets: a tiny client, and one file per subject.

mod api_keys;
mod changes;
mod client;
mod errors;
mod guard;
mod library;
mod listen;
mod resources;
mod requests;
mod server;
mod socket;
mod trigger;
