//! Where the history is and how large it may grow.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};

use crate::host::clock::Clock;
use crate::host::dirs;
use crate::host::env::Env;

/// The file of this configuration; `None` if there is neither `CSTAR_HOME` nor a home directory.
pub(crate) fn default_path(env: &Env) -> Option<PathBuf> {
    dirs::config(env).map(|directory| directory.join("history.sqlite3"))
}

/// A higher limit of events needs a larger file: beyond 100,000 events, this for each of them.
const BYTES_PER_EVENT: u64 = 2560;

#[derive(Clone, Debug)]
pub(crate) struct HistorySettings {
    pub(crate) path: PathBuf,
    pub(crate) max_events: u64,
    /// What the user asks for instead of `max_events`. It is stored in the file and holds for later runs, because a
    /// replay would otherwise remove what `listen` was asked to keep.
    pub(crate) limit: Option<u64>,
    pub(crate) max_age: Duration,
    /// Size of the file, without its log of at most 32 MB.
    pub(crate) max_bytes: u64,
    pub(crate) clock: Clock,
    /// SQLite's `max_page_count`, to simulate a full disk.
    #[cfg(test)]
    pub(crate) max_pages: Option<u32>,
    /// The records of a commit from which on they are stored as a batch.
    #[cfg(test)]
    pub(crate) burst: Option<usize>,
}

impl HistorySettings {
    /// 10,000 events, 7 days, 256 MB.
    pub(crate) fn new(path: impl Into<PathBuf>, clock: Clock) -> Self {
        Self {
            path: path.into(),
            max_events: 10_000,
            limit: None,
            max_age: Duration::from_secs(7 * 24 * 60 * 60),
            max_bytes: 256_000_000,
            clock,
            #[cfg(test)]
            max_pages: None,
            #[cfg(test)]
            burst: None,
        }
    }

    /// Stores the limit that was asked for, or takes over the stored one.
    pub(super) fn apply_limit(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let limit = match self.limit {
            Some(limit) => {
                let sql = "INSERT OR REPLACE INTO settings (name, value) VALUES ('max_events', ?)";
                conn.execute(sql, [limit])?;
                Some(limit)
            }
            None => {
                let sql = "SELECT value FROM settings WHERE name = 'max_events'";
                conn.query_row(sql, [], |row| row.get(0)).optional()?
            }
        };
        if let Some(limit) = limit {
            self.max_events = limit;
            self.max_bytes = self.max_bytes.max(limit.saturating_mul(BYTES_PER_EVENT));
        }
        Ok(())
    }
}
