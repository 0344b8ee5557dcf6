//! The profiles of this machine and their keys.
//!
//! Changes are made under a lock, so that processes do not overwrite each other's changes, and in an order that loses
//! nothing: the key is stored first, then the profile. If that fails, the previous key is restored.

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
    /// Whether only this user can read the files.
    is_private: bool,
}

impl ProfileStore {
    /// Reads the profiles, but no keys.
    pub(crate) fn open(env: &Env) -> Result<Self, ProfileStoreError> {
        let directory = dirs::config(env).ok_or(ProfileStoreError::NoHome)?;
        let (_, config) = ConfigFile::read(&directory)?;
        let (keychain, file) = (Keychain::new(env, &directory), KeyFile::new(&directory));
        let is_private = !dirs::is_outside_profile(env);
        Ok(Self { directory, config, keychain, file, is_private })
    }

    /// Every profile, sorted by name.
    pub(crate) fn profiles(&self) -> Vec<Profile> {
        self.config.profiles()
    }

    pub(crate) fn profile(&self, name: &str) -> Option<Profile> {
        self.profiles().into_iter().find(|profile| profile.name == name)
    }

    /// The name of the default profile: the active one, or else `default`.
    pub(crate) fn active_name(&self) -> &str {
        self.active().unwrap_or(profile::DEFAULT)
    }

    /// The active profile.
    pub(super) fn active(&self) -> Option<&str> {
        self.config.active.as_deref()
    }

    /// Whether the key of the older tool was imported.
    pub(crate) fn has_imported(&self) -> bool {
        self.config.imported
    }

    /// The key of a profile; `None` when there is no such profile or no key. Fails when the store cannot be read, or
    /// has another key than the profile was saved with, which may not be meant for the profile's address.
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
