//! The operating system: the only module that accesses the environment, the clock, randomness, directories and signals.

pub(crate) mod browser;
pub(crate) mod buffer;
pub(crate) mod clock;
pub(crate) mod container;
pub(crate) mod core_dumps;
pub(crate) mod dirs;
pub(crate) mod draft;
pub(crate) mod env;
pub(crate) mod file_lock;
pub(crate) mod guard;
pub(crate) mod io_error;
pub(crate) mod keypress;
pub(crate) mod limits;
#[cfg(target_os = "linux")]
pub(crate) mod listening_ports;
pub(crate) mod paths;
pub(crate) mod permissions;
pub(crate) mod private_fs;
pub(crate) mod process_group;
#[cfg(target_os = "linux")]
pub(crate) mod process_tree;
pub(crate) mod program;
pub(crate) mod random;
pub(crate) mod replace;
pub(crate) mod resize;
pub(crate) mod shell;
pub(crate) mod signals;
pub(crate) mod sqlite;
mod stdin_eof;
pub(crate) mod terminal;
pub(crate) mod text;
