//! The sandbox over real sockets: a tiny client, and one file per subject.

mod api_keys;
mod client;
mod errors;
mod guard;
mod listen;
mod server;
mod socket;
mod trigger;
