//! `cstar sandbox` as a process: its state, its events, and the commands that work on what it has kept.

mod commands;
mod crash;
mod crowd;
mod fuzz;
mod kills;
mod openapi;
mod state;
