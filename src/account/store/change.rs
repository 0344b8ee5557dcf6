//! Changes: a key stored, removed, another profile made active.

use std::path::{Path, PathBuf};

use super::{ProfileStore, ProfileStoreError};
use crate::Secret;
use crate::account::config::{Config, ConfigFile};
use crate::account::profile::is_valid_name;
use crate::account::{Backend, KeychainError, NewCredential, Profile, StorageChoice, private_file};
use crate::host::draft;

/// What is written here by way of a draft.
const FILES: [&str; 4] = ["config.toml", "credentials.toml", "trusted.toml", "signing-secret"];

/// What became of a key that was to be stored.
#[derive(Clone, Debug)]
pub(crate) struct SavedProfile {
    /// The profile as it is now.
    pub(crate) profile: Profile,
    /// Where the key went.
    pub(crate) backend: Backend,
    /// The file for keys.
    file: PathBuf,
    /// Why the keychain does not have it, if it should have.
    refusal: Option<KeychainError>,
    /// The profile as it was.
    pub(crate) replaced: Option<Profile>,
    /// What else there is to say, each a sentence of its own.
    pub(crate) notes: Vec<String>,
}

impl SavedProfile {
    /// Whether the key went to the file because there was no keychain for it.
    pub(crate) fn is_fallback(&self) -> bool {
        self.refusal.is_some()
    }

    /// Where the key is, as a sentence that may need cleaning.
    pub(crate) fn location(&self) -> String {
        let because = self.refusal.as_ref().map(|error| format!(", because {error}")).unwrap_or_default();
        match self.backend {
            Backend::Keychain => format!("The key is in {}.", self.backend.describe()),
            Backend::File => {
                format!("The key is in {}, which only you can read{because}.", self.file.display())
            }
        }
    }
}

/// A key that was stored.
struct StoredKey {
    backend: Backend,
    /// The key that was there.
    before: Option<Secret>,
    /// Why the keychain does not have it, if it should have.
    refusal: Option<KeychainError>,
}

impl ProfileStore {
    /// Stores a key under a name, and makes it the active profile when there is none. Fails as a whole: then
    /// everything is as it was.
    ///
    /// # Errors
    /// When the name is none, or key or profile cannot be written.
    pub(crate) fn save(
        &mut self,
        name: &str,
        new: &NewCredential,
        choice: StorageChoice,
    ) -> Result<SavedProfile, ProfileStoreError> {
        self.save_with(name, new, choice, |_| {})
    }

    /// Whether a profile can be called so.
    ///
    /// # Errors
    /// When it cannot.
    pub(crate) fn check_name(name: &str) -> Result<(), ProfileStoreError> {
        if is_valid_name(name) { Ok(()) } else { Err(ProfileStoreError::BadName(name.to_owned())) }
    }

    /// As [`ProfileStore::save`], for a key of the older tool, which is remembered.
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
            // One that does not answer is found out before the lock is held, so that no other process waits for it.
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
                // The error is what counts; that this failed too would not help.
                let _ = store.restore_key(name, backend, before);
                return Err(error);
            }
            if let Some(old) = replaced.as_ref().filter(|old| old.backend != backend)
                && let Err(error) = store.delete_key(name, old.backend)
            {
                notes.push(format!("The key before it is still in {}: {error}.", old.backend.describe()));
            }
            let file = store.file.path().to_owned();
            Ok(SavedProfile { profile, backend, file, refusal, replaced, notes })
        })
    }

    /// Removes a profile and its key. An active profile stays the active one: commands without a key are
    /// better than commands that go on with another one.
    ///
    /// # Errors
    /// When one of the two cannot be removed; the profile is still there then.
    pub(crate) fn remove(&mut self, name: &str) -> Result<Option<Profile>, ProfileStoreError> {
        let Some(profile) = self.profile(name) else { return Ok(None) };
        // As when saving: a keychain that does not answer is found out before the lock is held.
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

    /// Removes what killed processes left of files that they were writing: a key may be in it.
    ///
    /// # Errors
    /// When one of them stays.
    pub(crate) fn clear_drafts(&self) -> Result<(), ProfileStoreError> {
        let files = Self::files_with_drafts(&self.directory);
        if files.iter().all(|file| draft::leftovers(file).is_empty()) {
            return Ok(());
        }
        let _lock = private_file::lock(&self.directory)?;
        files.iter().try_for_each(|file| private_file::clear_drafts(file))
    }

    /// The files in `directory` that are written as a draft first.
    fn files_with_drafts(directory: &Path) -> Vec<PathBuf> {
        FILES.iter().map(|name| directory.join(name)).collect()
    }

    /// The drafts in `directory` that killed processes left.
    pub(crate) fn leftover_drafts(directory: &Path) -> Vec<PathBuf> {
        Self::files_with_drafts(directory).iter().flat_map(|file| draft::leftovers(file)).collect()
    }

    /// Makes a profile the active one.
    ///
    /// # Errors
    /// When there is no such profile, or this cannot be written.
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

    /// Does `work` with the file as it is now, while no other process changes it.
    fn with_lock<T>(
        &mut self,
        work: impl FnOnce(&mut Self, &mut ConfigFile) -> Result<T, ProfileStoreError>,
    ) -> Result<T, ProfileStoreError> {
        let _lock = private_file::lock(&self.directory)?;
        let (mut file, config) = ConfigFile::read(&self.directory)?;
        self.config = config;
        let done = work(self, &mut file);
        // As it is now, whatever became of the change.
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
