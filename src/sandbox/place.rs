//! Where a sandbox keeps its state, and what a new one begins with.

use std::path::PathBuf;

use jiff::Timestamp;

use super::envelope::Stamp;
use super::resource;
use super::store::{ENVIRONMENTS, Store, StoreError};

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
    Ok(store)
}

fn found(store: &Store) -> rusqlite::Result<()> {
    let time = Timestamp::from_second(FOUNDED).unwrap_or(Timestamp::UNIX_EPOCH);
    let stamp = Stamp { request_id: "req_sandbox00000".into(), time };
    for environment in ENVIRONMENTS {
        store.write(environment, &stamp, resource::found)?;
    }
    Ok(())
}
