//! The machine: the only reader of the environment, the clock, randomness, directories and signals.

pub(crate) mod buffer;
pub(crate) mod clock;
pub(crate) mod core_dumps;
pub(crate) mod dirs;
pub(crate) mod draft;
pub(crate) mod env;
pub(crate) mod file_lock;
pub(crate) mod io_words;
pub(crate) mod keys;
pub(crate) mod limits;
pub(crate) mod owner;
pub(crate) mod private;
pub(crate) mod random;
pub(crate) mod signals;
pub(crate) mod terminal;
pub(crate) mod text;
