//! The profiles of this machine and their keys.
//!
//! A change is made under a lock, so that processes do not undo each other's work, and in an order that
//! loses nothing: first the key is stored, then the profile says so; when that fails, the key that was
//! there before is put back.

mod change;
mod error;

use std::path::PathBuf;

use super::config::{Config, ConfigFile};
use super::credentials::{KeyFile, Keychain};
use super::profile::{self, fingerprint};
use super::{Backend, Profile};
use crate::Secret;
use crate::host::dirs;
use crate::host::env::Env;

pub(crate) use change::SavedProfile;
pub(crate) use error::ProfileStoreError;

/// The profiles in one configuration directory.
#[derive(Clone, Debug)]
pub(crate) struct ProfileStore {
    directory: PathBuf,
    config: Config,
    keychain: Keychain,
    file: KeyFile,
}

impl ProfileStore {
    /// Reads the profiles. No key is looked at.
    ///
    /// # Errors
    /// When no directory is known, or its file cannot be read or understood.
    pub(crate) fn open(env: &Env) -> Result<Self, ProfileStoreError> {
        let directory = dirs::config(env).ok_or(ProfileStoreError::NoHome)?;
        let (_, config) = ConfigFile::read(&directory)?;
        let (keychain, file) = (Keychain::new(env, &directory), KeyFile::new(&directory));
        Ok(Self { directory, config, keychain, file })
    }

    /// Every profile, sorted by name.
    pub(crate) fn profiles(&self) -> Vec<Profile> {
        self.config.profiles()
    }

    /// The profile of this name.
    pub(crate) fn profile(&self, name: &str) -> Option<Profile> {
        self.profiles().into_iter().find(|profile| profile.name == name)
    }

    /// The profile that is used when none is named: the active one, or else `default`.
    pub(crate) fn active_name(&self) -> &str {
        self.active().unwrap_or(profile::DEFAULT)
    }

    /// The profile that was made the active one.
    pub(super) fn active(&self) -> Option<&str> {
        self.config.active.as_deref()
    }

    /// Whether the older tool's key has been taken over.
    pub(crate) fn has_imported(&self) -> bool {
        self.config.imported
    }

    /// The key of a profile; `None` when there is no such profile, or its key is gone.
    ///
    /// # Errors
    /// When the place where it is cannot be read, or holds another key than the profile was saved with,
    /// which may not be meant for the profile's address.
    pub(crate) fn key_of(&self, name: &str) -> Result<Option<Secret>, ProfileStoreError> {
        let Some(profile) = self.profile(name) else { return Ok(None) };
        let Some(key) = self.stored(profile.backend, name)? else { return Ok(None) };
        if fingerprint(key.expose()) != profile.fingerprint {
            return Err(ProfileStoreError::OtherKey { profile: name.to_owned(), backend: profile.backend });
        }
        Ok(Some(key))
    }

    fn stored(&self, backend: Backend, name: &str) -> Result<Option<Secret>, ProfileStoreError> {
        match backend {
            Backend::Keychain => Ok(self.keychain.get(name)?),
            Backend::File => self.file.get(name),
        }
    }
}
