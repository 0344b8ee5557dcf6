//! `cstar sandbox` as a process: its state, its events, and the commands for its state.

mod bulk_kills;
mod commands;
mod crash;
mod crowd;
mod fuzz;
mod kills;
mod openapi;
mod ready;
mod state;
mod teams;
mod test_api;
