//! Where a sandbox keeps its state, and what a new one begins with.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::sandbox::caller::Environment;
use crate::sandbox::model::bootstrap;
use crate::sandbox::request_meta::Stamp;
use crate::sandbox::store::Store;
use crate::sandbox::store::error::StoreError;

/// When the team of every sandbox was founded: 2026-01-05T09:00:00Z. The same each time, so that equal
/// sandboxes are equal in every byte.
const FOUNDED: i64 = 1_767_603_600;

/// Where the state is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In memory: it ends with the process.
    Memory,
    /// In a file in this directory.
    Directory(PathBuf),
}

impl Place {
    /// Whether there is a state already.
    pub(crate) fn holds_something(&self) -> bool {
        match self {
            Self::Memory => false,
            Self::Directory(directory) => Store::exists(directory),
        }
    }
}

/// Opens the state at `place`. A new one gets its team and its settings. `history` events of each
/// environment are kept.
///
/// # Errors
/// When another sandbox is using it, or what is wrong with the file.
pub(crate) fn open(place: &Place, history: usize) -> Result<Store, StoreError> {
    let store = match place {
        Place::Memory => Store::in_memory(history)?,
        Place::Directory(directory) => Store::open(directory, history)?,
    };
    if store.is_new()? {
        found(&store).map_err(|error| store.error(&error))?;
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

fn found(store: &Store) -> rusqlite::Result<()> {
    let stamp = Stamp { request_id: "req_sandbox00000".into(), time: founded() };
    for environment in Environment::ALL {
        store.write(environment, &stamp, bootstrap::found)?;
    }
    Ok(())
}

/// Makes the objects of a state that an earlier version has written found again.
fn index(store: &Store) -> rusqlite::Result<()> {
    let stamp = Stamp { request_id: "req_sandbox00000".into(), time: founded() };
    store.write(Environment::Test, &stamp, |change| {
        for environment in Environment::ALL {
            change.turn_to(environment);
            bootstrap::index(change)?;
        }
        Ok(())
    })
}

/// When the team of every sandbox was founded.
pub(crate) fn founded() -> Timestamp {
    Timestamp::from_second(FOUNDED).unwrap_or(Timestamp::UNIX_EPOCH)
}
