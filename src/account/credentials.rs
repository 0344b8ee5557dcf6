//! Stores keys in the system's keychain or in a file.

mod file;
mod keychain;

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::host::env::Env;

pub(super) use file::KeyFile;
pub(super) use keychain::Keychain;
pub(crate) use keychain::KeychainError;

/// Checks that the keychain for the configuration in `directory` responds, within three seconds.
pub(crate) fn probe_keychain(env: &Env, directory: &Path) -> Result<(), KeychainError> {
    Keychain::new(env, directory).probe()
}

/// Where a key is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Backend {
    /// The system's: Secret Service, Keychain of macOS, Credential Manager of Windows.
    Keychain,
    /// `credentials.toml`.
    File,
}

impl Backend {
    /// As in `--store` and `--json`.
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

/// Where to store a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum StorageChoice {
    /// In the keychain, or in the file if there is none.
    #[default]
    Auto,
    File,
    /// In the keychain only.
    Keychain,
}
