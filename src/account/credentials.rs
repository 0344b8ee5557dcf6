//! Where a key is kept: in the system's keychain, or in a file.

mod file;
mod keychain;

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::host::env::Env;

pub(super) use file::KeyFile;
pub(super) use keychain::Keychain;
pub(crate) use keychain::KeychainError;

/// Whether the keychain that would hold the keys of the configuration in `directory` answers. Takes three
/// seconds at most.
///
/// # Errors
/// Why it cannot be used.
pub(crate) fn probe_keychain(env: &Env, directory: &Path) -> Result<(), KeychainError> {
    Keychain::new(env, directory).probe()
}

/// Where a stored key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Backend {
    /// The system's: Secret Service, Keychain of macOS, Credential Manager of Windows.
    Keychain,
    /// `credentials.toml`.
    File,
}

impl Backend {
    /// As `--store` and `--json` spell it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Keychain => "keychain",
            Self::File => "file",
        }
    }

    /// For a sentence.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Keychain => "the system's keychain",
            Self::File => "the credentials file",
        }
    }
}

/// Where a key is to be kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum StorageChoice {
    /// In the keychain; without one, in the file.
    #[default]
    Auto,
    /// In the file.
    File,
    /// In the keychain, or nowhere.
    Keychain,
}
