//! Opens and resets the stored state of a sandbox, and initializes a new one.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::sandbox::caller::Environment;
use crate::sandbox::model::bootstrap;
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::store::Store;
use crate::sandbox::store::error::StoreError;
use crate::sandbox::team::Team;

/// When the team of every sandbox was created: 2026-01-05T09:00:00Z. Constant, so that equal sandboxes are equal in
/// every byte.
const CREATED_AT: i64 = 1_767_603_600;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StorageLocation {
    /// The state ends with the process.
    Memory,
    Directory(PathBuf),
}

impl StorageLocation {
    pub(crate) fn directory(&self) -> Option<&Path> {
        match self {
            Self::Memory => None,
            Self::Directory(directory) => Some(directory),
        }
    }

    /// Whether a stored state exists.
    pub(crate) fn has_state(&self) -> bool {
        self.directory().is_some_and(Store::exists)
    }
}

/// The folder with the other teams, in the data directory.
pub(crate) const TEAMS: &str = "teams";

/// Opens the state at `place`, or creates it with a team and settings. The event log keeps `history` events per
/// environment.
pub(crate) fn open(place: &StorageLocation, history: usize) -> Result<Store, StoreError> {
    open_of_team(place, history, Team::main())
}

/// The same for another team.
pub(crate) fn open_of_team(place: &StorageLocation, history: usize, team: Team) -> Result<Store, StoreError> {
    let store = match place {
        StorageLocation::Memory => Store::in_memory(history)?,
        StorageLocation::Directory(directory) => Store::open(directory, history)?,
    };
    let store = store.of_team(team);
    if store.is_new()? {
        create_initial(&store).map_err(|error| store.error(&error))?;
    }
    let unindexed = store.is_unindexed().map_err(|error| store.error(&error))?;
    if unindexed {
        index(&store).map_err(|error| store.error(&error))?;
    }
    Ok(store)
}

/// Removes the state in `directory` and its other teams, even if it is not readable.
pub(crate) fn reset(directory: &Path) -> Result<(), StoreError> {
    Store::remove(directory)?;
    let teams = directory.join(TEAMS);
    match std::fs::remove_dir_all(&teams) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::File { path: teams, error })
        }
        _ => Ok(()),
    }
}

fn create_initial(store: &Store) -> rusqlite::Result<()> {
    let meta = RequestMeta::of("req_sandbox00000", created_at());
    for environment in Environment::ALL {
        store.write(environment, &meta, bootstrap::create_initial)?;
    }
    Ok(())
}

/// Builds the index of a state that an earlier version wrote without it.
fn index(store: &Store) -> rusqlite::Result<()> {
    let meta = RequestMeta::of("req_sandbox00000", created_at());
    store.write(Environment::Test, &meta, |change| {
        for environment in Environment::ALL {
            change.switch_environment(environment);
            bootstrap::index_all(change)?;
        }
        Ok(())
    })
}

/// The time of the initial objects.
pub(crate) fn created_at() -> Timestamp {
    Timestamp::from_second(CREATED_AT).unwrap_or(Timestamp::UNIX_EPOCH)
}
