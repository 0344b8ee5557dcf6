//! Where the teams of tests are kept: in memory, or a folder for each below the data directory.
//!
//! The folder has the state, as that of the main team, and `team.json` with the id and the keys, which only this user can read.
//! It is written last, so a folder without it is a team whose creation was cut off.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Secret;
use crate::host::private_fs;
use crate::sandbox::http::keys::StartKeys;
use crate::sandbox::new_team::NewTeam;
use crate::sandbox::store::Store;
use crate::sandbox::store::error::StoreError;
use crate::sandbox::team::Team;
use crate::sandbox::tools::storage::{self, StorageLocation};

const FILE: &str = "team.json";

/// The folder of a team.
fn folder(place: &StorageLocation, id: &str) -> Option<PathBuf> {
    place.directory().map(|directory| directory.join(storage::TEAMS).join(id))
}

/// Creates the state of a new team.
pub(super) fn create(place: &StorageLocation, history: usize, new: &NewTeam) -> Result<Store, StoreError> {
    let folder = folder(place, &new.team.id);
    let location = folder.clone().map_or(StorageLocation::Memory, StorageLocation::Directory);
    let store = storage::open_of_team(&location, history, new.team.clone())?;
    if let Some(folder) = folder {
        let path = folder.join(FILE);
        let written = private_fs::create_new(&path).and_then(|mut file| file.write_all(text(new).as_bytes()));
        written.map_err(|error| StoreError::File { path, error })?;
    }
    Ok(store)
}

fn text(new: &NewTeam) -> String {
    let NewTeam { team, keys } = new;
    let secrets = team.signing_secrets.as_ref().map(|secrets| secrets.each_ref().map(Secret::expose));
    let json = json!({
        "id": team.id, "slug": team.slug, "name": team.name, "keys": keys.all(), "signing_secrets": secrets,
    });
    format!("{json:#}\n")
}

/// The teams of an earlier run, with their keys and states.
pub(super) fn kept(
    place: &StorageLocation,
    history: usize,
) -> Result<Vec<(Team, StartKeys, Store)>, StoreError> {
    let Some(directory) = place.directory().map(|directory| directory.join(storage::TEAMS)) else {
        return Ok(Vec::new());
    };
    let Ok(folders) = fs::read_dir(directory) else { return Ok(Vec::new()) };
    let mut folders: Vec<PathBuf> =
        folders.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    folders.sort();
    let mut teams = Vec::new();
    for folder in folders {
        let path = folder.join(FILE);
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let damaged =
            || StoreError::Corrupt { path: path.clone(), reason: "not the description of a team".to_owned() };
        let (team, keys) = parse(&text).ok_or_else(damaged)?;
        let store = storage::open_of_team(&StorageLocation::Directory(folder), history, team.clone())?;
        teams.push((team, keys, store));
    }
    Ok(teams)
}

fn parse(text: &str) -> Option<(Team, StartKeys)> {
    let value: Value = serde_json::from_str(text).ok()?;
    let member = |name: &str| value[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let secret = |list: &str, at: usize| value[list][at].as_str().map(Secret::new);
    let keys = [secret("keys", 0)?, secret("keys", 1)?, secret("keys", 2)?, secret("keys", 3)?];
    let secrets = [secret("signing_secrets", 0)?, secret("signing_secrets", 1)?];
    let (id, slug, name) = (member("id")?, member("slug")?, member("name")?);
    Some((Team { id, slug, name, signing_secrets: Some(secrets) }, StartKeys::Generated(Box::new(keys))))
}

/// Removes the folder of a team whose store is closed.
pub(super) fn remove(place: &StorageLocation, team: &Team) {
    if let Some(folder) = folder(place, &team.id) {
        remove_folder(&folder);
    }
}

fn remove_folder(folder: &Path) {
    // first what makes it a team
    let _ = fs::remove_file(folder.join(FILE));
    if let Err(error) = fs::remove_dir_all(folder) {
        tracing::error!(%error, "the sandbox could not remove the state of a team");
    }
}
