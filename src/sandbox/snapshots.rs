//! The named snapshots of a running sandbox: in memory, and bounded in number and size.

use std::collections::BTreeMap;
use std::sync::Mutex;

use jiff::Timestamp;

use super::lock::locked;
use super::store::Store;
use super::store::snapshot::Snapshot;

/// The maximum number of snapshots.
pub(crate) const MOST: usize = 32;
/// The maximum size of all of them, in bytes.
pub(crate) const MOST_BYTES: u64 = 512 * 1024 * 1024;

/// By name.
#[derive(Debug, Default)]
pub(crate) struct Snapshots(Mutex<BTreeMap<String, Saved>>);

#[derive(Debug)]
struct Saved {
    snapshot: Snapshot,
    at: Timestamp,
}

/// What is known about a snapshot.
#[derive(Clone, Debug)]
pub(crate) struct SnapshotInfo {
    pub(crate) name: String,
    pub(crate) created_at: Timestamp,
    pub(crate) bytes: u64,
}

/// Why a snapshot was not saved.
#[derive(Debug)]
pub(crate) enum NotSaved {
    TooMany,
    TooLarge,
    Sql(rusqlite::Error),
}

impl Snapshots {
    /// Saves the state, instead of an earlier snapshot of this name.
    pub(crate) fn save(&self, store: &Store, name: &str, at: Timestamp) -> Result<SnapshotInfo, NotSaved> {
        let mut all = locked(&self.0);
        if all.len() >= MOST && !all.contains_key(name) {
            return Err(NotSaved::TooMany);
        }
        let others = all.iter().filter(|(other, _)| *other != name);
        let taken: u64 = others.map(|(_, saved)| saved.snapshot.bytes).sum();
        let snapshot = store.snapshot().map_err(NotSaved::Sql)?;
        if taken + snapshot.bytes > MOST_BYTES {
            return Err(NotSaved::TooLarge);
        }
        let saved = Saved { snapshot, at };
        let info = saved.info(name);
        all.insert(name.to_owned(), saved);
        Ok(info)
    }

    /// Restores a state; returns when it was saved, or `None` if there is no such snapshot.
    pub(crate) fn restore(&self, store: &Store, name: &str) -> rusqlite::Result<Option<SnapshotInfo>> {
        let all = locked(&self.0);
        let Some(saved) = all.get(name) else { return Ok(None) };
        store.restore(&saved.snapshot)?;
        Ok(Some(saved.info(name)))
    }

    /// Whether there was such a snapshot.
    pub(crate) fn delete(&self, name: &str) -> bool {
        locked(&self.0).remove(name).is_some()
    }

    pub(crate) fn list(&self) -> Vec<SnapshotInfo> {
        locked(&self.0).iter().map(|(name, saved)| saved.info(name)).collect()
    }
}

impl Saved {
    fn info(&self, name: &str) -> SnapshotInfo {
        SnapshotInfo { name: name.to_owned(), created_at: self.at, bytes: self.snapshot.bytes }
    }
}
