//! Changes of the profile store: save, remove, select the active profile.

use std::path::{Path, PathBuf};

use super::{ProfileStore, ProfileStoreError};
use crate::Secret;
use crate::account::config::{Config, ConfigFile};
use crate::account::profile::is_valid_name;
use crate::account::{Backend, KeychainError, NewCredential, Profile, StorageChoice, private_file};
use crate::host::draft;

/// The files that are written as a draft first.
const FILES: [&str; 4] = ["config.toml", "credentials.toml", "trusted.toml", "signing-secret"];

/// The result of saving a key.
#[derive(Clone, Debug)]
pub(crate) struct SavedProfile {
    pub(crate) profile: Profile,
    pub(crate) backend: Backend,
    file: PathBuf,
    /// Whether only this user can read it.
    is_private: bool,
    /// Why the keychain was not used, if it was requested.
    refusal: Option<KeychainError>,
    /// The previous profile of this name.
    pub(crate) replaced: Option<Profile>,
    /// Further messages, one sentence each.
    pub(crate) notes: Vec<String>,
}

impl SavedProfile {
    /// Whether the key was stored in the file because the keychain failed.
    pub(crate) fn is_fallback(&self) -> bool {
        self.refusal.is_some()
    }

    /// Where the key is, as a sentence. May contain untrusted text.
    pub(crate) fn location(&self) -> String {
        let because = self.refusal.as_ref().map(|error| format!(", because {error}")).unwrap_or_default();
        match self.backend {
            Backend::Keychain => format!("The key is in {}.", self.backend.describe()),
            Backend::File => {
                let access = match self.is_private {
                    true => "which only you can read",
                    false => "outside of your user profile, where other users may be able to read it",
                };
                format!("The key is in {}, {access}{because}.", self.file.display())
            }
        }
    }
}

struct StoredKey {
    backend: Backend,
    before: Option<Secret>,
    /// Why the keychain was not used, if it was requested.
    refusal: Option<KeychainError>,
}

impl ProfileStore {
    /// Stores a key as a profile, and makes it the active one if there is none. On failure nothing is changed.
    pub(crate) fn save(
        &mut self,
        name: &str,
        new: &NewCredential,
        choice: StorageChoice,
    ) -> Result<SavedProfile, ProfileStoreError> {
        self.save_with(name, new, choice, |_| {})
    }

    pub(crate) fn check_name(name: &str) -> Result<(), ProfileStoreError> {
        if is_valid_name(name) { Ok(()) } else { Err(ProfileStoreError::BadName(name.to_owned())) }
    }

    /// Like [`ProfileStore::save`], for the key of the older tool. Records that it was imported.
    pub(crate) fn save_imported(
        &mut self,
        name: &str,
        new: &NewCredential,
        choice: StorageChoice,
    ) -> Result<SavedProfile, ProfileStoreError> {
        self.save_with(name, new, choice, ConfigFile::set_imported)
    }

    fn save_with(
        &mut self,
        name: &str,
        new: &NewCredential,
        choice: StorageChoice,
        also: impl FnOnce(&mut ConfigFile),
    ) -> Result<SavedProfile, ProfileStoreError> {
        Self::check_name(name)?;
        private_file::create_directory(&self.directory)?;
        if choice != StorageChoice::File {
            // A keychain that hangs is detected before the lock is taken, so that other processes do not wait for it.
            let _ = self.keychain.get(name);
        }
        self.with_lock(|store, config| {
            let mut notes = Vec::new();
            let replaced = store.profile(name);
            let StoredKey { backend, before, refusal } = store.store_key(name, new.key.secret(), choice)?;
            let profile = new.profile(name, backend);
            config.set_profile(&profile);
            if store.profile(store.active_name()).is_none() {
                config.set_active(name);
            }
            also(config);
            if let Err(error) = config.write() {
                // Report the first error; a second one would not help.
                let _ = store.restore_key(name, backend, before);
                return Err(error);
            }
            if let Some(old) = replaced.as_ref().filter(|old| old.backend != backend)
                && let Err(error) = store.delete_key(name, old.backend)
            {
                notes.push(format!("The previous key is still in {}: {error}.", old.backend.describe()));
            }
            let file = store.file.path().to_owned();
            let is_private = store.is_private;
            Ok(SavedProfile { profile, backend, file, is_private, refusal, replaced, notes })
        })
    }

    /// Removes a profile and its key. An active profile stays active: commands that fail without a key are better than
    /// commands that continue with another one. Fails when one of them cannot be removed. The profile still exists
    /// then.
    pub(crate) fn remove(&mut self, name: &str) -> Result<Option<Profile>, ProfileStoreError> {
        let Some(profile) = self.profile(name) else { return Ok(None) };
        // As when saving: detects a keychain that hangs before the lock is taken.
        self.stored(profile.backend, name)?;
        self.with_lock(|store, config| {
            let Some(profile) = store.profile(name) else { return Ok(None) };
            let before = store.stored(profile.backend, name)?;
            store.delete_key(name, profile.backend)?;
            config.remove_profile(name);
            if let Err(error) = config.write_shorter() {
                let _ = store.restore_key(name, profile.backend, before);
                return Err(error);
            }
            Ok(Some(profile))
        })
    }

    /// Removes the drafts of killed processes, which may contain keys.
    pub(crate) fn clear_drafts(&self) -> Result<(), ProfileStoreError> {
        let files = Self::files_with_drafts(&self.directory);
        if files.iter().all(|file| draft::leftovers(file).is_empty()) {
            return Ok(());
        }
        let _lock = private_file::lock(&self.directory)?;
        files.iter().try_for_each(|file| private_file::clear_drafts(file))
    }

    fn files_with_drafts(directory: &Path) -> Vec<PathBuf> {
        FILES.iter().map(|name| directory.join(name)).collect()
    }

    /// The drafts of killed processes in `directory`.
    pub(crate) fn leftover_drafts(directory: &Path) -> Vec<PathBuf> {
        Self::files_with_drafts(directory).iter().flat_map(|file| draft::leftovers(file)).collect()
    }

    /// Selects the active profile.
    pub(crate) fn use_profile(&mut self, name: &str) -> Result<Profile, ProfileStoreError> {
        let none = || ProfileStoreError::NoProfile(name.to_owned());
        self.profile(name).ok_or_else(none)?;
        self.with_lock(|store, config| {
            let profile = store.profile(name).ok_or_else(none)?;
            config.set_active(name);
            config.write()?;
            Ok(profile)
        })
    }

    /// Runs `work` on the current file, under the lock.
    fn with_lock<T>(
        &mut self,
        work: impl FnOnce(&mut Self, &mut ConfigFile) -> Result<T, ProfileStoreError>,
    ) -> Result<T, ProfileStoreError> {
        let _lock = private_file::lock(&self.directory)?;
        let (mut file, config) = ConfigFile::read(&self.directory)?;
        self.config = config;
        let done = work(self, &mut file);
        // Read again, whether the change succeeded or not.
        self.config = ConfigFile::read(&self.directory).map_or_else(|_| Config::default(), |read| read.1);
        done
    }

    fn store_key(
        &self,
        name: &str,
        key: &Secret,
        choice: StorageChoice,
    ) -> Result<StoredKey, ProfileStoreError> {
        let mut refusal = None;
        if choice != StorageChoice::File {
            match self.store_in_keychain(name, key) {
                Ok(before) => return Ok(StoredKey { backend: Backend::Keychain, before, refusal }),
                Err(error) if choice == StorageChoice::Keychain => return Err(error.into()),
                Err(error) => refusal = Some(error),
            }
        }
        let before = self.file.get(name)?;
        self.file.set(name, key)?;
        Ok(StoredKey { backend: Backend::File, before, refusal })
    }

    fn store_in_keychain(&self, name: &str, key: &Secret) -> Result<Option<Secret>, KeychainError> {
        let before = self.keychain.get(name)?;
        self.keychain.set(name, key)?;
        Ok(before)
    }

    fn restore_key(
        &self,
        name: &str,
        backend: Backend,
        before: Option<Secret>,
    ) -> Result<(), ProfileStoreError> {
        match (backend, before) {
            (Backend::Keychain, Some(key)) => Ok(self.keychain.set(name, &key)?),
            (Backend::File, Some(key)) => self.file.set(name, &key),
            (_, None) => self.delete_key(name, backend),
        }
    }

    fn delete_key(&self, name: &str, backend: Backend) -> Result<(), ProfileStoreError> {
        match backend {
            Backend::Keychain => Ok(self.keychain.delete(name)?),
            Backend::File => self.file.delete(name),
        }
    }
}
