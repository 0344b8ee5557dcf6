//! Where a sandbox keeps its state, and what a new one begins with.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::sandbox::caller::Environment;
use crate::sandbox::model::bootstrap;
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::store::Store;
use crate::sandbox::store::error::StoreError;

/// When the team of every sandbox was founded: 2026-01-05T09:00:00Z. The same each time, so that equal
/// sandboxes are equal in every byte.
const CREATED_AT: i64 = 1_767_603_600;

/// Where the state is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StorageLocation {
    /// In memory: it ends with the process.
    Memory,
    /// In a file in this directory.
    Directory(PathBuf),
}

impl StorageLocation {
    /// The directory, unless the state is in memory.
    pub(crate) fn directory(&self) -> Option<&Path> {
        match self {
            Self::Memory => None,
            Self::Directory(directory) => Some(directory),
        }
    }

    /// Whether there is a state already.
    pub(crate) fn has_state(&self) -> bool {
        self.directory().is_some_and(Store::exists)
    }
}

/// Opens the state at `place`. A new one gets its team and its settings. `history` events of each
/// environment are kept.
///
/// # Errors
/// When another sandbox is using it, or what is wrong with the file.
pub(crate) fn open(place: &StorageLocation, history: usize) -> Result<Store, StoreError> {
    let store = match place {
        StorageLocation::Memory => Store::in_memory(history)?,
        StorageLocation::Directory(directory) => Store::open(directory, history)?,
    };
    if store.is_new()? {
        create_initial(&store).map_err(|error| store.error(&error))?;
    }
    let unindexed = store.is_unindexed().map_err(|error| store.error(&error))?;
    if unindexed {
        index(&store).map_err(|error| store.error(&error))?;
    }
    Ok(store)
}

/// Removes the state in `directory`, also one that cannot be read. A sandbox begins anew there.
///
/// # Errors
/// When a sandbox is using it, when the file is not ours, or when it cannot be removed.
pub(crate) fn reset(directory: &Path) -> Result<(), StoreError> {
    Store::remove(directory)
}

fn create_initial(store: &Store) -> rusqlite::Result<()> {
    let meta = RequestMeta { request_id: "req_sandbox00000".into(), time: created_at() };
    for environment in Environment::ALL {
        store.write(environment, &meta, bootstrap::create_initial)?;
    }
    Ok(())
}

/// Makes the objects of a state that an earlier version has written found again.
fn index(store: &Store) -> rusqlite::Result<()> {
    let meta = RequestMeta { request_id: "req_sandbox00000".into(), time: created_at() };
    store.write(Environment::Test, &meta, |change| {
        for environment in Environment::ALL {
            change.switch_environment(environment);
            bootstrap::index_all(change)?;
        }
        Ok(())
    })
}

/// When the team of every sandbox was founded.
pub(crate) fn created_at() -> Timestamp {
    Timestamp::from_second(CREATED_AT).unwrap_or(Timestamp::UNIX_EPOCH)
}
