//! Where the history is and how large it may grow.

use std::path::PathBuf;
use std::time::Duration;

use crate::host::clock::Clock;
use crate::host::dirs;
use crate::host::env::Env;

/// The file of this configuration; `None` if there is neither `CSTAR_HOME` nor a home directory.
pub(crate) fn default_path(env: &Env) -> Option<PathBuf> {
    dirs::config(env).map(|directory| directory.join("history.sqlite3"))
}

#[derive(Clone, Debug)]
pub(crate) struct HistorySettings {
    pub(crate) path: PathBuf,
    pub(crate) max_events: u64,
    pub(crate) max_age: Duration,
    /// Size of the file, without its log of at most 32 MB.
    pub(crate) max_bytes: u64,
    pub(crate) clock: Clock,
    /// SQLite's `max_page_count`, to simulate a full disk.
    #[cfg(test)]
    pub(crate) max_pages: Option<u32>,
}

impl HistorySettings {
    /// 10,000 events, 7 days, 256 MB.
    pub(crate) fn new(path: impl Into<PathBuf>, clock: Clock) -> Self {
        Self {
            path: path.into(),
            max_events: 10_000,
            max_age: Duration::from_secs(7 * 24 * 60 * 60),
            max_bytes: 256_000_000,
            clock,
            #[cfg(test)]
            max_pages: None,
        }
    }
}
