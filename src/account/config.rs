//! `config.toml`: the profiles and the active one. No secrets. The user may edit the file, so changes preserve
//! comments and order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use toml_edit::{Document, DocumentMut, Item, Table, TableLike, Value};

use super::private_file::{self, PermissionCheck};
use super::profile::Team;
use super::{Backend, Profile, ProfileStoreError};
use crate::net::BaseUrl;

const FILE: &str = "config.toml";
/// The newest supported format.
const FORMAT: i64 = 1;
const HEADER: &str = "# Profiles of cstar. There are no keys in this file.\n\n";

/// The content of the file.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Config {
    pub(super) active: Option<String>,
    /// Whether the key of the older tool was imported.
    #[serde(default)]
    pub(super) imported: bool,
    #[serde(default)]
    profiles: BTreeMap<String, Entry>,
}

/// One profile, as written (ours).
#[derive(Clone, Debug, Deserialize)]
struct Entry {
    #[serde(deserialize_with = "base_url")]
    base_url: BaseUrl,
    key: String,
    fingerprint: String,
    key_type: String,
    environment: String,
    store: Backend,
    saved_at: Option<Timestamp>,
    team: TeamEntry,
}

#[derive(Clone, Debug, Deserialize)]
struct TeamEntry {
    id: String,
    name: Option<String>,
    slug: Option<String>,
}

#[derive(Deserialize)]
struct Format {
    version: i64,
}

fn base_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BaseUrl, D::Error> {
    let text = String::deserialize(deserializer)?;
    BaseUrl::parse_stored(&text).map_err(serde::de::Error::custom)
}

impl Config {
    /// The profiles, sorted by name.
    pub(super) fn profiles(&self) -> Vec<Profile> {
        self.profiles.iter().map(|(name, entry)| entry.profile(name)).collect()
    }
}

impl Entry {
    fn profile(&self, name: &str) -> Profile {
        let team = self.team.clone();
        Profile {
            name: name.to_owned(),
            base: self.base_url.clone(),
            team: Team { id: team.id, name: team.name, slug: team.slug },
            key_type: self.key_type.clone(),
            environment: self.environment.clone(),
            masked_key: self.key.clone(),
            backend: self.store,
            saved_at: self.saved_at,
            fingerprint: self.fingerprint.clone(),
        }
    }
}

/// The file, to change and write back.
#[derive(Clone, Debug)]
pub(super) struct ConfigFile {
    path: PathBuf,
    document: DocumentMut,
}

impl ConfigFile {
    /// Reads the file in `directory`; a missing one is empty.
    pub(super) fn read(directory: &Path) -> Result<(Self, Config), ProfileStoreError> {
        let path = directory.join(FILE);
        let Some(text) = private_file::read(&path, PermissionCheck::Change)? else {
            let document = parsed(&path, &format!("{HEADER}version = {FORMAT}\n"))?.into_mut();
            return Ok((Self { path, document }, Config::default()));
        };
        let document = parsed(&path, &text)?;
        let wrong = |error: toml_edit::de::Error| {
            corrupt(&path, error.span().map(|span| line(&text, span.start)), error.message())
        };
        let format: Format = toml_edit::de::from_document(document.clone()).map_err(wrong)?;
        if format.version > FORMAT {
            return Err(ProfileStoreError::Newer(path));
        }
        let config = toml_edit::de::from_document(document.clone()).map_err(wrong)?;
        Ok((Self { path, document: document.into_mut() }, config))
    }

    /// Makes `name` the active profile.
    pub(super) fn set_active(&mut self, name: &str) {
        set(self.document.as_table_mut(), "active", name.into());
    }

    /// Records that the key of the older tool was imported.
    pub(super) fn set_imported(&mut self) {
        set(self.document.as_table_mut(), "imported", true.into());
    }

    /// Adds or replaces a profile.
    pub(super) fn set_profile(&mut self, profile: &Profile) {
        let implicit = |implicit| {
            let mut table = Table::new();
            table.set_implicit(implicit);
            Item::Table(table)
        };
        let profiles = self.document.entry("profiles").or_insert_with(|| implicit(true));
        // Both are tables, or reading would have failed.
        let Some(profiles) = profiles.as_table_like_mut() else { return };
        let entry = profiles.entry(&profile.name).or_insert_with(|| implicit(false));
        let Some(entry) = entry.as_table_like_mut() else { return };
        for (member, text) in [
            ("base_url", Some(profile.base.to_string())),
            ("key", Some(profile.masked_key.clone())),
            ("fingerprint", Some(profile.fingerprint.clone())),
            ("key_type", Some(profile.key_type.clone())),
            ("environment", Some(profile.environment.clone())),
            ("store", Some(profile.backend.name().to_owned())),
            ("saved_at", profile.saved_at.map(|at| format!("{at:.3}"))),
        ] {
            set_or_remove(entry, member, text);
        }
        let team = entry.entry("team").or_insert_with(|| Value::InlineTable(Default::default()).into());
        if let Some(team) = team.as_table_like_mut() {
            set_or_remove(team, "id", Some(profile.team.id.clone()));
            set_or_remove(team, "name", profile.team.name.clone());
            set_or_remove(team, "slug", profile.team.slug.clone());
        }
    }

    pub(super) fn remove_profile(&mut self, name: &str) {
        if let Some(profiles) = self.document.get_mut("profiles").and_then(Item::as_table_like_mut) {
            profiles.remove(name);
        }
    }

    /// Writes the file.
    pub(super) fn write(&self) -> Result<(), ProfileStoreError> {
        private_file::write(&self.path, &self.text())
    }

    /// Writes the file after something was removed.
    pub(super) fn write_shorter(&self) -> Result<(), ProfileStoreError> {
        private_file::write_shorter(&self.path, &self.text())
    }

    pub(super) fn text(&self) -> String {
        self.document.to_string()
    }
}

fn set_or_remove(table: &mut dyn TableLike, member: &str, text: Option<String>) {
    match text {
        Some(text) => set(table, member, text.into()),
        None => drop(table.remove(member)),
    }
}

/// Sets a member and keeps the comment behind its old value.
fn set(table: &mut dyn TableLike, member: &str, mut new: Value) {
    match table.get_mut(member).and_then(Item::as_value_mut) {
        Some(old) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => drop(table.insert(member, new.into())),
    }
}

/// The document in the file at `path`.
///
/// # Errors
/// Names the line, and never its content, which may be a key.
pub(super) fn parsed(path: &Path, text: &str) -> Result<Document<String>, ProfileStoreError> {
    Document::parse(text.to_owned())
        .map_err(|error| corrupt(path, error.span().map(|span| line(text, span.start)), error.message()))
}

/// The error for a damaged file.
pub(super) fn corrupt(path: &Path, line: Option<usize>, reason: impl Into<String>) -> ProfileStoreError {
    let line = line.map(|line| format!(", line {line}")).unwrap_or_default();
    ProfileStoreError::Corrupt { path: path.to_owned(), line, reason: reason.into().replace('\n', " ") }
}

/// The number of the line that contains the byte at `offset`.
pub(super) fn line(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
