//! Where the history of events and deliveries is kept.

use std::path::PathBuf;

use crate::host::dirs;
use crate::host::env::Env;

/// The file, or `None` when no home directory is known.
pub(crate) fn path(env: &Env) -> Option<PathBuf> {
    dirs::config(env).map(|directory| directory.join("history.sqlite3"))
}
